// What the capture costs those who are traced, by hook layer, and beside other tools that look at the same calls.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cpuOf, inTurn, interval, sleep, spread, table, whole, writesOf } from './measure.mjs'
import { freePort, loadWithoutEnd, program, RUN, STIRLING, startNginx } from './programs.mjs'

const LAYERS = ['fentry', 'sock', 'syscall', 'kprobe']
const SOURCE = fileURLToPath(new URL('calls.c', import.meta.url))
/** Of a rate, by which the machine may fall short of it; beyond that it can make no more. */
const SHORTFALL = 0.05
/** Of SETs to Redis, a second, and for how long. */
const REDIS = { rate: 10_000, ms: 3000 }
/** What a bystander loses is a hundredth: that takes many short looks for each round, all at one load that goes on. */
const BYSTANDER = { looks: 6, ms: 500 }
/** From the start of a load to its usual rate. */
const SETTLED_MS = 300
const RATES = [25_000, 50_000, 75_000, 100_000]

/** Each: what `calls` is asked, for about a fifth of a second. */
const WORKLOADS = [
  { name: 'getppid, of a bystander', line: 'getppid 1000000', bystander: true },
  { name: 'TCP turn of 1 B', line: 'ping 1 30000' },
  { name: 'TCP turn of 256 B', line: 'ping 256 30000' },
  { name: 'TCP turn of 16 KiB', line: 'ping 16384 20000' },
]

/** The program that makes the calls, as a child that is asked by lines. */
class Calls {
  #child
  #answers

  constructor(file) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', file], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  get pid() {
    return this.#child.pid
  }

  async ask(line) {
    this.#child.stdin.write(`${line}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error(`calls ended at ${line}`)
    return JSON.parse(value)
  }

  async end() {
    this.#child.stdin.end()
    await once(this.#child, 'exit')
  }
}

function compile(bench) {
  const file = bench.path('calls')
  const { status, stderr, error } = spawnSync('gcc', ['-O2', '-pthread', '-o', file, SOURCE], { encoding: 'utf8' })
  if (error) return undefined
  if (status !== 0) throw new Error(stderr)
  return file
}

function loads(layer) {
  const args = [RUN, 'trace', '--attach', layer, '--pid', `${process.pid}`, '--duration', '1ms', '--quiet']
  return spawnSync(STIRLING.file, args, { env: STIRLING.env }).status === 0
}

const attach = (layer, pid) => ['--connectors', 'http', '--attach', layer, '--pid', `${pid}`]

/** Each way in turn, round after round: begun, measured, ended → what was measured, by way. */
async function inEachWay(bench, ways, rounds, measure) {
  const names = Object.keys(ways)
  const measured = Object.fromEntries(names.map((way) => [way, []]))
  for (let round = 0; round < rounds; round++) {
    for (const way of inTurn(names, round)) {
      const running = await ways[way]?.()
      measured[way].push(await measure())
      if (running) await bench.stop(running)
    }
  }
  return measured
}

/** Every workload once → ns of a call by workload. */
async function costsOnce(calls) {
  const ns = {}
  for (const { name, line } of WORKLOADS) ns[name] = (await calls.ask(line)).ns
  return ns
}

async function costOfCalls(bench, file, layers, pairs) {
  const calls = new Calls(file)
  const ways = { untraced: undefined }
  for (const layer of layers) {
    ways[`${layer}, filtered out`] = () => bench.trace(attach(layer, process.pid))
    ways[`${layer}, traced`] = () => bench.trace(attach(layer, calls.pid))
  }
  const seen = await inEachWay(bench, ways, pairs, () => costsOnce(calls))
  await calls.end()
  const names = Object.keys(ways).slice(1)
  const rows = WORKLOADS.map(({ name }) => {
    const base = seen.untraced.map((each) => each[name])
    const costs = names.map((way) => interval(seen[way].map((each, i) => each[name] / base[i])))
    return [name, spread(base, (ns) => `${whole(ns)} ns`), ...costs]
  })
  return table(['a call, in proportion to untraced', 'untraced', ...names], rows)
}

/** Exchanges of 256 bytes, faster and faster: four events each, for both ends are traced. */
async function knee(bench, file) {
  const rows = []
  for (const rate of [...RATES, 0]) {
    const calls = new Calls(file)
    const args = ['--connectors', 'http', '--pid', `${calls.pid}`, '--tables', 'stirling_loss']
    const tracer = await bench.trace(args, 'pipe')
    let out = ''
    tracer.child.stdout.on('data', (chunk) => {
      out += chunk
    })
    const before = cpuOf(tracer.pid)
    const { exchanges } = await calls.ask(`http ${rate} 3000`)
    const cores = (cpuOf(tracer.pid) - before) / 3
    await sleep(300)
    await bench.stop(tracer)
    await calls.end()
    const closing = out.split('\n').filter((line) => line.includes('"closing":true'))
    const events = (kind) =>
      closing.map((line) => JSON.parse(line)).reduce((all, row) => all + (row.kind === kind ? row.events : 0), 0)
    rows.push([
      rate === 0 ? 'as fast as can be' : `${whole(rate)} exchanges/s`,
      whole((exchanges * 4) / 3),
      whole(events('seen') / 3),
      events('lost'),
      cores.toFixed(2),
    ])
    if (exchanges < rate * 3 * (1 - SHORTFALL)) break
  }
  return table(['events of 256 B', 'made, a second', 'seen, a second', 'lost', 'cores used by the tracer'], rows)
}

/** Each: `load` starts what asks it without end. */
async function startNginxToLoad(bench) {
  const nginx = await startNginx(bench)
  return { name: 'nginx, wrk', pid: nginx.worker, port: nginx.port, load: () => loadWithoutEnd(bench, nginx) }
}

async function startRedisToLoad(bench) {
  const port = await freePort()
  const server = program('redis-server')
  const running = bench.start(server, ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--daemonize', 'no'])
  await sleep(500)
  const args = ['-p', `${port}`, '-c', '16', '-t', 'set', '-d', '64', '-n', '100000', '-l', '--csv']
  // setpriv becomes the server: its pid is the server's.
  const load = () => bench.start(program('redis-benchmark'), args)
  return { name: 'redis, redis-benchmark', pid: running.pid, port, load }
}

/** Answers of a server by time: each is as many writes. */
async function answers(pid, ms) {
  const [before, since] = [writesOf(pid), performance.now()]
  await sleep(ms)
  return (writesOf(pid) - before) / (performance.now() - since)
}

const ratios = (rates, way) => interval(rates[way].map((rate, i) => rate / rates.untraced[i]))

const BPFTRACE = (pid) =>
  `tracepoint:syscalls:sys_exit_recvfrom,tracepoint:syscalls:sys_exit_read,tracepoint:syscalls:sys_exit_writev,tracepoint:syscalls:sys_exit_write /pid==${pid}/ { @[probe] = count(); }`

/** Other tools that look at the same calls or packets: name → program and arguments; undefined: not here. */
function others({ pid, port }) {
  return {
    'strace -c': ['strace', ['-c', '-f', '-p', `${pid}`, '-o', '/dev/null']],
    'perf trace -s': ['perf', ['trace', '-s', '-p', `${pid}`, '-o', '/dev/null']],
    'bpftrace, a count': ['bpftrace', ['-e', BPFTRACE(pid)]],
    'tcpdump -w /dev/null': ['tcpdump', ['-i', 'lo', '-Z', 'root', '-w', '/dev/null', 'port', `${port}`]],
  }
}

function waysFor(bench, target, say) {
  const tracing = (args) => () => bench.trace(['--connectors', 'http,redis', ...args])
  const ways = {
    untraced: undefined,
    'filtered out': tracing(['--port', '1']),
    traced: tracing(['--pid', `${target.pid}`]),
  }
  for (const [name, [file, args]] of Object.entries(others(target))) {
    const what = program(file)
    if (what === undefined) {
      say(`skipped: ${name}: no ${file}`)
      continue
    }
    ways[name] = async () => {
      const running = bench.start(what, args)
      await sleep(1000)
      if (running.child.exitCode !== null) throw new Error(`${name}: ${running.said}`)
      return running
    }
  }
  return ways
}

async function costOfServer(bench, target, { pairs, seconds }, say) {
  const ways = waysFor(bench, target, say)
  const rates = await inEachWay(bench, ways, pairs, async () => {
    const going = target.load()
    await sleep(SETTLED_MS)
    const rate = await answers(target.pid, Math.min(seconds, 2) * 1000)
    await bench.stop(going)
    return rate
  })
  const rows = Object.keys(ways)
    .slice(1)
    .map((way) => [way, ratios(rates, way)])
  return table([`${target.name}: requests kept`, 'of untraced'], rows)
}

/** Puts processes on one processor: to wake an idle one costs more than all else, and a tracer that keeps it awake would seem to spare that. */
function pin(...pids) {
  for (const pid of pids) spawnSync('taskset', ['-a', '-p', '-c', '0', `${pid}`])
}

/** Requests kept beside a tracer whose scope the server is not in. */
async function costToBystander(bench, { name, pid, load }, layers, pairs) {
  const ways = { untraced: undefined }
  for (const layer of layers) ways[layer] = () => bench.trace(attach(layer, process.pid))
  const going = load()
  pin(pid, going.pid)
  await sleep(SETTLED_MS)
  const rates = await inEachWay(bench, ways, pairs * BYSTANDER.looks, () => answers(pid, BYSTANDER.ms))
  await bench.stop(going)
  return [name, ...layers.map((layer) => ratios(rates, layer))]
}

/** CPU time of Redis at a fixed rate, and what a tracer adds to it. Where the machine falls short of the rate, that of an exchange counts. */
async function costAtRate(bench, file, { pid, port }, pairs) {
  const calls = new Calls(file)
  pin(calls.pid, pid)
  const ways = { untraced: undefined, traced: () => bench.trace(['--connectors', 'redis', '--pid', `${pid}`]) }
  const { untraced, traced } = await inEachWay(bench, ways, pairs, async () => {
    const before = cpuOf(pid)
    const { exchanges } = await calls.ask(`set ${port} ${REDIS.rate} ${REDIS.ms}`)
    return ((cpuOf(pid) - before) / exchanges) * REDIS.rate
  })
  await calls.end()
  const points = (values) => interval(values, (value) => (value * 100).toFixed(1))
  const added = traced.map((share, i) => share - untraced[i])
  return table(
    ['CPU of Redis, per cent of a core', 'untraced', 'traced: points more'],
    [[`${whole(REDIS.rate)} SET/s`, points(untraced), points(added)]],
  )
}

/** From the command to all probes attached, and from SIGINT to the end. */
async function startAndStop(bench, pairs) {
  const [begins, attaches, ends] = [[], [], []]
  for (let i = 0; i < pairs; i++) {
    const since = performance.now()
    const tracer = await bench.trace(['--connectors', 'http', '--pid', `${process.pid}`, '-v'])
    begins.push(performance.now() - since)
    attaches.push(Number(/^debug: attached .*ms=(\d+)/m.exec(tracer.said)[1]))
    const stopping = performance.now()
    await bench.stop(tracer)
    ends.push(performance.now() - stopping)
  }
  const ms = (values) => spread(values, (value) => `${Math.round(value)} ms`)
  return table(
    ['start and stop', 'median (lowest – highest)'],
    [
      ['command → attached', ms(begins)],
      ['of it, to load the programs and attach them', ms(attaches)],
      ['SIGINT → ended', ms(ends)],
    ],
  )
}

export async function capture(bench, sizes, say) {
  const layers = LAYERS.filter(loads)
  for (const layer of LAYERS) if (!layers.includes(layer)) say(`skipped: layer ${layer}: does not load here`)
  const tables = [await startAndStop(bench, sizes.pairs)]
  const file = compile(bench)
  if (file === undefined) say('skipped: calls by the clock: no gcc')
  else tables.push(await costOfCalls(bench, file, layers, sizes.pairs), await knee(bench, file))
  const bystanders = []
  for (const start of [startNginxToLoad, startRedisToLoad]) {
    const target = await start(bench)
    tables.push(await costOfServer(bench, target, sizes, say))
    bystanders.push(await costToBystander(bench, target, layers, sizes.pairs))
    if (start === startRedisToLoad && file !== undefined)
      tables.push(await costAtRate(bench, file, target, sizes.pairs))
  }
  tables.push(table(['requests kept by a bystander, of untraced', ...layers], bystanders))
  return tables
}
