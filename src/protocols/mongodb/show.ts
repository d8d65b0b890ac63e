import { MIN_DOCUMENT } from './bson.js'
import { Json, type Sequence } from './json.js'
import { i32 } from './wire.js'

const MAX_SECTIONS = 64

/** A body as text. */
export interface Shown {
  readonly text: string
  readonly cut: boolean
}

/** Documents in a row, `buf[pos, end)` of `whole` bytes: each as JSON, with a space between them. */
export function showDocuments(
  buf: Buffer,
  pos: number,
  end: number,
  whole: boolean,
  limit: number,
  secrets: readonly string[],
): Shown {
  const json = new Json(limit, secrets)
  let at = pos
  while (end - at >= MIN_DOCUMENT && !json.out.full) {
    if (at > pos) json.out.add(' ')
    if (!json.document(buf, at, end)) break
    at += i32(buf, at)
  }
  return finish(json, whole && at >= end)
}

/** Sections of an OP_MSG as one document: a sequence of documents is an array in it (OP_MSG specification, "Sections"). */
export function showSections(
  buf: Buffer,
  pos: number,
  end: number,
  whole: boolean,
  limit: number,
  secrets: readonly string[],
): Shown {
  const json = new Json(limit, secrets)
  const { body, sequences, complete } = sectionsOf(buf, pos, end)
  if (body >= 0 && !json.openDocument(buf, body, end)) return finish(json, false)
  if (body < 0) json.out.add('{')
  let comma = body >= 0 && i32(buf, body) > MIN_DOCUMENT
  for (const each of sequences) {
    json.sequence(comma, buf, each)
    comma = true
  }
  if (complete) json.out.add('}')
  return finish(json, whole && complete)
}

function finish({ out }: Json, whole: boolean): Shown {
  const text = out.finish()
  return { text, cut: out.cut || !whole }
}

interface Sections {
  /** Where the document of kind 0 is; -1: not here. */
  readonly body: number
  readonly sequences: readonly Sequence[]
  /** All of them are here. */
  readonly complete: boolean
}

function sectionsOf(buf: Buffer, pos: number, end: number): Sections {
  const sequences: Sequence[] = []
  let body = -1
  let at = pos
  while (end - at > MIN_DOCUMENT && sequences.length < MAX_SECTIONS) {
    const kind = buf[at]
    const size = i32(buf, at + 1)
    const nul = kind === 1 ? buf.indexOf(0, at + 5) : at
    if (size < MIN_DOCUMENT || nul < 0 || nul >= end) break
    const next = at + 1 + size
    if (kind === 0) body = at + 1
    else sequences.push({ name: at + 5, from: nul + 1, to: Math.min(end, next) })
    at = next
  }
  return { body, sequences, complete: at === end }
}
