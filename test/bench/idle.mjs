// What the tracer costs while nothing happens, and its memory under load.
import { cpuOf, memoryOf, sleep, table } from './measure.mjs'
import { load, program, startNginx } from './programs.mjs'

const SETTLE_MS = 2000
const LOAD_RATE = 5000

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
  const mib = (value) => `${value.toFixed(0)} MiB`
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
