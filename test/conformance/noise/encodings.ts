import { deflateSync, gzipSync } from 'node:zlib'
import { randomBytes } from '../example.js'
import {
  both,
  concat,
  lines,
  type Make,
  name,
  number,
  payload,
  pick,
  type Random,
  sized,
  sparse,
  times,
  u,
  whole,
  word,
  words,
} from './random.js'

const MOST = 320

/** Messages of a made-up protocol: a length of some width and order, then type, number, flags and a payload. */
const prefixed: Make = (random) => {
  const width = pick(random, [1, 2, 3, 4, 4, 4, 8])
  const little = random() < 0.5
  const counted = random() < 0.3 ? width : 0
  const head = whole(random, 0, 3)
  let id = number(random, 16)
  const message = (): Buffer =>
    sized(
      concat(
        ...[
          u(whole(random, 0, 20), whole(random, 1, 2), little),
          u(id++, 4, little),
          u(number(random, 4), 2, little),
        ].slice(0, head),
        payload(random),
      ).subarray(0, width === 1 ? 250 : undefined),
      width,
      little,
      counted,
    )
  const say = (): Buffer => concat(...times(random, 1, 5, message))
  return { client: say(), server: say() }
}

/** A type, perhaps flags, then a length. */
const tagged: Make = both((random) => {
  const width = pick(random, [1, 2, 3, 4])
  const little = random() < 0.5
  const types = whole(random, 1, 16)
  return concat(
    ...times(random, 1, 8, () =>
      concat(
        u(whole(random, 0, types), 1),
        random() < 0.5 ? u(number(random, 3), 1) : '',
        sized(payload(random, 120), width, little),
      ),
    ),
  )
})

function numbers(random: Random): Buffer {
  const little = random() < 0.6
  const width = pick(random, [1, 2, 4, 4, 8])
  const bits = whole(random, 1, 8 * Math.min(width, 5))
  let at = number(random, 20)
  const step = pick(random, [
    (): number => number(random, bits),
    (): number => at++,
    (): number => (at += number(random, 4)),
  ])
  return concat(...times(random, 4, MOST / width, () => u(step(), width, little)))
}

function floats(random: Random): Buffer {
  const buf = Buffer.alloc(8 * whole(random, 2, 40))
  const scale = 10 ** whole(random, -3, 5)
  const write = pick(random, ['writeFloatLE', 'writeFloatBE', 'writeDoubleLE', 'writeDoubleBE'] as const)
  const width = write.includes('Float') ? 4 : 8
  for (let at = 0; at < buf.length; at += width) buf[write](random() < 0.2 ? 0 : (random() - 0.3) * scale, at)
  return buf
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}

function proto(random: Random, depth = 0): Buffer {
  let field = 0
  return concat(
    ...times(random, 1, 6, () => {
      field += whole(random, 1, 2)
      const kind = whole(random, 0, depth < 3 ? 4 : 3)
      if (kind === 0) return concat(varint(field * 8), varint(number(random, 40)))
      if (kind === 1) return concat(varint(field * 8 + pick(random, [1, 5])), randomBytes(random, pick(random, [4, 8])))
      const inner = kind === 4 ? proto(random, depth + 1) : Buffer.from(words(random, 0, 5), 'latin1')
      return concat(varint(field * 8 + 2), varint(inner.length), inner)
    }),
  )
}

const delimited: Make = both((random) =>
  concat(...times(random, 1, 5, () => ((body) => concat(varint(body.length), body))(proto(random)))),
)

function pack(random: Random, depth = 0): Buffer {
  const kind = whole(random, 0, depth < 3 ? 8 : 6)
  const n = whole(random, 0, 8)
  if (kind < 2) return u(whole(random, 0, 127), 1)
  if (kind === 2) return concat(u(pick(random, [0xcd, 0xd1]), 1), u(number(random, 16), 2))
  if (kind === 3) return concat(u(pick(random, [0xce, 0xd2, 0xca]), 1), u(number(random, 32), 4))
  if (kind === 4) return u(pick(random, [0xc0, 0xc2, 0xc3]), 1)
  if (kind < 7) return ((text) => concat(u(0xa0 | text.length, 1), text))(Buffer.from(name(random)))
  const values = Array.from({ length: kind === 7 ? n : 2 * n }, () => pack(random, depth + 1))
  return concat(u((kind === 7 ? 0x90 : 0x80) | n, 1), ...values)
}

/** MessagePack-RPC: a request, its answer. */
const messagePack: Make = (random) => {
  const ids = times(random, 1, 4, () => whole(random, 0, 127))
  const say = (head: (id: number) => Buffer): Buffer => concat(...ids.map((id) => concat(head(id), pack(random))))
  return {
    client: say((id) => concat(u(0x940000 + id, 3), u(0xa3, 1), 'get')),
    server: say((id) => u(0x940100c0 + id * 256, 4)),
  }
}

function cbor(random: Random, depth = 0): Buffer {
  const head = (major: number, value: number): Buffer =>
    value < 24
      ? u((major << 5) | value, 1)
      : value < 256
        ? concat(u((major << 5) | 24, 1), u(value, 1))
        : concat(u((major << 5) | 25, 1), u(value, 2))
  const kind = whole(random, 0, depth < 3 ? 5 : 3)
  if (kind < 2) return head(kind, number(random, 15))
  if (kind < 4) return ((text) => concat(head(kind, text.length), text))(Buffer.from(words(random, 1, 4), 'latin1'))
  const n = whole(random, 0, 6)
  return concat(head(kind, n), ...Array.from({ length: kind === 4 ? n : 2 * n }, () => cbor(random, depth + 1)))
}

const thriftField = (random: Random, id: number): Buffer => {
  switch (whole(random, 0, 3)) {
    case 0:
      return concat(u(8, 1), u(id, 2), u(number(random, 31), 4))
    case 1:
      return concat(u(11, 1), u(id, 2), sized(Buffer.from(words(random, 0, 5), 'latin1'), 4))
    case 2:
      return concat(u(10, 1), u(id, 2), u(number(random, 40), 8))
    default:
      return concat(u(12, 1), u(id, 2), u(8, 1), u(1, 2), u(number(random, 8), 4), u(0, 1))
  }
}

/** Thrift, binary, framed or not, with the old head or the new one. */
const thrift: Make = (random) => {
  const framed = random() < 0.6
  const strict = random() < 0.7
  const calls = times(random, 1, 4, () => ({ method: Buffer.from(name(random)), id: number(random, 20) }))
  const say = (type: number): Buffer =>
    concat(
      ...calls.map(({ method, id }) => {
        const head = strict ? concat(u(0x80010000 + type, 4), sized(method, 4)) : concat(sized(method, 4), u(type, 1))
        const fields = times(random, 0, 5, () => 0).map((_zero, i) => thriftField(random, type === 2 ? 0 : i + 1))
        const message = concat(head, u(id, 4), ...fields, u(0, 1))
        return framed ? sized(message, 4) : message
      }),
    )
  return { client: say(1), server: say(2) }
}

/** Thrift, compact. */
const thriftCompact: Make = both((random) =>
  concat(
    ...times(random, 1, 4, () => {
      const method = Buffer.from(name(random))
      const fields = times(random, 0, 5, () => concat(u(0x16, 1), varint(number(random, 30))))
      return sized(
        concat(u(0x8221, 2), varint(number(random, 10)), varint(method.length), method, ...fields, u(0, 1)),
        4,
      )
    }),
  ),
)

const LEVELS = ['INFO', 'WARN', 'ERROR', 'DEBUG']
const json = (random: Random): string =>
  JSON.stringify({
    t: random(),
    level: pick(random, LEVELS),
    [name(random)]: words(random, 1, 8),
    tags: [word(random), number(random, 20)],
    ok: random() < 0.5,
  })

const base64 = (random: Random): Buffer => {
  const text = payload(random, 240).toString('base64')
  return Buffer.from(random() < 0.5 ? text : (text.match(/.{1,76}/g) ?? []).join('\r\n'))
}

const media = (random: Random): Buffer => {
  switch (whole(random, 0, 5)) {
    case 0: // MPEG transport stream
      return concat(
        ...times(random, 2, 3, () =>
          concat(
            u(0x47, 1),
            u(whole(random, 0, 0x1fff), 2),
            u(0x10 | whole(random, 0, 15), 1),
            payload(random, 184),
            Buffer.alloc(184, 0xff),
          ).subarray(0, 188),
        ),
      )
    case 1: // frames of MP3
      return concat(...times(random, 2, 4, () => concat(u(0xfffb9064, 4), randomBytes(random, 100))))
    case 2: // chunks of PNG
      return concat(
        u(0x89504e470d0a, 6),
        u(0x1a0a, 2),
        sized(concat('IHDR', u(640, 4), u(480, 4), u(0x0806000000, 5)), 4, false, -4),
        u(number(random, 32), 4),
        'IDAT',
        randomBytes(random, 150),
      )
    case 3: // JPEG
      return concat(
        u(0xffd8ffe00010, 6),
        'JFIF',
        u(0x000101, 3),
        u(0x00480048, 4),
        sized(sparse(random, 64), 2, false, 2),
        randomBytes(random, 150),
      )
    case 4: // boxes of MP4
      return concat(
        ...times(random, 1, 4, () =>
          concat(
            sized(
              concat(pick(random, ['moof', 'mdat', 'ftyp', 'moov']), sparse(random, whole(random, 8, 100))),
              4,
              false,
              4,
            ),
          ),
        ),
      )
    default: // PCM
      return concat(
        ...Array.from({ length: 150 }, (_x, i) =>
          u(Math.floor(900 * Math.sin(i / 9) + 40 * random()) + 65_536, 2, true),
        ),
      )
  }
}

const bits = (random: Random): Buffer => {
  const bitmap = randomBytes(random, whole(random, 100, MOST))
  const ink = random()
  return bitmap.map((byte) => (random() < ink ? byte : random() < 0.5 ? 0 : 0xff)) as Buffer
}

const plain = (random: Random): Buffer => Buffer.from(words(random, 20, 60), 'latin1')
const markup = (random: Random): Buffer =>
  lines(
    random,
    3,
    10,
    () => `<${name(random)} ${name(random)}="${words(random, 1, 3)}">${words(random, 1, 6)}</${name(random)}>`,
    '\n',
  )
const settings = (random: Random): Buffer =>
  lines(
    random,
    3,
    12,
    () =>
      `${'  '.repeat(whole(random, 0, 3))}${name(random)}${pick(random, [': ', '=', ' = ', ','])}${words(random, 1, 4)}`,
    '\n',
  )

/** Bytes as they are written, by the way of writing. */
export const ENCODINGS: Readonly<Record<string, Make>> = {
  'random bytes': both((random) => randomBytes(random, MOST)),
  'small numbers': both((random) => sparse(random, MOST)),
  'arrays of numbers': both(numbers),
  'arrays of floats': both(floats),
  bitmaps: both(bits),
  'messages behind a length': prefixed,
  'messages behind type and length': tagged,
  'Protocol Buffers': delimited,
  MessagePack: messagePack,
  CBOR: both((random) => concat(...times(random, 1, 8, () => cbor(random)))),
  'Thrift, binary': thrift,
  'Thrift, compact': thriftCompact,
  'lines of JSON': both((random) => lines(random, 1, 5, () => json(random), '\n')),
  'words of protocols': both(plain),
  'lines of words': both((random) => lines(random, 3, 20, () => words(random, 1, 6), pick(random, ['\r\n', '\n']))),
  'UTF-16': both((random) => {
    const text = Buffer.from(words(random, 10, 30), 'utf16le')
    return random() < 0.5 ? text : text.swap16()
  }),
  markup: both(markup),
  settings: both(settings),
  base64: both(base64),
  hexadecimal: both((random) => Buffer.from(payload(random, 160).toString('hex'))),
  'compressed streams': both((random) =>
    (random() < 0.5 ? gzipSync : deflateSync)(concat(payload(random, 600), payload(random, 600))),
  ),
  media: both(media),
}
