// What the tracer costs while nothing happens, and its memory under load.
import { cpuOf, memoryOf, sleep, table, whole } from './measure.mjs'
import { load, program, startNginx } from './programs.mjs'

const SETTLE_MS = 2000
const LOAD_RATE = 5000
/** Of `soak`: every slice makes new connections. */
const SOAK = { rate: 2000, clients: 100, sliceSeconds: 10, samples: 10 }

const mib = (value) => `${value.toFixed(0)} MiB`

export async function idle(bench, { idleSeconds, loadSeconds }, say) {
  const nginx = await startNginx(bench)
  const tracer = await bench.trace(['--connectors', 'http', '--pid', nginx.worker])
  await sleep(SETTLE_MS)
  const before = cpuOf(tracer.pid)
  await sleep(idleSeconds * 1000)
  const percent = ((cpuOf(tracer.pid) - before) / idleSeconds) * 100
  const calm = memoryOf(tracer.pid)
  const rate = program('h2load') === undefined ? undefined : LOAD_RATE
  if (rate === undefined) say('no h2load: the load is not limited')
  await load(bench, nginx, loadSeconds, rate)
  const loaded = memoryOf(tracer.pid)
  await bench.stop(tracer)
  return [
    table(
      ['idle', ''],
      [
        [`CPU, of a core, over ${idleSeconds} s`, `${percent.toFixed(2)} %`],
        ['resident memory', mib(calm.now)],
        [`resident memory after ${loadSeconds} s of load`, `${mib(loaded.now)}, at most ${mib(loaded.most)}`],
      ],
    ),
  ]
}

/** Whether memory stays as it is: requests at a fixed rate for a long time, over connections that come and go. */
export async function soak(bench, { soakSeconds }) {
  const nginx = await startNginx(bench)
  const tracer = await bench.trace(['--connectors', 'http', '--pid', nginx.worker])
  const { rate, clients, sliceSeconds, samples } = SOAK
  const slices = Math.ceil(soakSeconds / sliceSeconds)
  const every = Math.max(1, Math.floor(slices / samples))
  const rows = []
  const before = cpuOf(tracer.pid)
  for (let slice = 1; slice <= slices; slice++) {
    await load(bench, nginx, sliceSeconds, rate, clients)
    if (slice % every !== 0) continue
    const { now, most } = memoryOf(tracer.pid)
    rows.push([`${Math.round((slice * sliceSeconds) / 6) / 10} min`, mib(now), mib(most)])
  }
  const cores = (cpuOf(tracer.pid) - before) / soakSeconds
  await bench.stop(tracer)
  const head = [
    `soak: ${whole(rate)} requests/s, ${clients} new connections each ${sliceSeconds} s`,
    'resident',
    'at most',
  ]
  return [table(head, [...rows, ['cores used by the tracer', cores.toFixed(2), '']])]
}
