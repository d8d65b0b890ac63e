import { Bench } from '../../test/support/bench.js'
import { closeEvent, connEvent, dataEvent } from '../../test/support/events.js'
import { LineProtocol } from '../../test/support/line-protocol.js'
import { DataFlag, Direction, Family, Mode } from '../kernel/intf.gen.js'
import { ROLE } from '../records/columns.js'

const SECOND = 1e9
const { SEND, RECV } = Direction
const { START, MORE, TRUNCATED } = DataFlag

type Fields = Parameters<typeof dataEvent>[3]
const bench = (wanted = ['line']): Bench => new Bench([new LineProtocol('line', 'QA', 1, 'both')], wanted)
const socket = (fields: Parameters<typeof connEvent>[0] = {}) =>
  connEvent({ type: 2, ports: [53, 0], addrs: [new Array(16).fill(0), new Array(16).fill(0)], ...fields })
let number = 0
const heard = (text: string, fields: Fields = {}) => dataEvent(RECV, number++, text, { peer: [2, 5000], ...fields })
const said = (text: string, fields: Fields = {}) => dataEvent(SEND, number++, text, { peer: [2, 5000], ...fields })

test('a server and its clients: a connection for each', () => {
  const b = bench().feed(
    socket(),
    heard('Qone', { peer: [2, 5000], time: 1 }),
    heard('Qtwo', { peer: [3, 5000], time: 2 }),
    said('Azwei', { peer: [3, 5000], time: 3 }),
    said('Aeins', { peer: [2, 5000], time: 4 }),
  )
  expect(b.lines).toEqual(['two>zwei', 'one>eins'])
  expect(b.taken.map(({ role, startNs, endNs }) => [role, startNs, endNs])).toEqual([
    [ROLE.server, 2, 3],
    [ROLE.server, 1, 4],
  ])
  expect(b.stats).toEqual([
    { pid: 100, protocol: 'line', role: ROLE.server, opened: 1, closed: 0, bytesSent: 5, bytesReceived: 4 },
    { pid: 100, protocol: 'line', role: ROLE.server, opened: 1, closed: 0, bytesSent: 5, bytesReceived: 4 },
  ])
  expect(b.tracker.size).toBe(2)
})

test('a client, with the peer that its socket is connected to', () => {
  const connected = socket({
    ports: [40_000, 53],
    addrs: [
      [127, 0, 0, 1],
      [10, 0, 0, 9],
    ],
  })
  const b = bench().feed(connected, said('Qone', { peer: [0, 0] }), heard('Aeins', { peer: [0, 0] }))
  expect(b.taken).toMatchObject([{ role: ROLE.client, row: { req: 'one', resp: 'eins' } }])
})

test('nothing is kept of the batch, and each message stands for itself', () => {
  const b = bench().feed(socket(), heard('Qone\nQtwo'))
  b.feed(said('Aeins\n'))
  expect(b.lines).toEqual(['one>eins'])
})

test('the verdict is for the socket: all of it', () => {
  const b = bench().feed(socket({ conn: 7 }), heard('Qone', { conn: 7 }), heard('Qtwo', { conn: 7, peer: [3, 1] }))
  expect(b.verdicts).toMatchObject([{ conn: 7, mode: Mode.WHOLE }])
})

test('an unanswered question becomes a row when its peer has been silent for long', () => {
  const b = bench().feed(
    socket(),
    heard('Qone', { time: 1 * SECOND }),
    heard('Qtwo', { peer: [3, 1], time: 8 * SECOND }),
  )
  b.tick(9 * SECOND)
  expect(b.lines).toEqual([])
  b.tick(12 * SECOND)
  expect(b.lines).toEqual(['one>-'])
  b.feed(heard('Qthree', { time: 13 * SECOND }), said('Adrei', { time: 14 * SECOND }))
  expect(b.lines).toEqual(['one>-', 'three>drei'])
  b.tracker.flush()
  expect(b.lines).toEqual(['one>-', 'three>drei', 'two>-'])
  expect(b.stats).toMatchObject([
    { opened: 2, closed: 2 },
    { opened: 1, closed: 1 },
  ])
})

test('… also where no tick came between', () => {
  const b = bench().feed(socket(), heard('Qone', { time: 1 }), heard('Qtwo', { time: 20 * SECOND }), said('Azwei'))
  expect(b.lines).toEqual(['one>-', 'two>zwei'])
})

test('two ends that are client and server at once', () => {
  const b = bench().feed(socket(), heard('Qone'), said('Qmine'), heard('Amein'), said('Aeins'))
  expect(b.lines).toEqual(['mine>mein', 'one>eins'])
  expect(b.taken.map(({ role }) => role)).toEqual([ROLE.client, ROLE.server])
  expect(b.stats).toMatchObject([
    { role: ROLE.server, opened: 1 },
    { role: ROLE.client, opened: 1 },
  ])
})

test('a message that came in pieces, by its number', () => {
  const piece = (at: number, text: string, flags: number, more: Fields = {}) =>
    dataEvent(RECV, at, text, { peer: [2, 5000], flags, ...more })
  const b = bench().feed(
    socket(),
    piece(0, 'Qo', START | MORE),
    said('Aearly', { peer: [3, 1] }),
    piece(0, 'n', MORE),
    piece(0, 'e', 0),
    piece(1, 'Qlo', START | MORE),
    piece(2, 'Qtwo', START),
    piece(1, 'st', 0),
  )
  b.feed(said('Aeins'), said('Azwei'), said('Adrei'))
  expect(b.lines).toEqual(['one>eins', 'two>zwei', 'lost>drei'])
})

test('pieces of several threads that send at once', () => {
  const piece = (at: number, time: number, text: string, flags: number) =>
    dataEvent(SEND, at, text, { peer: [2, 5000], flags, time })
  const b = bench().feed(socket(), heard('Qone'), heard('Qtwo'), heard('Qthree'))
  b.feed(
    piece(1, 10, 'Ae', START | MORE),
    piece(2, 11, 'Az', START | MORE),
    piece(2, 12, 'Ad', START | MORE),
    piece(1, 10, 'ins', 0),
    piece(2, 11, 'wei', 0),
    piece(2, 12, 're', MORE),
    piece(2, 12, 'i', 0),
  )
  expect(b.lines).toEqual(['one>eins', 'two>zwei', 'three>drei'])
})

test('of pieces whose ends are lost not all are kept', () => {
  const starts = Array.from({ length: 1000 }, (_, at) =>
    dataEvent(RECV, at, 'Q', { peer: [2, 5000], flags: START | MORE }),
  )
  const end = (at: number) => dataEvent(RECV, at, `${at}`, { peer: [2, 5000], flags: 0 })
  const b = bench().feed(socket(), ...starts, end(0), end(999))
  b.feed(said('Aeins'), said('Azwei'))
  expect(b.lines).toEqual(['999>eins'])
})

test('what is missing of a message marks its row', () => {
  const b = bench().feed(socket(), heard('Qone', { uncaptured: 10 }), said('Aeins'))
  b.feed(heard('Qtwo', { flags: START | TRUNCATED }), said('Azwei'), heard('Qthree'), said('Adrei'))
  expect(b.lines).toEqual(['~one>eins', '~two>zwei', 'three>drei'])
})

test('a message that nobody knows costs only itself', () => {
  const b = bench().feed(socket(), heard('Qone'), heard('rubbish'), said('Aeins'), said('rubbish', { peer: [9, 9] }))
  expect(b.lines).toEqual(['one>eins'])
  expect(b.tracker.decodeCounts.get('line')).toMatchObject({ invalid: 1, dropped: 'rubbish'.length, frames: 2 })
})

test('a socket that nobody knows is left alone, and tried again later', () => {
  const b = bench().feed(socket(), ...Array.from({ length: 20 }, () => heard('rubbish', { time: 1 })))
  expect(b.verdicts).toMatchObject([{ mode: Mode.OFF }])
  b.feed(heard('Qone', { time: 0.4 * SECOND }))
  expect(b.lines).toEqual([])
  b.feed(heard('Qone', { time: 2 * SECOND }))
  expect(b.verdicts.at(-1)).toMatchObject({ mode: Mode.UNDECIDED })
  b.feed(heard('Qtwo', { time: 3 * SECOND }), said('Azwei', { time: 3 * SECOND }))
  expect(b.lines).toEqual(['two>zwei'])
})

test('what is not wanted is off', () => {
  const b = bench([]).feed(socket(), heard('Qone'), said('Aeins'))
  expect(b.verdicts).toMatchObject([{ mode: Mode.OFF }])
  expect(b.lines).toEqual([])
  expect(b.stats).toMatchObject([{ protocol: 'line', opened: 1 }])
})

test('protocols of streams are not asked', () => {
  const b = new Bench([new LineProtocol('other'), new LineProtocol('line', 'QA', 1, 'datagram')], ['line', 'other'])
  b.feed(socket(), heard('Qone'), said('Aeins'))
  expect(b.taken).toMatchObject([{ protocol: 'line' }])
})

const unix = (peer: number, path: string) =>
  socket({
    family: Family.UNIX,
    addrs: [new Array(16).fill(0), [10, 0, 0, peer]],
    ports: [0, 0],
    paths: ['/run/server', path],
  })

test('the peers of a unix socket have the names that were announced, also where these come ahead', () => {
  const b = bench().feed(unix(2, '/run/two'), unix(3, '\0three'), unix(2, '/run/two'))
  b.feed(heard('Qone', { peer: [2, 0] }), heard('Qtwo', { peer: [3, 0] }), said('Azwei', { peer: [3, 0] }))
  b.feed(said('Aeins', { peer: [2, 0] }), heard('Qthree', { peer: [4, 0] }), said('Adrei', { peer: [4, 0] }))
  expect(b.taken.map(({ remoteAddr }) => remoteAddr)).toEqual(['@three', '/run/two', null])
  expect(b.lines).toEqual(['two>zwei', 'one>eins', 'three>drei'])
})

test('who does not ask whom a message is from has the answer of whom it has asked', () => {
  const b = bench().feed(socket({ ports: [40_000, 0] }), said('Qone', { peer: [2, 53] }))
  b.feed(dataEvent(RECV, number++, 'Aeins'), said('Qtwo', { peer: [3, 53] }), dataEvent(RECV, number++, 'Azwei'))
  expect(b.lines).toEqual(['one>eins', 'two>zwei'])
})

test('become: the peer is not decoded any more', () => {
  const b = bench().feed(socket(), heard('Qbecome opaque'), said('Aeins'), heard('Qtwo'), said('Azwei'))
  b.tracker.flush()
  expect(b.lines).toEqual(['become opaque>-'])
})

test('the process is that of the call', () => {
  const b = bench().feed(socket({ tgid: 100 }), socket({ tgid: 200, comm: 'other' }))
  b.feed(
    heard('Qone', { tgid: 100 }),
    said('Aeins', { tgid: 100 }),
    heard('Qtwo', { tgid: 200 }),
    said('Azwei', { tgid: 200 }),
  )
  expect(b.taken.map(({ pid }) => pid)).toEqual([100, 200])
})

test('a socket that is gone: its last messages may come after the news', () => {
  const b = bench().feed(socket(), closeEvent([1, 0], { time: 1 }), heard('Qone', { time: 1 }))
  b.tick(10)
  expect(b.lines).toEqual([])
  b.tick(5 * SECOND)
  expect(b.lines).toEqual(['one>-'])
  b.feed(heard('Qtwo'))
  expect(b.tracker.counts.unknown).toBe(1)
})

test('peers and sockets are bounded', () => {
  const b = bench()
  for (let i = 0; i < 70; i++) {
    b.feed(socket(), ...Array.from({ length: 1000 }, (_, k) => heard('Qone', { peer: [i, k + 1], time: i })))
  }
  expect(b.tracker.size).toBe(65_536)
  expect(b.tracker.counts.evicted).toBe(70_000 - 65_536)
  expect(b.lines).toHaveLength(70_000 - 65_536)
}, 60_000)
