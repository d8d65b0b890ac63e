// Our own recordings, written as captures, read by the other reader that is on this machine.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toPcap } from './to-pcap.mjs'

/** Values of a field that occurs several times in a packet. */
const AND = '\x01'

const HTTP = {
  reader: 'http',
  dissector: 'http',
  fields: ['http.request.method', 'http.request.uri', 'http.response.code'],
}
const MYSQL = { reader: 'mysql', dissector: 'mysql', fields: ['mysql.command', 'mysql.query', 'mysql.error_code'] }

/** Recording → the reader by name, what the other one calls the protocol, and the fields that are compared. */
export const OWN = [
  { name: 'nginx', ...HTTP },
  { name: 'node-http', ...HTTP },
  { name: 'mariadb', ...MYSQL },
]

export const hasTshark = () => spawnSync('tshark', ['--version']).status === 0

/** What tshark reads in the recording: a record for each packet, a field with several values as a list. */
export function read(file, port, { dissector, fields }) {
  const folder = mkdtempSync(join(tmpdir(), 'stirling-differential-'))
  try {
    const capture = join(folder, 'own.pcap')
    writeFileSync(capture, toPcap(file))
    const shown = fields.flatMap((field) => ['-e', field])
    const how = [
      '-d',
      `tcp.port==${port},${dissector}`,
      '-Y',
      dissector,
      '-T',
      'fields',
      '-E',
      'separator=/t',
      '-E',
      `aggregator=${AND}`,
    ]
    const { stdout, stderr, status } = spawnSync('tshark', ['-r', capture, ...how, ...shown], { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => recordOf(line, fields))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function recordOf(line, fields) {
  const values = line.split('\t').map((text) => (text.includes(AND) ? text.split(AND) : text))
  return Object.fromEntries(
    fields.map((field, i) => [field, values[i]]).filter(([, value]) => value !== '' && value !== undefined),
  )
}
