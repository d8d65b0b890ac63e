import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import { readName } from './connect.js'
import { FORMAT } from './decode.js'
import { lengthOfSize } from './header.js'
import { chainAt, findChain } from './look.js'
import { Reader } from './reader.js'
import { TYPE } from './table.js'

/** How heavy the packets must be that are seen without a CONNECT: joined in the middle, or where that was lost. */
const SURE = 3
const SURE_AT_START = 4
const SURE_WITHIN = 4
const NAMES = ['\x00\x04MQTT', '\x00\x06MQIsdp']
const LONGEST_NAME = 8

/** A client speaks first, and its CONNECT names the protocol; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const client = isClient(sent, received, hint.fromStart)
  const server = isClient(received, sent, hint.fromStart)
  return endOf(client, server, hint.role)
}

type Answer = 'yes' | 'no' | 'more'

function isClient(requests: Cursor, responses: Cursor, fromStart: boolean): Answer {
  const answer = fromStart ? opens(requests, responses) : 'no'
  return answer === 'no' ? isJoined(requests, responses, fromStart) : answer
}

function opens({ buf, pos, end }: Cursor, answers: Cursor): Answer {
  if (answers.pos < answers.end && !mayAnswer(answers.buf[answers.pos] as number)) return 'no'
  // Where an answer is there, the question was lost: that shows when later bytes come.
  if (pos === end) return 'more'
  if (buf[pos] !== TYPE.connect << 4) return 'no'
  const length = lengthOfSize(buf, pos + 1, end)
  if (length <= 0) return length < 0 ? 'no' : 'more'
  const name = pos + 1 + length
  const there = buf.toString('latin1', name, Math.min(end, name + LONGEST_NAME))
  if (!NAMES.some((each) => each.startsWith(there) || there.startsWith(each))) return 'no'
  return readName(new Reader(buf, name, end, LONGEST_NAME)) ? 'yes' : 'more'
}

function mayAnswer(first: number): boolean {
  const type = first >> 4
  return type === TYPE.connack || type === TYPE.auth || type === TYPE.disconnect
}

// Each side is packets from its first byte on; joined in the middle also from somewhere in what there is of it.
function isJoined(requests: Cursor, responses: Cursor, fromStart: boolean): Answer {
  const sides = [weigh('request', requests, fromStart), weigh('response', responses, fromStart)]
  if (sides.some((weight) => weight < 0)) return 'no'
  const weight = sides.reduce((sum, each) => sum + each, 0)
  const both = sides.every((each) => each > 0)
  if (fromStart) return both && weight >= SURE_AT_START ? 'yes' : 'more'
  return weight >= SURE || (weight === 2 && both) ? 'yes' : 'more'
}

function weigh(kind: Kind, { buf, pos, end }: Cursor, fromStart: boolean): number {
  const { count, weight } = chainAt(kind, buf, pos, end, FORMAT.unknown)
  if (count >= 0) return weight
  const at = fromStart ? -1 : findChain(kind, buf, pos + 1, end, FORMAT.unknown, SURE_WITHIN)
  if (at < 0) return -1
  // Behind other bytes, numbers alone say nothing: a topic must be among them.
  const found = chainAt(kind, buf, at, end, FORMAT.unknown)
  return found.weight > found.count ? found.weight : 0
}
