// make test-differential: our records against another reader's of the same capture files, value by value, as multisets.
// A folder of captures (CAPTURES, else ../shared/pcaps beside the checkout) holds <protocol>/<name>.pcap and, beside each, what
// tshark read in it: <name>.pcap.tshark.json. More than 1 % of a protocol's values that differ for a reason fail, and so does one without.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXPLAINED } from './explained.mjs'
import { hasTshark, OWN, read } from './own.mjs'
import { READERS } from './readers.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const RUN = join(ROOT, 'bin/run.js')
const CAPTURES = process.env.CAPTURES ?? join(ROOT, '../shared/pcaps')
const EXPLAINED_MAX = 0.01
const SHOWN = 12
const REPLAY = [
  '--format',
  'ndjson',
  '--quiet',
  '--no-redact',
  '--body-bytes',
  '256Ki',
  '--connectors',
  'socket_tracer',
]
const [only] = process.argv.slice(2)

const say = (text) => process.stdout.write(`${text}\n`)

function replay(file) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [RUN, 'replay', file, ...REPLAY], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0 && status !== 4) throw new Error(`${file}: exit ${status}: ${stderr}`)
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function difference(ours, theirs) {
  const surplus = new Map()
  for (const value of ours) surplus.set(value, (surplus.get(value) ?? 0) + 1)
  for (const value of theirs) surplus.set(value, (surplus.get(value) ?? 0) - 1)
  return [...surplus].filter(([, n]) => n !== 0)
}

function compare(reader, folder, name) {
  const reading = JSON.parse(readFileSync(join(folder, `${name}.tshark.json`), 'utf8'))
  if (reading.records_truncated || reading.records.length === 0) return undefined
  const rows = replay(join(folder, name)).filter((row) => reader.tables.includes(row.table_))
  const theirs = reading.records.flatMap((record) => reader.theirs(record, reading))
  const ours = rows.flatMap((row) => reader.ours(row))
  return { values: theirs.length, differing: difference(ours, theirs) }
}

function compareAll(reader) {
  const folder = join(CAPTURES, reader.folder)
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, `${name}.tshark.json`)))
    : []
  const total = { captures: 0, values: 0, explained: 0, unexplained: [] }
  for (const name of names.sort()) {
    const result = compare(reader, folder, name)
    if (result === undefined) continue
    total.captures++
    total.values += result.values
    const count = result.differing.reduce((sum, [, n]) => sum + Math.abs(n), 0)
    const reason = EXPLAINED[`${reader.folder}/${name}`]
    if (count > 0 && reason !== undefined && !reason.ofThem && count <= reason.values) total.explained += count
    else if (count > 0 && reason?.ofThem && count <= reason.values) total.values -= Math.min(count, result.values)
    else if (count > 0) total.unexplained.push({ name, differing: result.differing, reason })
  }
  return total
}

// Of connections within the machine one end; unix sockets are not in the capture.
const isTcpServer = (row, reader) =>
  reader.tables.includes(row.table_) && row.trace_role === 'server' && row.local_port !== null

function compareOwn(own) {
  const reader = READERS.find(({ name }) => name === own.reader)
  const file = join(ROOT, `test/golden/${own.name}.rec`)
  const rows = replay(file).filter((row) => isTcpServer(row, reader))
  const records = read(file, rows[0].local_port, own)
  const theirs = records.flatMap((record) => reader.theirs(record, { records, decode_as: '', command: '' }))
  const differing = difference(
    rows.flatMap((row) => reader.ours(row)),
    theirs,
  )
  const unexplained = differing.length > 0 ? [{ name: own.name, differing }] : []
  return { captures: 1, values: theirs.length, explained: 0, unexplained }
}

function report(reader, { captures, values, explained, unexplained }) {
  const wrong = unexplained.reduce(
    (sum, { differing }) => sum + differing.reduce((all, [, n]) => all + Math.abs(n), 0),
    0,
  )
  const bad = wrong > 0 || explained > values * EXPLAINED_MAX
  say(
    `| ${reader.name} | ${captures} | ${values} | ${values - explained - wrong} | ${explained} | ${wrong} |${bad ? ' FAILED' : ''}`,
  )
  for (const { name, differing } of unexplained) {
    say(`  ${reader.folder}/${name}: + ours only, - theirs only`)
    for (const [value, n] of differing.slice(0, SHOWN))
      say(`    ${n > 0 ? '+' : '-'}${Math.abs(n)} ${value.slice(0, 160)}`)
    if (differing.length > SHOWN) say(`    … ${differing.length - SHOWN} more`)
  }
  return bad
}

function main() {
  const there = existsSync(CAPTURES)
  const tshark = hasTshark()
  say('| protocol | captures | values | equal | explained | differing |')
  say('| --- | --- | --- | --- | --- | --- |')
  const readers = there ? READERS.filter(({ name }) => only === undefined || name === only) : []
  const own = tshark ? OWN.filter(({ reader }) => only === undefined || reader === only) : []
  const failed = [
    ...readers.map((reader) => report(reader, compareAll(reader))),
    ...own.map((each) => report({ name: `our recording of ${each.name}`, folder: 'golden' }, compareOwn(each))),
  ].filter(Boolean).length
  if (!there) say(`skipped: no captures at ${CAPTURES} (CAPTURES=DIR names another folder)`)
  if (!tshark) say('skipped: our own recordings: no tshark')
  const skipped = (there ? 0 : 1) + (tshark ? 0 : 1)
  say(`\n${readers.length + own.length - failed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = failed > 0 ? 1 : 0
}

main()
