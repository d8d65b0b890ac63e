import { closeEvent, connEvent, dataEvent } from '../../test/support/events.js'
import { EventBatch } from './events.js'
import { DataEvent, Direction } from './intf.gen.js'

const tell = (batch: EventBatch, length = batch.buf.length): string[] => {
  const told: string[] = []
  const event = (name: string) => (b: EventBatch, at: number) =>
    void told.push(`${name}${b.connId(at)}@${b.timeNs(at)}`)
  batch.walk(length, { data: event('data'), conn: event('conn'), closed: event('closed') })
  return told
}

const ID = 2 ** 53 - 1
const DATA = dataEvent(Direction.SEND, 2 ** 40, 'abc', { conn: ID, time: 2 ** 33 })

test('events are handed over in order, others are passed over', () => {
  const unknown = Buffer.alloc(16, 9)
  unknown.writeUInt32LE(16, 4)
  const events = [connEvent({ conn: 7, time: 1 }), unknown, DATA, closeEvent([1, 2], { conn: 8, time: 3 })]
  expect(tell(new EventBatch(Buffer.concat(events)))).toEqual(['conn7@1', `data${ID}@${2 ** 33}`, 'closed8@3'])
})

test('fields are read by offset, also in a slice of a larger buffer', () => {
  const batch = new EventBatch(Buffer.concat([Buffer.alloc(40), DATA]).subarray(40))
  expect(batch.u64(DataEvent.position)).toBe(2 ** 40)
  expect(batch.u32(DataEvent.length)).toBe(3)
  expect(batch.size(0)).toBe(72)
  expect(batch.chars(DataEvent.SIZE, 16)).toBe('abc')
  expect(batch.chars(DataEvent.SIZE, 2)).toBe('ab')
})

test('positions of conn and close events', () => {
  const conn = new EventBatch(connEvent({ position: [2 ** 35, 4] }))
  const close = new EventBatch(closeEvent([5, 2 ** 36]))
  expect([conn.position(0, 0), conn.position(0, 1)]).toEqual([2 ** 35, 4])
  expect([close.position(0, 0), close.position(0, 1)]).toEqual([5, 2 ** 36])
})

test.each([
  ['nothing', 0],
  ['none now', -1],
])('%s: no event', (_name, length) => expect(tell(new EventBatch(DATA), length)).toEqual([]))

test('an event of size 0 does not stop the walk', () => {
  expect(tell(new EventBatch(Buffer.alloc(64)))).toEqual([])
})
