import { Bench } from '../../test/support/bench.js'
import { closeEvent, connEvent, dataEvent } from '../../test/support/events.js'
import { LineProtocol } from '../../test/support/line-protocol.js'
import { Direction, Mode } from '../kernel/intf.gen.js'

const { SEND, RECV } = Direction
const recv = (position: number, bytes: string, fields = {}): Buffer => dataEvent(RECV, position, bytes, fields)
const send = (position: number, bytes: string, fields = {}): Buffer => dataEvent(SEND, position, bytes, fields)

const CONN = connEvent()
const ASKED = recv(0, 'Qone\n', { time: 10 })
const TOLD = send(0, 'Aeins\n', { time: 20 })
const TURN = 'Qbecome other 42\n'
const ROWS = ['line one>eins', 'other two>zwei']

let line: LineProtocol
let other: LineProtocol
let bench: Bench

const rows = (): string[] => bench.taken.map(({ protocol, row }) => `${protocol} ${Object.values(row).join('>')}`)

function setUp(wanted?: string[], inferBytes = 1): void {
  line = new LineProtocol('line', 'QA', inferBytes)
  other = new LineProtocol('other', '?!', inferBytes)
  bench = new Bench([line, other], wanted)
}

beforeEach(() => setUp())

test('one that is not known: decoding ends at its place, and the kernel is told', () => {
  bench.feed(CONN, recv(0, 'Qone\nQbecome tls\n\x16\x03\x01'), send(0, 'Aeins\nAok\n\x16\x03'))
  expect(rows()).toEqual([])
  expect(bench.tracker.decodeCounts.get('line')?.invalid).toBe(0)
  expect(bench.verdicts.at(-1)?.mode).toBe(Mode.OFF)
  expect(bench.stats).toEqual([expect.objectContaining({ protocol: 'tls' })])
})

test('one that nobody wants: off, under its name', () => {
  setUp(['line'])
  bench.feed(CONN, ASKED, TOLD, recv(5, `${TURN}?two\n`))
  expect(rows()).toEqual(['line one>eins'])
  expect(bench.verdicts.at(-1)?.mode).toBe(Mode.OFF)
  expect(bench.stats).toEqual([expect.objectContaining({ protocol: 'other' })])
})

test('opaque keeps the name', () => {
  bench.feed(CONN, ASKED, send(0, 'Abecome opaque\n'), recv(5, 'whatever'))
  expect(rows()).toEqual(['line one>become opaque'])
  expect(bench.stats).toEqual([expect.objectContaining({ protocol: 'line', bytesReceived: 13 })])
})

test('another goes on where each direction stands, with what it is left', () => {
  bench.feed(CONN, ASKED, TOLD, recv(5, `${TURN}?two\n`, { time: 30 }), send(6, '!zwei\n', { time: 40 }))
  expect(rows()).toEqual(ROWS)
  expect(bench.taken[1]).toMatchObject({ startNs: 30, endNs: 40, lost: false })
  expect(other.legacies).toEqual(['42'])
  expect(bench.verdicts.at(-1)?.mode).toBe(Mode.FULL)
  expect(bench.stats).toEqual([expect.objectContaining({ protocol: 'other', opened: 1 })])
})

test.each([1, 5, 11])('every cut of both directions gives the same rows; known after %i bytes', (inferBytes) => {
  const rest = `${TURN}?two\n`
  const wrong: string[] = []
  for (let i = 0; i <= rest.length; i++) {
    for (let k = 0; k <= 6; k++) {
      setUp(undefined, inferBytes)
      bench.feed(CONN, ASKED, TOLD, recv(5, rest.slice(0, i), { time: 30 }))
      bench.feed(recv(5 + i, rest.slice(i), { time: 40 }), send(6, '!zwei\n'.slice(0, k), { time: 50 }))
      bench.feed(send(6 + k, '!zwei\n'.slice(k), { time: 60 }), closeEvent([12, 5 + rest.length])).tick()
      if (rows().join() !== ROWS.join()) wrong.push(`${i} ${k}: ${rows()}`)
    }
  }
  expect(wrong).toEqual([])
})

test('any: all are asked anew, with what follows', () => {
  bench.feed(CONN, ASKED, send(0, 'Abecome any\n')).feed(recv(5, '?two\n'), send(12, '!zwei\n'))
  expect(rows()).toEqual(['line one>become any', 'other two>zwei'])
  bench.feed(
    connEvent({ conn: 9 }),
    recv(0, 'Qone\n', { conn: 9 }),
    send(0, `Abecome any\n${'\x16'.repeat(1 << 14)}`, { conn: 9 }),
  )
  expect(bench.verdicts.at(-1)).toMatchObject({ conn: 9, mode: Mode.OFF })
  expect(bench.stats).toContainEqual(expect.objectContaining({ protocol: 'line', opened: 1 }))
})

test('it is not what was said: the next guess begins there too', () => {
  bench.feed(CONN, ASKED, TOLD, recv(5, 'Qbecome other\n'), recv(19, 'Qtwo\n'), send(6, 'Azwei\n'))
  expect(rows()).toEqual(['line one>eins', 'line two>zwei'])
})

test('after a loss, the other protocol looks for its place', () => {
  bench.feed(CONN, ASKED, TOLD, recv(5, TURN), recv(30, 'st\n?two\n'), send(6, '!zwei\n')).tick()
  expect(rows()).toEqual(ROWS)
  expect(other.gaps).toEqual([['request', 8]])
})

test('what leads to a protocol that is wanted is decoded', () => {
  Object.assign(line, { leadsTo: ['other'] })
  bench = new Bench([line, other], ['other'])
  bench.feed(CONN, ASKED, TOLD, recv(5, `${TURN}?two\n`), send(6, '!zwei\n'))
  expect(rows()).toContain('other two>zwei')
})
