// Inside the machine: what doctor says, and a trace of the load by each hook layer; → a JSON line for each.
// usage: guest.mjs LOAD RING_SERVER LAYER...
import { spawnSync } from 'node:child_process'
import { release } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const TIMEOUT_MS = 400_000
const [load, ringServer, ...layers] = process.argv.slice(2)

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

function stirling(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/run.js'), ...args], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 26,
  })
  return { status, stdout, stderr }
}

function traceBy(layer) {
  const how = ['--attach', layer, '--connectors', 'socket_tracer', '--body-bytes', '64Ki']
  say({ layer, ...stirling(['trace', ...how, '--format', 'ndjson', '--verbose', '--', load, ringServer]) })
}

say({ kernel: release(), doctor: stirling(['doctor', '--json']) })
for (const layer of layers) traceBy(layer)
