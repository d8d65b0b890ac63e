import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import { type Content, MAX_LISTED } from './content.js'
import { errorName } from './errors.js'
import { type Frame, type Request, Response, type State } from './state.js'
import { CUT, type KafkaRow, RESULT } from './table.js'

/** Emits the exchanges that are complete (who answers whom was decided by the correlation id); see `Protocol.stitch`. */
export function stitch(requests: Frame[], responses: Frame[], s: State, emit: Emit<KafkaRow>, ended: boolean): number {
  let givenUp = 0
  shorten(requests)
  for (const request of s.done) emitRow(request, undefined, s, emit)
  shorten(s.done)
  for (const response of responses) {
    if (!(response instanceof Response)) continue
    if (response.request === undefined) givenUp++
    else emitRow(response.request, response, s, emit)
  }
  shorten(responses)
  if (ended) emitOpen(s, emit)
  return givenUp
}

function emitOpen(s: State, emit: Emit<KafkaRow>): void {
  // Its answer had begun, or may have been lost.
  const begun = s.response.frame?.request
  for (const request of [...s.tokens.splice(0), ...s.pending.values()]) {
    request.lost = request.lost || request.doubt || request === begun
    emitRow(request, undefined, s, emit)
  }
  s.pending.clear()
}

function emitRow(request: Request, response: Response | undefined, s: State, emit: Emit<KafkaRow>): void {
  const sent = request.content
  const received = response?.content ?? null
  const req = sent?.json.finish()
  const resp = received?.json.finish()
  // Ids of several topics may be of one name.
  const several = (sent?.topics.length ?? 0) + (received?.topics.length ?? 0) > 1
  const topics = listed(sent?.topics, received?.topics, several, (topic) => s.topics.of(topic))
  const partitions = listed(
    sent?.partitions,
    received?.partitions,
    several,
    ({ topic, number }) => `${s.topics.of(topic)}-${number}`,
  )
  const records = recordsOf(sent) ?? recordsOf(received)
  const row: KafkaRow = {
    req_cmd: request.key,
    api_version: request.version,
    client_id: request.clientId,
    topics: shown(topics),
    partitions: shown(partitions),
    record_count: records === null || records.records === -1 ? null : records.records,
    record_bytes: records === null ? null : records.recordBytes,
    req_body: req ?? null,
    req_size: request.size,
    resp_result: resultOf(request, response),
    resp: resp ?? null,
    resp_size: response?.size ?? null,
    error_codes: errorsOf(received),
  }
  const cut =
    (sent?.moreTopics || received?.moreTopics || isLong(topics) ? CUT.topics : 0) |
    (sent?.morePartitions || received?.morePartitions || isLong(partitions) ? CUT.partitions : 0) |
    (sent?.json.cut || sent?.broken ? CUT.req : 0) |
    (received?.json.cut || received?.broken ? CUT.resp : 0)
  emit(request, response, row, cut)
}

// What the request names, and its answer besides.
function listed<T>(
  sent: readonly T[] | undefined,
  received: readonly T[] | undefined,
  several: boolean,
  nameOf: (of: T) => string,
): readonly string[] | null {
  if (sent === undefined && received === undefined) return null
  const names = [...(sent ?? []), ...(received ?? [])].map(nameOf)
  return several ? [...new Set(names)] : names
}

function shown(list: readonly string[] | null): readonly string[] | null {
  return isLong(list) ? list.slice(0, MAX_LISTED) : list
}

function isLong(list: readonly string[] | null): list is readonly string[] {
  return list !== null && list.length > MAX_LISTED
}

function recordsOf(content: Content | null): Content | null {
  return content === null || content.records === null || content.broken ? null : content
}

function errorsOf(content: Content | null): readonly string[] | null {
  if (content === null || (content.broken && content.errors.length === 0)) return null
  return content.errors.map(errorName)
}

function resultOf(request: Request, response: Response | undefined): number | null {
  if (request.content?.acks === 0) return RESULT.none
  if (response === undefined) return request.lost ? null : RESULT.unknown
  const { content } = response
  if (content === null) return null
  if (content.errors.length > 0) return RESULT.err
  return content.broken ? null : RESULT.ok
}
