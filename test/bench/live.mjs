// nginx under load: untraced, with everything attached but out of scope, and traced.
import { closeSync, openSync, rmSync } from 'node:fs'
import { countLines, cpuOf, inTurn, sleep, spread, table, whole } from './measure.mjs'
import { load, program, startNginx } from './programs.mjs'

const ROW = '"table_":"http_events".*"trace_role":"server"'
const LOSS = '"table_":"stirling_loss".*"kind":"(lost|unseen)".*"closing":true'
const SCOPES = {
  untraced: () => undefined,
  'filtered out': () => ['--port', '1'],
  traced: ({ worker }) => ['--pid', worker],
}

/** One run → requests a second, rows for each request, losses, the tracer's own CPU as a share of a core. */
async function measure(bench, nginx, scope, seconds, rate) {
  const args = SCOPES[scope](nginx)
  const out = bench.path('live.ndjson')
  const fd = openSync(out, 'w')
  const tracer = args && (await bench.trace(['--connectors', 'http', ...args], fd))
  closeSync(fd)
  const before = tracer ? cpuOf(tracer.pid) : 0
  const since = performance.now()
  await load(bench, nginx, seconds, rate)
  const wall = (performance.now() - since) / 1000
  const own = tracer ? (cpuOf(tracer.pid) - before) / wall : 0
  await sleep(300)
  if (tracer) await bench.stop(tracer)
  const requests = nginx.served()
  const result = {
    perSecond: requests / wall,
    complete: countLines(out, ROW) / requests,
    lost: countLines(out, LOSS),
    own,
  }
  rmSync(out)
  return result
}

async function rounds(bench, nginx, { pairs, seconds }, rate) {
  const results = Object.fromEntries(Object.keys(SCOPES).map((scope) => [scope, []]))
  for (let round = 0; round < pairs; round++) {
    for (const scope of inTurn(Object.keys(SCOPES), round)) {
      results[scope].push(await measure(bench, nginx, scope, seconds, rate))
    }
  }
  return results
}

function report(name, { untraced, traced, 'filtered out': filtered }) {
  const against = (results) => results.map(({ perSecond }, i) => perSecond / untraced[i].perSecond)
  const kept = against(traced)
  return [
    name,
    whole(untraced.reduce((all, { perSecond }) => all + perSecond, 0) / untraced.length),
    spread(against(filtered), (value) => value.toFixed(3)),
    spread(kept, (value) => value.toFixed(3)),
    spread(
      traced.map(({ complete }) => complete),
      (value) => value.toFixed(4),
    ),
    spread(
      traced.map(({ complete }, i) => complete * kept[i]),
      (value) => value.toFixed(3),
    ),
    traced.filter(({ lost }) => lost > 0).length,
    spread(traced.map(({ own }) => own)),
  ]
}

const HEAD = [
  'live',
  'requests/s untraced',
  'filtered out : untraced',
  'traced : untraced',
  'rows : requests',
  'kept × complete',
  'runs with losses',
  'cores used by the tracer',
]

export async function live(bench, sizes, say) {
  const nginx = await startNginx(bench)
  const rates = program('h2load') === undefined ? [] : [5000, 10_000]
  if (rates.length === 0) say('skipped: fixed rates: no h2load')
  const rows = []
  for (const rate of [...rates, undefined]) {
    const name = rate === undefined ? 'saturated' : `${whole(rate)} requests/s`
    rows.push(report(name, await rounds(bench, nginx, sizes, rate)))
  }
  return [table(HEAD, rows)]
}
