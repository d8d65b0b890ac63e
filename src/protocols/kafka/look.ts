import { INVALID, NEED_MORE } from '../protocol.js'
import { KEY } from './apis.js'
import { requestWalk, responseWalk, UNSUPPORTED } from './bodies.js'
import { int32, isSize, keyAt, RESPONSE_HEAD, requestHead, versionAt } from './head.js'
import { TopicNames } from './topic-names.js'
import type { Walk } from './walk.js'

/** How bytes look as a frame: `weak` = as far as they are there, or can be read. */
export type Look = 'yes' | 'weak' | 'more' | 'no'

/** What a look costs besides the bytes it reads. */
const LOOK_COST = 16
/** Bytes of a body that must be there to believe a part of it. */
const PROOF = 48

/** How many bytes of bodies a search may still read; without it, made-up frames would be read from every byte on. */
export interface Budget {
  left: number
}

const NOWHERE = { bodyBytes: 0, redact: true } as const

/** How the bytes at `pos` look as a request. */
export function lookAtRequest(buf: Buffer, pos: number, end: number, budget?: Budget): Look {
  const to = requestHead(buf, pos, end)
  if (to === INVALID) return 'no'
  if (to === NEED_MORE) return 'more'
  const around = { options: NOWHERE, topics: new TopicNames() }
  const walk = requestWalk(keyAt(buf, pos), versionAt(buf, pos), around)
  return lookAtBody(walk, buf, to, end, pos + 4 + int32(buf, pos), budget)
}

/** How the bytes at `pos` look as the answer to a request. */
export function lookAtResponse(
  buf: Buffer,
  pos: number,
  end: number,
  key: number,
  version: number,
  budget?: Budget,
): Look {
  if (end - pos < RESPONSE_HEAD + 2) return 'more'
  const size = int32(buf, pos)
  if (!isSize(size, 4)) return 'no'
  const around = { options: NOWHERE, topics: new TopicNames() }
  const first = key === KEY.apiVersions ? buf.readInt16BE(pos + RESPONSE_HEAD) : 0
  const walk = first === UNSUPPORTED ? null : responseWalk(key, version, first, around)
  return lookAtBody(walk, buf, pos + RESPONSE_HEAD, end, pos + 4 + size, budget)
}

function lookAtBody(
  walk: Walk | null,
  buf: Buffer,
  pos: number,
  end: number,
  frameEnd: number,
  budget: Budget | undefined,
): Look {
  if (walk === null) return 'weak'
  if (budget !== undefined && budget.left <= 0) return 'no'
  const to = walk.run(buf, pos, Math.min(end, frameEnd), frameEnd)
  if (budget !== undefined) budget.left -= LOOK_COST + to - pos
  if (walk.failed || (walk.done && to < frameEnd)) return 'no'
  if (frameEnd <= end) return walk.done ? 'yes' : 'no'
  return end - pos < PROOF ? 'more' : 'weak'
}
