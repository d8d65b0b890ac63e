// Inside the machine: what doctor says, a trace of the load by each hook layer and one that begins within a call, one of a
// known number of calls, and what is said where there is too little locked memory; → a JSON line for each.
// usage: guest.mjs LOAD RING_SERVER THREADS WAITING LAYER...
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { release } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const TIMEOUT_MS = 400_000
const [load, ringServer, threads, waiting, ...layers] = process.argv.slice(2)

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

const RUN = [process.execPath, join(ROOT, 'bin/run.js')]
const PORT = '7007'
/** Pairs of threads, and rounds. */
const CALLS = ['12', '100']

function run(file, args) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 26,
  })
  return { status, stdout, stderr }
}

const stirling = (args) => run(RUN[0], [RUN[1], ...args])

function traceBy(layer) {
  const how = ['--attach', layer, '--connectors', 'socket_tracer', '--body-bytes', '64Ki']
  say({ layer, ...stirling(['trace', ...how, '--format', 'ndjson', '--verbose', '--', load, ringServer]) })
}

function begin(file, args) {
  const child = spawn(file, args, { timeout: TIMEOUT_MS })
  const began = { child, stdout: '', stderr: '', ended: once(child, 'close') }
  for (const name of ['stdout', 'stderr']) child[name].on('data', (text) => (began[name] += text))
  return began
}

async function until(said) {
  for (let left = TIMEOUT_MS; !said() && left > 0; left -= 50) await new Promise((wake) => setTimeout(wake, 50))
}

async function traceWithin(layer) {
  const process = begin(waiting, [PORT])
  await until(() => process.stdout.includes('waiting'))
  // With a port, unix sockets are not traced: the standard input is one.
  const what = ['--connectors', 'http', '--pid', `${process.child.pid}`, '--port', PORT]
  const tracer = begin(RUN[0], [RUN[1], 'trace', '--attach', layer, ...what, '--format', 'ndjson'])
  await until(() => tracer.stderr.includes('tracing') || tracer.child.exitCode !== null)
  process.child.stdin.end('\n')
  await process.ended
  tracer.child.kill('SIGINT')
  const [status] = await tracer.ended
  say({ within: { layer, status, stdout: tracer.stdout, stderr: tracer.stderr } })
}

function traceCalls() {
  const how = ['--attach', 'sock', '--connectors', 'http', '--port', PORT, '--format', 'ndjson', '--verbose']
  say({ calls: stirling(['trace', ...how, '--', threads, PORT, ...CALLS]) })
}

const CAPS = '-all,+bpf,+perfmon'
const NOBODY = `--reuid 65534 --regid 65534 --clear-groups --inh-caps ${CAPS} --ambient-caps ${CAPS} --bounding-set ${CAPS}`

// Not root, but what tracing needs; `before`: a line of the shell.
function asNobody(before, args) {
  return run('/bin/sh', ['-c', `ulimit -l 64; ${before}; exec setpriv ${NOBODY} "$@"`, 'sh', ...RUN, ...args])
}

function traceInLittleMemory() {
  const args = ['trace', '--connectors', 'http', '--format', 'ndjson', '--duration', '1s']
  const raised = asNobody('prlimit --memlock=unlimited --pid $$', args)
  say({ memory: { refused: asNobody(':', args), raised, doctor: asNobody(':', ['doctor', '--json']) } })
}

say({ kernel: release(), doctor: stirling(['doctor', '--json']) })
for (const layer of layers) traceBy(layer)
for (const layer of layers) await traceWithin(layer)
traceCalls()
// Since 5.11 what maps need is counted with the cgroup.
if (/^5\.(8|9|10)\./.test(release())) traceInLittleMemory()
