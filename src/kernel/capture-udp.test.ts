import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EventBatch } from './events.js'
import { ConnEvent, DataEvent } from './intf.gen.js'
import { openFile } from './replay.js'

type End = readonly [string, number]
const CLIENT: End = ['0a000001', 40_000]
const SERVER: End = ['0a000002', 53]
const SIX: End = ['20010db8000000000000000000000001', 40_000]
const SIX_SERVER: End = ['20010db8000000000000000000000002', 53]

const u16 = (...numbers: readonly number[]): Buffer =>
  Buffer.from(numbers.flatMap((number) => [number >> 8, number & 255]))
const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const udp = (from: End, to: End, data: string | Buffer, length = data.length): Buffer =>
  Buffer.concat([u16(from[1], to[1], 8 + length, 0), Buffer.from(data as string)])

function v4(from: End, to: End, payload: Buffer, place = 0, id = 7): Buffer {
  const head = Buffer.concat([hex('4500'), u16(20 + payload.length, id, place), hex('40110000'), hex(from[0] + to[0])])
  return Buffer.concat([head, payload])
}

// `headers`: extension headers, and the type of the first of them.
function v6(from: End, to: End, payload: Buffer, next = 17, headers: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.concat([hex('60000000'), u16(headers.length + payload.length), Buffer.from([next, 64])])
  return Buffer.concat([head, hex(from[0] + to[0]), headers, payload])
}

const LINKS: Readonly<Record<string, readonly [number, Buffer]>> = {
  ethernet: [1, hex('0000000000000000000000000800')],
  VLAN: [1, hex('000000000000000000000000810000070800')],
  SLL: [113, hex('00000304000600000000000000000800')],
  SLL2: [276, hex('0800000000000001030400060000000000000000')],
  loopback: [0, hex('02000000')],
  raw: [101, Buffer.alloc(0)],
}

function pcap(
  packets: readonly Buffer[],
  [linkType, link] = LINKS.raw as readonly [number, Buffer],
  snap = 65_535,
): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt32LE(linkType, 20)
  const records = packets.flatMap((packet, i) => {
    const bytes = Buffer.concat([link, packet])
    const record = Buffer.alloc(16)
    record.writeUInt32LE(1_700_000_000 + i, 0)
    record.writeUInt32LE(Math.min(snap, bytes.length), 8)
    record.writeUInt32LE(bytes.length, 12)
    return [record, bytes.subarray(0, snap)]
  })
  return Buffer.concat([head, ...records])
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stirling-udp-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

// As hex; of IPv4 the last four bytes.
function address(buf: Buffer, at: number): string {
  return buf.toString('hex', at, at + 16).replace('00000000000000000000ffff', '')
}

/** The events of a capture in words. */
function heard(bytes: Buffer): { said: string[]; skipped: number } {
  const path = join(folder, 'x.pcap')
  writeFileSync(path, bytes)
  const kernel = openFile(path)
  const object = kernel.open('', { programs: [], constants: {}, mapSizes: {} })
  const batch = new EventBatch(Buffer.alloc(1 << 20))
  const said: string[] = []
  while (!kernel.ended) {
    kernel.tick()
    batch.walk(object.drain(batch.buf), {
      conn: (b, at) => {
        const end = (addr: number, port: number): string => `${address(b.buf, at + addr)} ${b.u16(at + port)}`
        const [local, remote] = [
          end(ConnEvent.local_addr, ConnEvent.local_port),
          end(ConnEvent.remote_addr, ConnEvent.remote_port),
        ]
        said.push(`open ${b.connId(at)} type ${b.u8(at + ConnEvent.type)} ${local} > ${remote}`)
      },
      data: (b, at) => {
        const [length, captured] = [b.u32(at + DataEvent.length), b.u32(at + DataEvent.captured)]
        const text = b.buf.toString('latin1', at + DataEvent.SIZE, at + DataEvent.SIZE + captured)
        const peer = `${address(b.buf, at + DataEvent.peer_addr)} ${b.u16(at + DataEvent.peer_port)}`
        const number = b.u64(at + DataEvent.position)
        said.push(
          `${b.connId(at)}${b.u8(at + 1) === 0 ? '>' : '<'}${number} ${text}${'.'.repeat(length - captured)} ${peer}`,
        )
      },
      closed: (b, at) => said.push(`close ${b.connId(at)}`),
    })
  }
  return { said, skipped: object.losses().skip_packet?.events ?? 0 }
}

const ASK = v4(CLIENT, SERVER, udp(CLIENT, SERVER, 'ask'))
const TELL = v4(SERVER, CLIENT, udp(SERVER, CLIENT, 'tell'))
const OPEN = 'open 1 type 2 0a000001 40000 > 0a000002 53'
const EXCHANGE = [OPEN, '1>0 ask 0a000002 53', '1<0 tell 0a000002 53']

test.each(Object.entries(LINKS))('%s', (_name, link) => {
  expect(heard(pcap([ASK, TELL], link))).toEqual({ said: EXCHANGE, skipped: 0 })
})

test('compressed with gzip, and cut off', () => {
  const packed = gzipSync(pcap([ASK, TELL]))
  expect(heard(packed).said).toEqual(EXCHANGE)
  expect(() => heard(packed.subarray(0, 12))).toThrow(/capture|recording/)
})

test('datagrams are numbered, each way; other ports are others', () => {
  const other: End = ['0a000001', 40_001]
  const packets = [ASK, ASK, TELL, v4(other, SERVER, udp(other, SERVER, 'hm')), ASK]
  expect(heard(pcap(packets)).said).toEqual([
    OPEN,
    '1>0 ask 0a000002 53',
    '1>1 ask 0a000002 53',
    '1<0 tell 0a000002 53',
    'open 2 type 2 0a000001 40001 > 0a000002 53',
    '2>0 hm 0a000002 53',
    '1>2 ask 0a000002 53',
  ])
})

test('IPv6, with extension headers', () => {
  const ask = udp(SIX, SIX_SERVER, 'ask')
  const packets = [
    v6(SIX, SIX_SERVER, ask),
    v6(SIX, SIX_SERVER, ask, 0, hex('3c00010400000000110001040000000000'.slice(0, 32))),
  ]
  expect(heard(pcap(packets)).said).toEqual([
    'open 1 type 2 20010db8000000000000000000000001 40000 > 20010db8000000000000000000000002 53',
    '1>0 ask 20010db8000000000000000000000002 53',
    '1>1 ask 20010db8000000000000000000000002 53',
  ])
})

const LONG = `${'0123456789abcdef'.repeat(10)}end`
const MORE = 0x2000

test.each([
  ['in order', [0, 1, 2]],
  ['backwards', [2, 1, 0]],
  ['one twice', [1, 1, 2, 0]],
])('fragments of IPv4, %s', (_name, order) => {
  const whole = udp(CLIENT, SERVER, LONG)
  const pieces = [
    v4(CLIENT, SERVER, whole.subarray(0, 64), MORE),
    v4(CLIENT, SERVER, whole.subarray(64, 128), MORE | 8),
    v4(CLIENT, SERVER, whole.subarray(128), 16),
  ]
  const { said, skipped } = heard(pcap(order.map((i) => pieces[i] as Buffer)))
  expect(said).toEqual([OPEN, `1>0 ${LONG} 0a000002 53`])
  expect(skipped).toBe(0)
})

test('fragments of IPv6, of two datagrams mixed', () => {
  const pieces = (id: number, text: string): Buffer[] => {
    const whole = udp(SIX, SIX_SERVER, text)
    const header = (place: number): Buffer => Buffer.concat([hex('1100'), u16(place, 0, id)])
    return [
      v6(SIX, SIX_SERVER, whole.subarray(0, 64), 44, header(1)),
      v6(SIX, SIX_SERVER, whole.subarray(64), 44, header(64)),
    ]
  }
  const [[a, b], [c, d]] = [pieces(1, LONG), pieces(2, `${LONG}!`)] as [Buffer[], Buffer[]]
  expect(heard(pcap([a, c, b, d] as Buffer[])).said.slice(1)).toEqual([
    `1>0 ${LONG} 20010db8000000000000000000000002 53`,
    `1>1 ${LONG}! 20010db8000000000000000000000002 53`,
  ])
})

test('of fragments whose others do not come, the first is what is there of the datagram, the others are counted', () => {
  const [first, second] = [
    v4(CLIENT, SERVER, udp(CLIENT, SERVER, LONG).subarray(0, 64), MORE),
    v4(CLIENT, SERVER, udp(CLIENT, SERVER, LONG).subarray(64, 128), MORE | 8),
  ]
  const cut = `1>1 ${LONG.slice(0, 56)}${'.'.repeat(LONG.length - 56)} 0a000002 53`
  expect(heard(pcap([first, ASK]))).toEqual({ said: [OPEN, '1>0 ask 0a000002 53', cut], skipped: 0 })
  expect(heard(pcap([second, first, ASK]))).toEqual({ said: [OPEN, '1>0 ask 0a000002 53', cut], skipped: 1 })
  expect(heard(pcap([second, ASK]))).toEqual({ said: [OPEN, '1>0 ask 0a000002 53'], skipped: 1 })
  const short = `1>0 ${LONG.slice(0, 12)}${'.'.repeat(LONG.length - 12)} 0a000002 53`
  expect(heard(pcap([first, second], LINKS.raw, 40))).toEqual({ said: [OPEN, short], skipped: 1 })
})

test('a datagram that was cut in the capture, and one without a byte', () => {
  const empty = v4(CLIENT, SERVER, udp(CLIENT, SERVER, ''))
  expect(heard(pcap([ASK, empty], LINKS.raw, 30)).said).toEqual([OPEN, '1>0 as. 0a000002 53', '1>1  0a000002 53'])
})

test.each([
  ['a length beyond the packet', udp(CLIENT, SERVER, 'ask', 4)],
  ['a length below the header', Buffer.concat([u16(40_000, 53, 7, 0), Buffer.from('ask')])],
  ['a cut header', u16(40_000, 53, 8)],
])('%s is not followed', (_name, payload) => {
  expect(heard(pcap([v4(CLIENT, SERVER, payload)]))).toEqual({ said: [], skipped: 1 })
})

test('bytes after the datagram are not its', () => {
  expect(heard(pcap([v4(CLIENT, SERVER, udp(CLIENT, SERVER, 'askjunk', 3))])).said.at(-1)).toBe('1>0 ask 0a000002 53')
})
