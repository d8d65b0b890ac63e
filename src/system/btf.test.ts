import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argumentsOf, presentInBtf } from './btf.js'

const NAMES = '\0int\0tcp_recvmsg\0other\0'
const nameAt = (name: string): number => NAMES.indexOf(name)

function type(name: number, kind: number, members: number, third: number, ...extra: number[]): Buffer {
  return Buffer.from(new Uint32Array([name, (kind << 24) | members, third, ...extra]).buffer)
}

function btfOf(types: Buffer, names = NAMES): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt16LE(0xeb9f, 0)
  header.writeUInt8(1, 2)
  for (const [i, value] of [24, 0, types.length, types.length, names.length].entries()) {
    header.writeUInt32LE(value, 4 + 4 * i)
  }
  return Buffer.concat([header, types, Buffer.from(names, 'latin1')])
}

const TYPES = Buffer.concat([
  type(nameAt('int'), 1, 0, 4, 0), // 1
  type(0, 4, 2, 8, 0, 1, 0, 0, 1, 32), // 2: struct of two members
  type(nameAt('tcp_recvmsg'), 12, 0, 5), // 3: its prototype follows
  type(nameAt('other'), 12, 0, 6), // 4
  type(0, 13, 3, 1, 0, 1, 0, 1, 0, 1), // 5: three arguments
  type(0, 13, 1, 1, 0, 1), // 6
])

test('the number of arguments of a function', () => {
  expect(argumentsOf('tcp_recvmsg', btfOf(TYPES))).toBe(3)
  expect(argumentsOf('other', btfOf(TYPES))).toBe(1)
})

test.each([
  ['a name that is no function', 'int', btfOf(TYPES)],
  ['a name that is not there', 'recvmsg', btfOf(TYPES)],
  ['nothing', 'tcp_recvmsg', Buffer.alloc(0)],
  ['something else', 'tcp_recvmsg', Buffer.alloc(100, 1)],
  ['what is cut off', 'tcp_recvmsg', btfOf(TYPES).subarray(0, 60)],
])('is not known of %s', (_, name, btf) => {
  expect(argumentsOf(name, btf)).toBeUndefined()
})

test('names are found wherever in the file they stand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stirling-btf-'))
  const file = join(folder, 'btf')
  const windows = 256 * 1024
  try {
    for (const at of [0, windows - 4, windows, windows + 3, 3 * windows]) {
      writeFileSync(file, Buffer.concat([Buffer.alloc(at, 1), Buffer.from('\0tcp_sendpage\0tcp_sendpages\0')]))
      expect([...presentInBtf(['tcp_sendpage', 'tcp_send', 'int'], file)]).toEqual(['tcp_sendpage'])
    }
    writeFileSync(file, btfOf(Buffer.from('\0notypes\0')))
    expect([...presentInBtf(['int', 'other', 'notypes'], file)]).toEqual(['int', 'other'])
    expect(presentInBtf(['int'], join(folder, 'none')).size).toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
