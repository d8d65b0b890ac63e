import { Bench } from '../../test/support/bench.js'
import { closeEvent, connEvent, dataEvent } from '../../test/support/events.js'
import { LineProtocol } from '../../test/support/line-protocol.js'
import { Direction, Family, Mode, Role } from '../kernel/intf.gen.js'

const USELESS = 32
type Fields = Parameters<typeof connEvent>[0]

let bench: Bench
let conn = 0
beforeEach(() => {
  bench = new Bench([new LineProtocol()])
})

/** A connection that is asked `request`, and closed. */
function exchange(request: string, fields: Fields = {}): void {
  conn++
  const asked = request === '' ? [] : [dataEvent(Direction.RECV, 0, request, { conn })]
  bench.feed(connEvent({ conn, ...fields }), ...asked, closeEvent([0, request.length], { conn }))
}

function times(n: number, request: string, fields: Fields = {}): void {
  for (let i = 0; i < n; i++) exchange(request, fields)
}

test('an endpoint is off after many connections that nobody knows, and is told once', () => {
  times(USELESS - 1, '\0\0')
  expect(bench.endpoints).toEqual([])
  times(USELESS, '\0\0')
  expect(bench.endpoints).toEqual([80])
})

test('so it is after many of a protocol that nobody wants', () => {
  bench = new Bench([new LineProtocol()], [])
  times(USELESS, 'Qone\n')
  expect(bench.endpoints).toEqual([80])
})

test.each<[string, Fields]>([
  ['of another port', { ports: [81, 5000] }],
  [
    'of another address',
    {
      addrs: [
        [127, 0, 0, 2],
        [10, 0, 0, 2],
      ],
    },
  ],
  ['of the other end', { role: Role.CLIENT, ports: [5000, 80] }],
])('connections %s are another endpoint', (_name, fields) => {
  times(USELESS - 1, '\0\0')
  exchange('\0\0', fields)
  expect(bench.endpoints).toEqual([])
})

test('what a client asks is its server, whatever its own port is', () => {
  for (let i = 0; i < USELESS; i++) exchange('\0\0', { role: Role.CLIENT, ports: [5000 + i, 443] })
  expect(bench.endpoints).toEqual([443])
})

test.each<[string, string, Fields]>([
  ['that never said a byte', '', {}],
  ['that are older than the trace', '\0\0', { position: [0, 7] }],
  ['of a unix socket', '\0\0', { family: Family.UNIX, paths: ['/run/x', ''] }],
  ['whose ends are not known', '\0\0', { role: Role.UNKNOWN }],
])('connections %s tell nothing', (_name, request, fields) => {
  times(2 * USELESS, request, fields)
  expect(bench.endpoints).toEqual([])
})

test('one connection that was of use keeps its endpoint on for good', () => {
  exchange('Qone\n')
  times(10 * USELESS, '\0\0')
  expect(bench.endpoints).toEqual([])
})

test('and turns it on again', () => {
  times(USELESS, '\0\0')
  exchange('Qone\n')
  times(10 * USELESS, '\0\0')
  expect(bench.endpoints).toEqual([80, -80])
})

test('a connection that begins off is counted, and tried again when it lives long', () => {
  const sample = (position: number, time: number): Buffer =>
    dataEvent(Direction.RECV, position, 'Qone\n', { conn: 7, time, uncaptured: 95 })
  bench.feed(connEvent({ conn: 7, mode: Mode.OFF }), sample(0, 10))
  expect(bench.verdicts).toEqual([])
  expect(bench.stats).toMatchObject([{ protocol: null, bytesReceived: 100 }])
  bench.feed(sample(100, 2e9))
  expect(bench.verdicts.map(({ mode }) => mode)).toEqual([Mode.UNDECIDED, Mode.FULL])
})
