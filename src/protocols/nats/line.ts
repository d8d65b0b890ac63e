import type { Kind } from '../protocol.js'

/** One control line, taken apart. */
export interface Line {
  readonly op: string
  readonly subject: string | null
  readonly sid: string | null
  readonly queue: string | null
  readonly replyTo: string | null
  /** UNSUB: messages after which it ends; 0 = at once. */
  readonly max: number
  /** Bytes of headers and of both headers and payload that follow the line; -1: none do. */
  readonly headerSize: number
  readonly size: number
  /** What stands behind the verb. */
  readonly rest: string
  /** Part of the protocol between servers. */
  readonly cluster: boolean
}

/** The largest value of max_payload. */
const MAX_PAYLOAD = 64 * 1024 * 1024
const NUMBER = /^\d{1,9}$/

type Parts = Partial<Omit<Line, 'op' | 'rest'>>
type Read = (tokens: readonly string[], rest: string) => Parts | undefined

const bare: Read = (tokens) => (tokens.length === 0 ? {} : undefined)
const options: Read = (_tokens, rest) => (rest.startsWith('{') && rest.endsWith('}') ? {} : undefined)
const message: Read = (tokens) => content(tokens, 0)
const headed: Read = (tokens) => content(tokens, 1)
const between: Read = (tokens) => (tokens.length > 0 ? { cluster: true } : undefined)

// `[reply-to] [#header bytes] #total bytes` stand at the end.
function content(tokens: readonly string[], headers: 0 | 1): Parts | undefined {
  const size = sizeOf(tokens.at(-1))
  const headerSize = headers === 0 ? 0 : sizeOf(tokens.at(-2))
  return size < 0 || headerSize < 0 || headerSize > size ? undefined : { size, headerSize }
}

function sizeOf(token: string | undefined): number {
  const size = token !== undefined && NUMBER.test(token) ? Number(token) : -1
  return size > MAX_PAYLOAD ? -1 : size
}

// `names` come first, an optional reply subject follows, and then `sizes` numbers.
function delivered(names: number, sizes: 0 | 1): Read {
  return (tokens) => {
    const spare = tokens.length - names - 1 - sizes
    const sized = spare === 0 || spare === 1 ? content(tokens, sizes) : undefined
    if (sized === undefined) return undefined
    const sid = names === 2 ? (tokens[1] as string) : null
    return { ...sized, subject: tokens[0] as string, sid, replyTo: spare === 1 ? (tokens[names] as string) : null }
  }
}

const subscribe: Read = ([subject, ...more]) => {
  if (subject === undefined || more.length < 1 || more.length > 2) return undefined
  return { subject, sid: more.at(-1) as string, queue: more.length === 2 ? (more[0] as string) : null }
}

const unsubscribe: Read = ([sid, max, ...more]) => {
  if (sid === undefined || more.length > 0 || (max !== undefined && !NUMBER.test(max))) return undefined
  return { sid, max: max === undefined ? 0 : Number(max) }
}

const routed: Read = (tokens) => {
  const parts = tokens.length >= 2 ? message(tokens, '') : undefined
  return parts === undefined ? undefined : { ...parts, cluster: true }
}

const SHARED: readonly (readonly [string, Read])[] = [
  ['INFO', options],
  ['PING', bare],
  ['PONG', bare],
  ['-ERR', (_tokens, rest) => (rest.length > 1 && rest.startsWith("'") && rest.endsWith("'") ? {} : undefined)],
  ['RS+', between],
  ['RS-', between],
  ['LS+', between],
  ['LS-', between],
  ['A+', between],
  ['A-', between],
  ['RMSG', routed],
  ['LMSG', routed],
]

const OPS: Readonly<Record<Kind, ReadonlyMap<string, Read>>> = {
  request: new Map<string, Read>([
    ...SHARED,
    ['CONNECT', options],
    ['PUB', delivered(1, 0)],
    ['HPUB', delivered(1, 1)],
    ['SUB', subscribe],
    ['UNSUB', unsubscribe],
  ]),
  response: new Map<string, Read>([...SHARED, ['+OK', bare], ['MSG', delivered(2, 0)], ['HMSG', delivered(2, 1)]]),
}

/** Between servers both ends connect, and send headers with an account before the subject. */
const CLUSTER_OPS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['CONNECT', options],
  ['HMSG', (tokens) => (tokens.length >= 3 ? withCluster(headed(tokens, '')) : undefined)],
])

function withCluster(parts: Parts | undefined): Parts | undefined {
  return parts === undefined ? undefined : { ...parts, cluster: true }
}

/** Of verbs, all that a part of one may be. */
const parts = (ops: Iterable<string>): ReadonlySet<string> =>
  new Set([...ops].flatMap((op) => Array.from(` ${op}`, (_c, length) => op.slice(0, length))))
const PARTS: Readonly<Record<Kind, ReadonlySet<string>>> = {
  request: parts(OPS.request.keys()),
  response: parts(OPS.response.keys()),
}
const CLUSTER_PARTS = parts(CLUSTER_OPS.keys())

/** The first two bytes of verbs, as one number. */
const STARTS: ReadonlySet<number> = new Set([...OPS.request.keys(), ...OPS.response.keys()].flatMap(startsOf))

// In capitals or not.
function startsOf(op: string): number[] {
  const cases = (i: number): number[] => [op.charCodeAt(i), op.toLowerCase().charCodeAt(i)]
  return cases(0).flatMap((first) => cases(1).map((second) => (first << 8) | second))
}

/** Whether a verb may begin with these two bytes: most lines of something else do not. */
export function mayBeVerb(first: number, second: number): boolean {
  return STARTS.has((first << 8) | second)
}

const VERB = /^[^ \t]+/
const EDGES = /^[ \t]+|[ \t]+$/g
const BETWEEN = /[ \t]+/

/** Takes a line apart, without its CR LF; undefined: this end of the connection sends no such line. */
export function parseLine(kind: Kind, line: string, cluster: boolean): Line | undefined {
  const verb = VERB.exec(line)?.[0]
  if (verb === undefined || verb.length > 7) return undefined
  const op = verb.toUpperCase()
  const read = (cluster ? CLUSTER_OPS.get(op) : undefined) ?? OPS[kind].get(op)
  const rest = line.slice(verb.length).replace(EDGES, '')
  const parts = read?.(rest === '' ? [] : rest.split(BETWEEN), rest)
  if (parts === undefined) return undefined
  return {
    op,
    subject: parts.subject ?? null,
    sid: parts.sid ?? null,
    queue: parts.queue ?? null,
    replyTo: parts.replyTo ?? null,
    max: parts.max ?? 0,
    headerSize: parts.headerSize ?? 0,
    size: parts.size ?? -1,
    rest,
    cluster: parts.cluster ?? false,
  }
}

/** Whether a line that has begun so may be one of this end. */
export function mayBegin(kind: Kind, start: string, cluster: boolean): boolean {
  const verb = VERB.exec(start)?.[0]?.toUpperCase()
  if (verb === undefined) return start === ''
  if (verb.length < start.length) return OPS[kind].has(verb) || (cluster && CLUSTER_OPS.has(verb))
  const part = verb.replace(/\r$/, '')
  return PARTS[kind].has(part) || (cluster && CLUSTER_PARTS.has(part))
}
