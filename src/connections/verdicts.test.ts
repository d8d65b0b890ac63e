import { Mode, Verdict } from '../kernel/intf.gen.js'
import { Verdicts } from './verdicts.js'

function flushed(verdicts: Verdicts): Buffer[] {
  const entries: Buffer[] = []
  verdicts.flush((buf, n) => {
    const size = buf.length / n
    for (let i = 0; i < n; i++) entries.push(Buffer.from(buf.subarray(i * size, (i + 1) * size)))
  })
  return entries
}

test('an entry is the slot and the verdict, little endian', () => {
  const verdicts = new Verdicts(65_536)
  const conn = 3 * 2 ** 32 + 0xfeed_0001
  verdicts.add(conn, Mode.FULL, [5, 2 ** 40 + 7])
  const [entry] = flushed(verdicts)
  expect(entry).toHaveLength(4 + Verdict.SIZE)
  expect(entry?.readUInt32LE(0)).toBe(1)
  expect(entry?.readBigUInt64LE(4)).toBe(BigInt(conn))
  expect(entry?.readUInt32LE(4 + Verdict.mode)).toBe(Mode.FULL)
  expect(entry?.readBigUInt64LE(4 + Verdict.until)).toBe(5n)
  expect(entry?.readBigUInt64LE(4 + Verdict.until + 8)).toBe(2n ** 40n + 7n)
})

test('any number of them, in order, once', () => {
  const verdicts = new Verdicts(1024)
  for (let conn = 1; conn <= 1000; conn++) verdicts.add(conn, Mode.OFF, [0, 0])
  expect(flushed(verdicts).map((entry) => entry.readUInt32LE(0))).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  expect(flushed(verdicts)).toEqual([])
})
