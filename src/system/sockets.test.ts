import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setHostPath } from './host-path.js'
import { parseProtocols, untracedSockets } from './sockets.js'

const HEADER =
  'protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em'
// Names of up to nine letters are padded, longer ones are not.
const line = (name: string, sockets: number, memory = -1, module = 'kernel'): string =>
  `${name.padEnd(9)} 1240 ${`${sockets}`.padStart(6)}  ${`${memory}`.padStart(6)}   NI       0   yes  ${module.padEnd(10)}  y  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n`
const table = (...lines: readonly string[]): string =>
  `${[HEADER, ...lines, line('UNIX-STREAM', 312), line('TCP', 41, 238)].join('\n')}\n`

test('protocols that are not traced, and no others', () => {
  expect(parseProtocols(table())).toEqual({})
  expect(parseProtocols('')).toEqual({})
})

test('a protocol goes by one name, in both families and in every namespace', () => {
  const one = table(
    line('SCTPv6', 2, 5, 'sctp'),
    line('SCTP', 1, 5, 'sctp'),
    line('SMC', 4, -1, 'smc'),
    line('SMC6', 1, -1, 'smc'),
  )
  const other = table(line('SCTP', 10, 5, 'sctp'), line('INET_SMC', 3, -1, 'smc'), line('INET6_SMC', 5, -1, 'smc'))
  expect(parseProtocols(one, other)).toEqual({ SCTP: 13, SMC: 13 })
})

test('a protocol that the kernel knows and nobody uses', () => {
  expect(parseProtocols(table(line('AF_VSOCK', 0), line('SCTP', 0, 0, 'sctp')))).toEqual({ vsock: 0, SCTP: 0 })
})

test('below --host-path: once for each network namespace of the host, not our own', () => {
  const root = mkdtempSync(join(tmpdir(), 'stirling-host-'))
  const addProcess = (pid: number, namespace: string, protocols: string | undefined): void => {
    const folder = join(root, 'proc', `${pid}`)
    mkdirSync(join(folder, 'ns'), { recursive: true })
    mkdirSync(join(folder, 'net'))
    writeFileSync(join(folder, 'stat'), '')
    symlinkSync(namespace, join(folder, 'ns/net'))
    if (protocols !== undefined) writeFileSync(join(folder, 'net/protocols'), protocols)
  }
  try {
    addProcess(1, 'net:[1]', table(line('SCTP', 1, 5, 'sctp')))
    addProcess(7, 'net:[1]', table(line('SCTP', 1, 5, 'sctp')))
    addProcess(8, 'net:[2]', table(line('SMC', 2, -1, 'smc')))
    addProcess(9, 'net:[3]', undefined)
    setHostPath(root)
    expect(untracedSockets()).toEqual({ SCTP: 1, SMC: 2 })
  } finally {
    rmSync(root, { recursive: true })
  }
})
