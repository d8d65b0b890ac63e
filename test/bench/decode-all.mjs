// make bench-decode: how fast each protocol is decoded from a capture file, beside tshark on the same capture. Asserts nothing.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PROTOCOLS } from '../../dist/protocols/index.js'
import { multiply } from './conversation.mjs'
import { CONVERSATIONS, Missing } from './conversations.mjs'
import { countLines, inTurn, quantile, spread, table, timed, whole } from './measure.mjs'
import { Bench, program, RUN, STIRLING, version } from './programs.mjs'

// Some seconds of decoding: what the engine takes to compile it, about 0.3 s, is to count little.
const RECORDS = 600_000
const BYTES_MAX = 192 * 2 ** 20
const ROUNDS = 5
const TSHARK_SHARE = 1 / 30
const MIB = 2 ** 20
const DOCUMENT = fileURLToPath(new URL('../../docs/protocols.md', import.meta.url))
const ALONE = fileURLToPath(new URL('decode-alone.mjs', import.meta.url))
const RESULTS = /(<!-- speed -->\n).*(<!-- end of speed -->)/s
const HELP = `usage: node test/bench/decode-all.mjs [--rounds N] [--records N] [--write] [protocol …]
  --rounds N      rounds (${ROUNDS})
  --records N     at least so many records a capture (${RECORDS})
  --write         put the table into docs/protocols.md
  CAPTURES=DIR    where the captures are that are multiplied
`
const say = (text) => process.stderr.write(`${text}\n`)

/** Ways to read a capture → CPU seconds. */
function readers(bench, { name, table: { name: rows } }, { tshark, decodeAs = tshark, transport = 'tcp', port }) {
  const out = bench.path('rows.ndjson')
  const flags = ['--format', 'ndjson', '--quiet', '--connectors', name]
  const replay = (path, tables, to) => timed(STIRLING, [RUN, 'replay', path, ...flags, '--tables', tables], { to, out })
  const dissect = program('tshark')
  const known = tshark !== undefined && dissect !== undefined
  const flagsOf = (packets) => (packets === undefined ? [] : ['-c', `${packets}`])
  const as = ['-d', `${transport}.port==${port},${decodeAs}`]
  return {
    decode: (path) => replay(path, 'stirling_error', 'null').cpu,
    alone: (path) => Number(execFileSync(process.execPath, [ALONE, path, name], { encoding: 'utf8' })),
    count: (path) => {
      replay(path, rows, 'file')
      const n = countLines(out, `"table_":"${rows}"`)
      rmSync(out)
      return n
    },
    tshark: known
      ? (path, packets) => timed(dissect, ['-r', path, '-T', 'ek', '-Y', tshark, ...as, ...flagsOf(packets)]).cpu
      : undefined,
  }
}

/** The captures: a short one, which is all start-up, and a long one, which has as many records as follow from short ones. */
async function prepare(bench, protocol, { said, port, transport, size }, records, count) {
  const conversation = { ...(await said(bench)), port, transport }
  const [little, big] = [bench.path('little.pcap'), bench.path('big.pcap')]
  const few = (repeats) => {
    const { payloadBytes } = multiply(little, conversation, { groups: 1, connections: 1, repeats })
    return { payloadBytes, records: count(little) }
  }
  const [two, one] = [few(2), few(1)]
  const perRound = { records: two.records - one.records, payloadBytes: two.payloadBytes - one.payloadBytes }
  const connections = size.groups * size.connections
  const rounds = Math.min(records / perRound.records, BYTES_MAX / perRound.payloadBytes) / connections
  const repeats = size.once ? 1 : Math.ceil(rounds)
  const made = multiply(big, conversation, { ...size, repeats })
  const expected = connections * (one.records + (repeats - 1) * perRound.records)
  const found = count(big)
  if (found !== expected) throw new Error(`${protocol.name}: ${found} records in the capture instead of ${expected}`)
  return { ...made, little, big, records: found }
}

/** One protocol: rounds of all readers in turn → a row of the table. */
async function measure(bench, protocol, conversation, { rounds, records }) {
  const { decode, alone, count, tshark } = readers(bench, protocol, conversation)
  const made = await prepare(bench, protocol, conversation, records, count)
  say(
    `${protocol.name}: ${whole(made.records)} records, ${whole(made.payloadBytes / MIB)} MiB, ${whole(made.packets)} packets`,
  )
  const ours = () => decode(made.big) - decode(made.little)
  const packets = Math.floor(made.packets * TSHARK_SHARE)
  const theirs = tshark && (() => (tshark(made.big, packets) - tshark(made.little)) / TSHARK_SHARE)
  const runs = { ours, decoding: () => alone(made.big), ...(theirs ? { theirs } : {}) }
  const seconds = { ours: [], decoding: [], theirs: [] }
  for (let round = 0; round < rounds; round++) {
    for (const name of inTurn(Object.keys(runs), round)) seconds[name].push(runs[name]())
  }
  rmSync(made.big)
  return report(protocol, conversation, made, seconds)
}

function report({ name }, { what }, { records, payloadBytes }, { ours, decoding, theirs }) {
  const rate = (list) =>
    spread(
      list.map((s) => records / s),
      whole,
    )
  const ratios = theirs.map((s, i) => s / ours[i])
  const ratio = ratios.length === 0 ? 'does not know it' : spread(ratios, (value) => value.toFixed(0))
  const mib = quantile(
    ours.map((s) => payloadBytes / MIB / s),
    0.5,
  )
  return [
    `${name}: ${what}`,
    rate(decoding),
    rate(ours),
    mib.toFixed(0),
    theirs.length === 0 ? '–' : rate(theirs),
    ratio,
  ]
}

const HEAD = [
  'protocol: what is said',
  'decoding alone, records/s',
  '`stirling replay`, records/s',
  'MiB/s',
  '`tshark -T ek`, records/s',
  'ratio',
]

async function main({ rounds = `${ROUNDS}`, records = `${RECORDS}`, write }, names) {
  const rows = []
  for (const protocol of PROTOCOLS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const conversation = CONVERSATIONS[protocol.name]
    if (conversation === undefined) throw new Error(`no conversation of ${protocol.name}`)
    const bench = new Bench()
    try {
      const row = await measure(bench, protocol, conversation, { rounds: Number(rounds), records: Number(records) })
      say(row.join(' | '))
      rows.push(row)
    } catch (error) {
      if (!(error instanceof Missing)) throw error
      say(`skipped: ${protocol.name}: ${error.message}`)
    } finally {
      await bench.close()
    }
  }
  const tshark = program('tshark')
  if (tshark === undefined) say('skipped: comparison: no tshark')
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}, Node ${process.version}`
  const others = `${tshark === undefined ? '' : `, ${version(tshark).replace(/ \(Git.*/, '')}`}`
  const text = `${table(HEAD, rows)}\n\n${machine}${others}; ${rounds} rounds; load ${loadavg()[0].toFixed(1)} at the end.`
  process.stdout.write(`${text}\n`)
  if (!write) return
  const document = readFileSync(DOCUMENT, 'utf8')
  writeFileSync(
    DOCUMENT,
    document.replace(RESULTS, (_, head, foot) => `${head}\n${text}\n\n${foot}`),
  )
}

const options = {
  help: { type: 'boolean' },
  write: { type: 'boolean' },
  rounds: { type: 'string' },
  records: { type: 'string' },
}
const { values, positionals } = parseArgs({ options, allowPositionals: true })
const unknown = positionals.filter((name) => !(name in CONVERSATIONS))
if (values.help) process.stdout.write(HELP)
else if (unknown.length > 0) throw new Error(`no protocol ${unknown.join(', ')}`)
else await main(values, positionals)
