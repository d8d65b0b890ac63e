import { viewOf } from './bytes.js'
import { EventWriter } from './event-writer.js'
import { DataEvent } from './intf.gen.js'

const KIB = Buffer.alloc(1024, 'x')
const SIZE = DataEvent.SIZE + KIB.length

function write(out: EventWriter, n: number): void {
  for (let i = 0; i < n; i++) out.data(7, 0, 1000 + i, i * KIB.length, KIB.length, viewOf(KIB), 0, KIB.length)
}

const timesOf = (buf: Buffer, length: number): number[] =>
  Array.from({ length: length / SIZE }, (_, i) => buf.readUInt32LE(i * SIZE + DataEvent.time))

test('whole events are taken, as many as fit, in order', () => {
  const out = new EventWriter()
  write(out, 3)
  const into = Buffer.alloc(2 * SIZE + 8)
  expect(timesOf(into, out.take(into))).toEqual([1000, 1001])
  write(out, 1)
  expect(timesOf(into, out.take(into))).toEqual([1002, 1000])
  expect([out.bytes, out.take(into)]).toEqual([0, 0])
})

test('there is room for what is not taken', () => {
  const out = new EventWriter()
  write(out, 2)
  out.take(Buffer.alloc(SIZE))
  write(out, 2000)
  const into = Buffer.alloc(out.bytes)
  const times = timesOf(into, out.take(into))
  expect([times.length, times[0], times[1], times.at(-1)]).toEqual([2001, 1001, 1000, 2999])
  expect(into.subarray(-SIZE + DataEvent.SIZE).equals(KIB)).toBe(true)
})

test('what follows a payload up to the next event is zero', () => {
  const out = new EventWriter()
  const into = Buffer.alloc(4096)
  write(out, 3)
  out.take(into)
  out.data(7, 0, 0, 0, 3, viewOf(KIB), 0, 3)
  const length = out.take(into)
  expect(into.subarray(DataEvent.SIZE, length).toString('latin1')).toBe('xxx\0\0\0\0\0')
})
