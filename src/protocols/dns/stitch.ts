import type { Json } from '../../records/table.js'
import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import { bareClass } from './body.js'
import type { Frame } from './frame.js'
import { shown } from './name.js'
import type { State } from './state.js'
import { CUT, type DnsRow, TRANSPORT } from './table.js'
import { classWord, typeWord } from './words.js'

/** A query without an answer for so long has none. */
const TIMEOUT_NS = 10e9
/** Two calls at the same time may be told in the wrong order: an answer waits so long for its query. */
const OVERTAKEN_NS = 50e6
const QUERIES_MAX = 2048

/** Pairs by id and question; the same query again is answered after the one before. */
export function stitch(queries: Frame[], responses: Frame[], state: State, emit: Emit<DnsRow>, ended: boolean): number {
  const nowNs = Math.max(queries.at(-1)?.endNs ?? 0, responses.at(-1)?.endNs ?? 0)
  if (state.responsesLost) for (const query of queries) query.doubtful = true
  state.responsesLost = false
  let givenUp = 0
  let kept = 0
  for (const response of responses) {
    if (pair(queries, response, state, emit)) continue
    if (!ended && mayWait(response, state, nowNs)) responses[kept++] = response
    else givenUp += alone(response, state, emit)
  }
  shorten(responses, kept)
  giveUp(queries, state, emit, ended ? Number.POSITIVE_INFINITY : nowNs - TIMEOUT_NS)
  return givenUp
}

function pair(queries: Frame[], response: Frame, state: State, emit: Emit<DnsRow>): boolean {
  // What is said to everyone has no question, and answers no one.
  if (response.key === '' && state.transport === TRANSPORT.mdns) return false
  const at = findQuery(queries, response)
  const query = queries[at]
  if (query === undefined || response.endNs + OVERTAKEN_NS < query.startNs) return false
  if (query.response === undefined) query.response = response
  else query.response.join(response)
  if (!response.last) return true
  // A message of the transfer may be among what was lost.
  query.lost ||= query.doubtful && response.transferred
  if (at === queries.length - 1) queries.pop()
  else queries.splice(at, 1)
  emitRow(query, query.response, state, emit)
  state.answer(query.header.id, query.key)
  return true
}

// The same query twice: rather not the one whose response may be lost. A response may have no question: then there must be
// no other query of its id.
function findQuery(queries: readonly Frame[], response: Frame): number {
  const { id, opcode } = response.header
  let found = -1
  for (let i = 0; i < queries.length; i++) {
    const query = queries[i] as Frame
    if (query.header.id !== id || query.header.opcode !== opcode) continue
    if (response.key === '') {
      if (found >= 0) return -1
      found = i
    } else if (query.key === response.key) {
      if (!query.doubtful) return i
      if (found < 0) found = i
    }
  }
  return found
}

function mayWait({ header, key, endNs }: Frame, state: State, nowNs: number): boolean {
  return key !== '' && nowNs - endNs <= OVERTAKEN_NS && !state.wasAnswered(header.id, key)
}

// → 1 where it cannot be shown: a part of a transfer whose beginning is not known.
function alone(response: Frame, state: State, emit: Emit<DnsRow>): number {
  if (state.stream && response.question === undefined) return 1
  // Over a stream, its query was before the trace, or lost.
  response.lost ||= state.stream
  emitRow(undefined, response, state, emit)
  return 0
}

function giveUp(queries: Frame[], state: State, emit: Emit<DnsRow>, beforeNs: number): void {
  let kept = 0
  const tooMany = queries.length - QUERIES_MAX
  for (let i = 0; i < queries.length; i++) {
    const query = queries[i] as Frame
    const under = query.response?.endNs ?? query.startNs
    if (under > beforeNs && i >= tooMany) queries[kept++] = query
    else emitUnanswered(query, state, emit)
  }
  shorten(queries, kept)
}

// What came of a transfer that did not come to its end is not all of it.
function emitUnanswered(query: Frame, state: State, emit: Emit<DnsRow>): void {
  query.lost ||= query.doubtful || query.response !== undefined
  emitRow(query, query.response, state, emit)
}

function emitRow(query: Frame | undefined, response: Frame | undefined, state: State, emit: Emit<DnsRow>): void {
  const first = (query ?? response) as Frame
  const question = query?.question ?? response?.question
  const row: DnsRow = {
    transport: state.transport,
    opcode: first.header.opcode,
    query_name: question === undefined ? null : shown(question.name),
    query_type: question === undefined ? null : typeWord(question.type),
    query_class: question === undefined ? null : classWord(bareClass(question.class, state.transport)),
    rcode: response === undefined ? null : response.rcode,
    answers: response === undefined ? null : response.body.answers,
    req_header: query === undefined ? null : headerOf(query),
    req_body: query === undefined ? null : query.body.request(),
    req_edns: query?.edns ?? null,
    req_size: query?.size ?? null,
    resp_header: response === undefined ? null : headerOf(response),
    resp_body: response === undefined ? null : response.body.response(),
    resp_edns: response?.edns ?? null,
    resp_size: response?.size ?? null,
    resp_messages: response?.messages ?? 0,
    malformed: isMalformed(query) || isMalformed(response),
  }
  emit(query, response, row, cutOf(query, response))
}

// One that was not captured whole breaks off, but not by itself.
function isMalformed(message: Frame | undefined): boolean {
  return message?.malformed === true && !message.lost
}

function cutOf(query: Frame | undefined, response: Frame | undefined): number {
  const answers = response?.body.answersCut ? CUT.answers : 0
  return answers | (query?.body.cut ? CUT.req : 0) | (response?.body.cut ? CUT.resp : 0)
}

// Stirling's names, in its order.
function headerOf({ header: { id, flags, opcode, response }, rcode, counts }: Frame): Json {
  const bit = (n: number): number => (flags >> n) & 1
  return {
    txid: id,
    qr: response ? 1 : 0,
    opcode,
    aa: bit(10),
    tc: bit(9),
    rd: bit(8),
    ra: bit(7),
    ad: bit(5),
    cd: bit(4),
    rcode,
    num_queries: counts[0],
    num_answers: counts[1],
    num_auth: counts[2],
    num_addl: counts[3],
  }
}
