import { ByteCursor } from '../cursor.js'
import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { lookAtPacked, lookAtRequest } from './infer.js'
import { decompress, isPackedHeader, PACKED_HEADER } from './inflate.js'
import { HEADER, nextSeq, u24 } from './packet.js'
import { loseRequests, parseRequest, requestGap } from './request.js'
import { mayResync, parseResponse, passOver, responseGap } from './response.js'
import { Answer, Command, FILLER, type Frame, type Lane, loseAnswers, PACKING, type State } from './state.js'

/** What is looked at to believe a header: a packet with a code inside, or the start of a compressed stream. */
const HEAD = HEADER + 1
// A compressed packet up to this length is waited for.
const MAX_WHOLE = (1 << 20) - PACKED_HEADER
// A server whose buffer was made large by a long command puts many rows into one packet: that is collected.
const MAX_HELD = 1 << 22
// Of a longer one, and of a long command, this much is decompressed; the rest is a gap.
const PREFIX = 1 << 16
/** Without a frame in this many decompressed bytes they are given up. */
const MAX_PLAIN = 1 << 20

const parsePlain = (kind: Kind, bytes: Cursor, s: State, out: Frame[]): number =>
  kind === 'request' ? parseRequest(bytes, s, out) : parseResponse(bytes, s, out)
const laneOf = (kind: Kind, s: State): Lane => (kind === 'request' ? s.requestLane : s.responseLane)
const leftOf = (kind: Kind, s: State): number => (kind === 'request' ? s.requestLeft : s.responseLeft)
const plainGap = (kind: Kind, length: number, s: State): boolean =>
  kind === 'request' ? requestGap(length, s) : responseGap(length, s)

/**
 * A compressed packet, or a part of one that is stored. What it holds is a piece of the stream of packets, cut anywhere: it is
 * put behind what was left of the piece before, and parsed as if it had come that way.
 */
export function parsePacked(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const lane = laneOf(kind, s)
  if (bytes.pos === bytes.end) return feed(kind, EMPTY, s, out)
  const n = lane.left > 0 ? eatRest(kind, bytes, 0, s, out) : parseHeader(kind, bytes, s, out)
  // The answer follows the last compressed packet of the command.
  if (n > 0 && kind === 'request' && s.command !== null) s.command.seq = lane.seq
  if (s.guessed && kind === 'response') confirm(s, out.at(-1))
  return n
}

// What it holds answers a command: it is compressed indeed. Else, where a header is lost, what is stored behind it looks plain.
function confirm(s: State, last: Frame | undefined): void {
  if (last instanceof Answer && last.result !== null) s.guessed = false
}

function parseHeader(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const lane = laneOf(kind, s)
  const astray = kind === 'response' && !s.turns.paired
  if (astray && !mayResync(s)) return passOver(bytes, s, out)
  if (end - pos < PACKED_HEADER) return needMore(bytes, PACKED_HEADER)
  const length = u24(buf, pos)
  const size = u24(buf, pos + 4)
  const seq = buf[pos + 3] as number
  const head = PACKED_HEADER + Math.min(length, HEAD)
  if (end - pos < head) return needMore(bytes, head)
  const sane = isPackedHeader(buf, pos)
  if (astray && !(sane && seq === nextSeq((s.pending[0] as Command).seq))) return passOver(bytes, s, out)
  if (!sane) return lose(kind, s)
  lane.seq = seq
  lane.stored = false
  if (lane.astray) {
    const look = lookAtPacked(buf, pos, end)
    if (look === 'no') return lose(kind, s)
    if (look === 'more') return needMore(bytes, 0)
    lane.astray = false
  }
  // After a loss only the start of a command is of use.
  if (kind === 'request' && s.holes && seq !== 0) return skip(kind, bytes, length, s, out)
  if (size > 0) return unpack(kind, bytes, length, size, s, out)
  align(kind, buf, pos + PACKED_HEADER, end, s)
  lane.left = length
  lane.stored = true
  return eatRest(kind, bytes, PACKED_HEADER, s, out)
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

// The sequence ids of the packets inside follow those of the compressed packets wherever both begin together.
function align(kind: Kind, buf: Buffer, pos: number, end: number, s: State): void {
  const lane = laneOf(kind, s)
  if (lane.plain.length > 0 || leftOf(kind, s) > 0 || end - pos < HEADER) return
  const seq = buf[pos + 3] as number
  if (kind === 'request' ? (s.asked || s.upload) && lane.seq > 0 : s.answer !== null && seq === lane.seq) s.seq = seq
}

function unpack(kind: Kind, bytes: Cursor, length: number, size: number, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const lane = laneOf(kind, s)
  // Nobody looks at a byte of it.
  if (lane.plain.length === 0 && size <= leftOf(kind, s)) {
    plainGap(kind, size, s)
    return skip(kind, bytes, length, s, out)
  }
  if (kind === 'response' && length > MAX_WHOLE && length <= MAX_HELD) {
    lane.held = []
    lane.size = size
    lane.left = length
    return eatRest(kind, bytes, PACKED_HEADER, s, out)
  }
  const taken = length <= MAX_WHOLE ? length : PREFIX
  if (end - pos < PACKED_HEADER + taken) return needMore(bytes, PACKED_HEADER + taken)
  const start = pos + PACKED_HEADER
  const plain = decompress(buf, start, start + taken, size, taken < length)
  if (plain === undefined) return lose(kind, s)
  align(kind, plain, 0, plain.length, s)
  feed(kind, plain, s, out)
  if (taken < length) passOverPlain(kind, size - plain.length, s, out)
  lane.left = length - taken
  bytes.skip = lane.left
  return PACKED_HEADER + taken
}

function skip(kind: Kind, bytes: Cursor, length: number, s: State, out: Frame[]): number {
  laneOf(kind, s).left = length
  return eatRest(kind, bytes, PACKED_HEADER, s, out)
}

// Eats what is here of the current packet after `before` bytes.
function eatRest(kind: Kind, bytes: Cursor, before: number, s: State, out: Frame[]): number {
  const lane = laneOf(kind, s)
  const start = bytes.pos + before
  const piece = bytes.buf.subarray(start, Math.min(bytes.end, start + lane.left))
  lane.left -= piece.length
  if (lane.held !== null) hold(kind, piece, lane.held, s, out)
  else if (lane.stored) feed(kind, piece, s, out)
  else if (kind === 'request' || s.answer === null) out.push(filler(kind))
  if (lane.held === null) bytes.skip = lane.stored ? Math.min(lane.left, leftOf(kind, s)) : lane.left
  return before + piece.length
}

function hold(kind: Kind, piece: Buffer, held: Buffer[], s: State, out: Frame[]): void {
  const lane = laneOf(kind, s)
  held.push(Buffer.from(piece))
  if (lane.left > 0) return
  const data = Buffer.concat(held)
  const plain = decompress(data, 0, data.length, lane.size, false)
  lane.held = null
  if (plain === undefined) {
    lose(kind, s)
    out.push(filler(kind))
    return
  }
  align(kind, plain, 0, plain.length, s)
  feed(kind, plain, s, out)
}

// Ends the time of a frame that was given up.
function filler(kind: Kind): Frame {
  return kind === 'request' ? new Command(FILLER, 0) : new Answer(null)
}

// Parses what has come out of the packets. → NEED_MORE
function feed(kind: Kind, piece: Buffer, s: State, out: Frame[]): number {
  const lane = laneOf(kind, s)
  const bytes = new ByteCursor(lane.plain.length === 0 ? piece : Buffer.concat([lane.plain, piece]))
  lane.plain = EMPTY
  for (;;) {
    const n = parsePlain(kind, bytes, s, out)
    if (n === NEED_MORE) break
    if (n < 0) {
      out.push(filler(kind))
      return NEED_MORE
    }
    bytes.pos += n
  }
  if (bytes.end - bytes.pos > MAX_PLAIN) {
    lose(kind, s)
    out.push(filler(kind))
  } else if (bytes.pos < bytes.end) lane.plain = Buffer.from(bytes.buf.subarray(bytes.pos, bytes.end))
  return NEED_MORE
}

// `length` bytes after those that were fed are not looked at.
function passOverPlain(kind: Kind, length: number, s: State, out: Frame[]): void {
  const lane = laneOf(kind, s)
  const waiting = lane.plain.length
  lane.plain = EMPTY
  if (plainGap(kind, waiting + length, s)) feed(kind, EMPTY, s, out)
  else out.push(filler(kind))
}

function lose(kind: Kind, s: State): number {
  const lane = laneOf(kind, s)
  lane.plain = EMPTY
  lane.left = 0
  lane.held = null
  if (s.guessed) s.packing = PACKING.maybe
  lane.astray = kind === 'request'
  if (lane.astray) return loseRequests(s)
  loseAnswers(s)
  return INVALID
}

/** `length` bytes of a compressed connection are missing; true: the next compressed header is where it was. */
export function packedGap(kind: Kind, length: number, s: State): boolean {
  const lane = laneOf(kind, s)
  if (length > lane.left) {
    lose(kind, s)
    return false
  }
  lane.left -= length
  if (lane.held !== null) {
    lane.held = null
    lane.plain = EMPTY
    loseAnswers(s)
  }
  if (!lane.stored) return true
  const waiting = lane.plain.length
  lane.plain = EMPTY
  // Where the packets inside are lost, the rest of this one is of no use.
  lane.stored = plainGap(kind, waiting + length, s)
  return true
}

/**
 * Joined late, or the login was not seen to the end: the next command shows whether the connection is compressed.
 * false: more bytes are needed to tell.
 */
export function detectPacking(bytes: Cursor, s: State): boolean {
  if (s.requestLeft > 0 || s.requestMore) return true
  const { buf, pos, end } = bytes
  const plain = lookAtRequest(buf, pos, end)
  const packed = plain === 'yes' || plain === 'weak' ? 'no' : lookAtPacked(buf, pos, end)
  if (packed === 'more') return false
  if (packed !== 'no') {
    s.startPacking()
    s.guessed = true
  }
  // A login settles nothing: what comes after it may be compressed.
  else if (plain !== 'no' && buf[pos + 3] === 0) s.packing = PACKING.no
  return true
}

const EMPTY = Buffer.alloc(0)
