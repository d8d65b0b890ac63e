// Inside the machine: what doctor says, and a trace of the load by each hook layer; → a JSON line for each.
import { spawnSync } from 'node:child_process'
import { release } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const TIMEOUT_MS = 400_000
const [load, ...layers] = process.argv.slice(2)

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
  const how = ['--attach', layer, '--connectors', 'http,dns', '--format', 'ndjson', '--body-bytes', '64Ki', '--verbose']
  say({ layer, ...stirling(['trace', ...how, '--', load]) })
}

say({ kernel: release(), doctor: stirling(['doctor', '--json']) })
for (const layer of layers) traceBy(layer)
