import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBatch } from './events.js'
import { Direction, Role } from './intf.gen.js'
import { openFile } from './replay.js'

const FRACTION = 250_000
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16]
const CLIENT = [10, 0, 0, 1, 40_000] as const
const SERVER = [10, 0, 0, 2, 80] as const
type End = readonly [number, number, number, number, number]

interface Packet {
  readonly from?: End
  readonly to?: End
  readonly seq: number
  readonly ack?: number
  readonly flags?: number
  readonly data?: string
  /** Bytes of the packet that were captured. */
  readonly snap?: number
  readonly vlan?: boolean
}

// Ethernet, IPv4, TCP.
function frame({ from = CLIENT, to = SERVER, seq, ack = 0, flags = ACK, data = '', vlan = false }: Packet): Buffer {
  const tcp = Buffer.alloc(20)
  tcp.writeUInt16BE(from[4], 0)
  tcp.writeUInt16BE(to[4], 2)
  tcp.writeUInt32BE(seq >>> 0, 4)
  tcp.writeUInt32BE(ack >>> 0, 8)
  tcp[12] = 5 << 4
  tcp[13] = flags
  const ip = Buffer.alloc(20)
  ip[0] = 0x45
  ip.writeUInt16BE(40 + data.length, 2)
  ip[9] = 6
  ip.set(from.slice(0, 4), 12)
  ip.set(to.slice(0, 4), 16)
  const link = Buffer.alloc(vlan ? 18 : 14)
  if (vlan) link.writeUInt16BE(0x8100, 12)
  link.writeUInt16BE(0x0800, link.length - 2)
  return Buffer.concat([link, ip, tcp, Buffer.from(data)])
}

const PATCHED = 0xa1b2cd34

/** `big`: the other order of bytes; `magic` says in which unit the fraction of the second is, and how long the records' heads are. */
function pcap(packets: readonly Packet[], { magic = 0xa1b2c3d4, big = false } = {}): Buffer {
  const word = (buf: Buffer, value: number, at: number): number =>
    big ? buf.writeUInt32BE(value, at) : buf.writeUInt32LE(value, at)
  const head = Buffer.alloc(24)
  word(head, magic, 0)
  word(head, 1, 20)
  const records = packets.flatMap((packet, i) => {
    const bytes = frame(packet)
    const record = Buffer.alloc(magic === PATCHED ? 24 : 16, 0xff)
    word(record, 1_700_000_000, 0)
    word(record, FRACTION + i, 4)
    word(record, packet.snap ?? bytes.length, 8)
    word(record, bytes.length, 12)
    return [record, bytes.subarray(0, packet.snap)]
  })
  return Buffer.concat([head, ...records])
}

function pcapng(packets: readonly Packet[]): Buffer {
  const block = (type: number, body: Buffer): Buffer => {
    const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)])
    const edge = Buffer.alloc(4)
    edge.writeUInt32LE(padded.length + 12)
    const head = Buffer.alloc(4)
    head.writeUInt32LE(type)
    return Buffer.concat([head, edge, padded, edge])
  }
  const section = Buffer.from('4d3c2b1a01000000ffffffffffffffff', 'hex')
  // Time in ns: option if_tsresol 9.
  const link = Buffer.from('01000000000004000900010009000000', 'hex')
  const enhanced = packets.map((packet, i) => {
    const bytes = frame(packet)
    const head = Buffer.alloc(20)
    const ns = 1_700_000_000_000_000_000n + BigInt(i * 1000)
    head.writeUInt32LE(Number(ns >> 32n), 4)
    head.writeUInt32LE(Number(ns & 0xffffffffn), 8)
    head.writeUInt32LE(bytes.length, 12)
    head.writeUInt32LE(bytes.length, 16)
    return block(6, Buffer.concat([head, bytes]))
  })
  return Buffer.concat([block(0x0a0d0d0a, section), block(1, link), ...enhanced])
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stirling-capture-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The events of a capture in words. */
function heard(bytes: Buffer): { said: string[]; damage: string | undefined; offsetUs: number } {
  const path = join(folder, 'x.pcap')
  writeFileSync(path, bytes)
  const kernel = openFile(path)
  const object = kernel.open('', { programs: [], constants: {}, mapSizes: {} })
  const batch = new EventBatch(Buffer.alloc(1 << 20))
  const said: string[] = []
  while (!kernel.ended) {
    kernel.tick()
    batch.walk(object.drain(batch.buf), {
      conn: (b, at) =>
        said.push(`open ${b.connId(at)} role ${b.u8(at + 3)} at ${b.position(at, 0)},${b.position(at, 1)}`),
      data: (b, at) => {
        const [position, length, captured] = [b.u64(at + 24), b.u32(at + 32), b.u32(at + 36)]
        const text = b.buf.toString('latin1', at + 64, at + 64 + captured)
        said.push(
          `${b.u8(at + 1) === Direction.SEND ? '>' : '<'}${position} ${text}${'.'.repeat(Math.min(99, length - captured))}`,
        )
      },
      closed: (b, at) => said.push(`close ${b.position(at, 0)},${b.position(at, 1)}`),
    })
  }
  return { said, damage: kernel.damage, offsetUs: kernel.host.wallOffsetUs }
}

const BACK = { from: SERVER, to: CLIENT }
const OPEN: readonly Packet[] = [
  { seq: 99, flags: SYN },
  { ...BACK, seq: 499, ack: 100, flags: SYN | ACK },
]
const ASK: Packet = { seq: 100, ack: 500, data: 'ask' }
const TELL: Packet = { ...BACK, seq: 500, ack: 103, data: 'tell' }

test.each<[string, readonly Packet[], readonly string[]]>([
  ['a connection from its start', [...OPEN, ASK, TELL], ['open 1 role 1 at 0,0', '>0 ask', '<0 tell']],
  ['a segment that comes twice', [...OPEN, ASK, ASK, TELL, TELL], ['open 1 role 1 at 0,0', '>0 ask', '<0 tell']],
  [
    'segments out of order',
    [...OPEN, { seq: 106, data: 'two' }, { seq: 103, data: 'one' }, ASK],
    ['open 1 role 1 at 0,0', '>0 ask', '>3 one', '>6 two'],
  ],
  [
    'a segment that repeats some and goes on',
    [...OPEN, ASK, { seq: 101, data: 'skmore' }],
    ['open 1 role 1 at 0,0', '>0 ask', '>3 more'],
  ],
  [
    'a hole that the other end has acknowledged is a gap',
    [...OPEN, { seq: 110, data: 'later' }, { ...BACK, seq: 500, ack: 115 }],
    ['open 1 role 1 at 0,0', '>10 later'],
  ],
  [
    'what waits behind a hole goes before the answer that acknowledges it',
    [...OPEN, { seq: 103, data: 'two' }, { ...BACK, seq: 500, ack: 106, data: 'tell' }],
    ['open 1 role 1 at 0,0', '>3 two', '<0 tell'],
  ],
  ['a hole at the end of the capture, too', [...OPEN, { seq: 110, data: 'x' }], ['open 1 role 1 at 0,0', '>10 x']],
  [
    'bytes at the end that the other end has acknowledged',
    [...OPEN, ASK, { seq: 103, ack: 504 }],
    ['open 1 role 1 at 0,0', '>0 ask', '<4 '],
  ],
  [
    'bytes of a direction that was not captured',
    [OPEN[0] as Packet, { seq: 100, ack: 500 }, ASK, { seq: 103, ack: 504, flags: FIN | ACK }],
    ['open 1 role 1 at 0,1', '>0 ask', '<5 '],
  ],
  [
    'bytes before the first segment of an end that were acknowledged',
    [
      OPEN[0] as Packet,
      { seq: 100, ack: 500 },
      ASK,
      { seq: 103, ack: 504 },
      { ...BACK, seq: 504, ack: 103, data: 'x' },
    ],
    ['open 1 role 1 at 0,1', '>0 ask', '<5 x'],
  ],
  [
    'an acknowledged FIN is no byte',
    [...OPEN, ASK, { ...BACK, seq: 500, ack: 103, flags: FIN | ACK }, { seq: 103, ack: 501 }],
    ['open 1 role 1 at 0,0', '>0 ask'],
  ],
  ['joined in the middle', [ASK, TELL], ['open 1 role 0 at 1,1', '>1 ask', '<1 tell']],
  [
    'closed by both',
    [...OPEN, ASK, { seq: 103, flags: FIN | ACK }, { ...BACK, seq: 500, ack: 104, flags: FIN | ACK }],
    ['open 1 role 1 at 0,0', '>0 ask', 'close 3,0'],
  ],
  [
    'closed by both, the last segment lost',
    [...OPEN, ASK, { ...BACK, seq: 504, ack: 103, flags: FIN | ACK }, { seq: 103, ack: 505, flags: FIN | ACK }],
    ['open 1 role 1 at 0,0', '>0 ask', '<4 ', 'close 3,4'],
  ],
  [
    'one byte lost before the end',
    [...OPEN, ASK, { seq: 104, flags: FIN | ACK }, { ...BACK, seq: 500, ack: 105, flags: FIN | ACK }],
    ['open 1 role 1 at 0,0', '>0 ask', '>4 ', 'close 4,0'],
  ],
  [
    'a RST with a number from elsewhere',
    [...OPEN, ASK, { ...BACK, seq: 1_000_000_000, flags: RST }],
    ['open 1 role 1 at 0,0', '>0 ask', 'close 3,0'],
  ],
  ['reset', [...OPEN, ASK, { ...BACK, seq: 500, flags: RST }], ['open 1 role 1 at 0,0', '>0 ask', 'close 3,0']],
  [
    'reset, the segment before it lost',
    [...OPEN, ASK, { ...BACK, seq: 504, flags: RST }],
    ['open 1 role 1 at 0,0', '>0 ask', '<4 ', 'close 3,4'],
  ],
  [
    'the same ports again',
    [...OPEN, ASK, { seq: 999, flags: SYN }, { seq: 1000, data: 'new' }],
    ['open 1 role 1 at 0,0', '>0 ask', 'close 3,0', 'open 2 role 1 at 0,1', '>0 new'],
  ],
  [
    'the first segment sent again, late',
    [...OPEN, ASK, OPEN[0] as Packet, TELL],
    ['open 1 role 1 at 0,0', '>0 ask', '<0 tell'],
  ],
  ['the accepting end first', [OPEN[1] as Packet, ASK], [`open 1 role ${Role.SERVER} at 0,1`, '<1 ask']],
  [
    'sequence numbers that wrap',
    [
      { seq: -2, flags: SYN },
      { seq: -1, data: 'abc' },
      { seq: 2, data: 'd' },
    ],
    ['open 1 role 1 at 0,1', '>0 abc', '>3 d'],
  ],
  ['a VLAN', [...OPEN, { ...ASK, vlan: true }], ['open 1 role 1 at 0,0', '>0 ask']],
  ['a packet that was cut', [...OPEN, { ...ASK, snap: 55 }], ['open 1 role 1 at 0,0', '>0 a..']],
])('%s', (_name, packets, said) => {
  expect(heard(pcap(packets))).toMatchObject({ said, damage: undefined, offsetUs: 1.7e15 + FRACTION })
  if (packets.every(({ snap }) => snap === undefined)) expect(heard(pcapng(packets)).said).toEqual(said)
})

test.each([
  ['d4c3b2a1', { magic: 0xa1b2c3d4 }, 250_000],
  ['a1b2c3d4', { magic: 0xa1b2c3d4, big: true }, 250_000],
  ['4d3cb2a1', { magic: 0xa1b23c4d }, 250],
  ['a1b23c4d', { magic: 0xa1b23c4d, big: true }, 250],
  ['34cdb2a1', { magic: PATCHED }, 250_000],
  ['a1b2cd34', { magic: PATCHED, big: true }, 250_000],
])('microseconds and nanoseconds, in either order of bytes, and longer heads: %s', (start, options, fractionUs) => {
  const bytes = pcap([...OPEN, ASK, TELL], options)
  expect(bytes.toString('hex', 0, 4)).toBe(start)
  expect(heard(bytes)).toEqual({
    said: ['open 1 role 1 at 0,0', '>0 ask', '<0 tell'],
    damage: undefined,
    offsetUs: 1.7e15 + fractionUs,
  })
})

test.each([0xa1b234cd, 0xa12b3c4d, 0x1c0001ac])('a modified pcap is refused: %i', (magic) => {
  for (const big of [false, true]) {
    const bytes = pcap(OPEN, { magic, big })
    expect(() => heard(bytes)).toThrow(`is a modified pcap (${bytes.toString('hex', 0, 4)}), which is not read`)
  }
})

test.each([0xa1b2c3d4, PATCHED])('cut off: what was before, and the damage: %i', (magic) => {
  const whole = pcap([...OPEN, ASK, TELL], { magic })
  for (const cut of [1, 10, 40, 60]) {
    const { said, damage } = heard(whole.subarray(0, whole.length - cut))
    expect(said).toEqual(['open 1 role 1 at 0,0', '>0 ask'])
    expect(damage).toMatch(/cut off at byte \d+$/)
  }
})

test('noise is read to its end or to damage, and never throws', () => {
  let seed = 1
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  for (const make of [pcap, pcapng]) {
    const whole = make([...OPEN, ASK, TELL])
    for (let i = 0; i < 300; i++) {
      const noisy = Buffer.from(whole)
      for (let k = 0; k < 4; k++) noisy[24 + Math.floor(random() * (noisy.length - 24))] = Math.floor(random() * 256)
      heard(noisy)
    }
  }
})
