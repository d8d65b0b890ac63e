import { LineProtocol } from '../../test/support/line-protocol.js'
import { Direction, Family } from '../kernel/intf.gen.js'
import type { Cursor, Protocol } from '../protocols/protocol.js'
import { ROLE } from '../records/columns.js'
import { Connection } from './connection.js'
import { Decoder } from './decoder.js'
import { Window } from './window.js'

const FACTS = {
  family: Family.INET,
  role: ROLE.server,
  netns: 0,
  localAddr: null,
  localPort: null,
  remoteAddr: null,
  remotePort: null,
}

function setup(protocol: Protocol) {
  const counts = { bytes: 0, frames: 0, invalid: 0, dropped: 0, orphans: 0, rows: 0 }
  const rows: string[] = []
  const withheld: number[] = []
  const conn = new Connection(1, FACTS, { pid: 1, upid: '0:1:1', comm: 'x', container: null }, true, {
    bodyBytes: 1,
    redact: true,
  })
  const host = {
    window: new Window(),
    emit: () => (_request: unknown, _response: unknown, row: object) => void rows.push(Object.values(row).join('>')),
    withhold: (_conn: Connection, _stream: unknown, until: number) => void withheld.push(until),
  }
  conn.decoder = new Decoder(protocol, conn, host, counts)
  conn.received.next = 0
  conn.sent.next = 0
  const feed = (direction: number, text: string) => {
    const stream = conn.stream(direction)
    stream.add(Buffer.from(text), 0, text.length, 1)
    const outcome = conn.run(stream)
    stream.settle()
    return outcome
  }
  return { conn, counts, rows, withheld, feed }
}

const { RECV, SEND } = Direction

test('after an invalid frame it goes on with the next boundary', () => {
  const { counts, rows, feed } = setup(new LineProtocol())
  feed(RECV, 'Qone\nrubbish\nQtwo\n')
  feed(SEND, 'Aeins\nAzwei\n')
  expect(rows).toEqual(['one>eins', 'two>zwei'])
  expect(counts).toMatchObject({ frames: 4, invalid: 1, dropped: 'rubbish\n'.length, orphans: 0 })
})

test('an invalid frame before any other: not this protocol', () => {
  const { feed, counts } = setup(new LineProtocol())
  expect(feed(RECV, 'rubbish')).toBe('foreign')
  expect(counts.invalid).toBe(1)
})

test('answers without a question are counted', () => {
  const { feed, counts, rows } = setup(new LineProtocol())
  feed(SEND, 'Aeins\nAzwei\n')
  expect([rows, counts.orphans]).toEqual([[], 2])
})

test('a window without a boundary is bounded', () => {
  const { feed, conn, counts } = setup(new LineProtocol())
  feed(RECV, 'Qone\nrubbish')
  for (let i = 0; i < 100; i++) feed(RECV, '.'.repeat(1000))
  expect(conn.received.length).toBeLessThanOrEqual(5200)
  expect(counts.dropped + conn.received.length).toBe(100_007)
})

test('a frame without an end is given up after 1 MiB', () => {
  const { feed, conn, counts } = setup(new LineProtocol())
  feed(RECV, 'Qone\nQ')
  for (let i = 0; i < 20; i++) feed(RECV, 'x'.repeat(100_000))
  expect(conn.received.length).toBeLessThan(100_000)
  expect(counts).toMatchObject({ frames: 1, invalid: 1 })
  feed(RECV, '\nQtwo\n')
  expect(counts.frames).toBe(2)
})

test('with `want` it waits until they are there', () => {
  const protocol = new LineProtocol()
  let calls = 0
  const { parse } = protocol
  protocol.parse = function (this: LineProtocol, kind, bytes: Cursor, state, out) {
    calls++
    const n = parse.call(this, kind, bytes, state, out)
    if (n === 0) bytes.want = 5
    return n
  }
  const { feed, counts } = setup(protocol)
  for (const c of 'Qone\n') feed(RECV, c)
  expect(counts.frames).toBe(1)
  expect(calls).toBe(2)
})

test('bytes that nobody needs are withheld, if they are many', () => {
  const { feed, withheld } = setup(new LineProtocol())
  feed(RECV, 'Qskip 1000\nQskip 50000\n')
  expect(withheld).toEqual([23 + 50_000])
})

test('after `become` nothing is parsed any more', () => {
  const { feed, counts } = setup(new LineProtocol())
  feed(RECV, 'Qbecome tls\nQone\nrubbish')
  expect(counts).toMatchObject({ frames: 1, invalid: 0 })
})
