import { Reply, type Request } from './state.js'
import { PLACE, Walk } from './walk.js'
import {
  MSG_CHECKSUM,
  MSG_EXHAUST_ALLOWED,
  MSG_MORE_TO_COME,
  OP,
  QUERY_EXHAUST,
  REPLY_CURSOR_NOT_FOUND,
  REPLY_QUERY_FAILURE,
  type Reader,
} from './wire.js'

const MAX_NAMESPACE = 512
const MAX_CURSORS = 16
const COMMANDS = '$cmd'
const NAMES: Readonly<Record<number, string>> = {
  [OP.query]: 'find',
  [OP.insert]: 'insert',
  [OP.update]: 'update',
  [OP.delete]: 'delete',
  [OP.getMore]: 'getMore',
  [OP.killCursors]: 'killCursors',
}

/** Reads what precedes the documents in the body of a request, `total` bytes long; → what reads the documents. */
export function readRequest(request: Request, r: Reader, total: number): Walk {
  const { facts, op } = request
  facts.command = NAMES[op] ?? null
  switch (op) {
    case OP.msg: {
      const flags = r.i32()
      request.quiet = (flags & MSG_MORE_TO_COME) !== 0
      request.exhaust = (flags & MSG_EXHAUST_ALLOWED) !== 0
      return sections(request, r, flags, total)
    }
    case OP.query:
      return readQuery(request, r, total)
    case OP.command:
      facts.database = r.text(MAX_NAMESPACE)
      facts.command = r.text(MAX_NAMESPACE)
      return unread(request, r, total)
    case OP.killCursors:
      request.quiet = true
      readCursors(request, r)
      return unread(request, r, total)
    case OP.getMore: {
      r.take(4)
      readNamespace(request, r)
      r.take(4)
      request.body = `{"getMore":${r.i64()}}`
      return unread(request, r, total)
    }
    default:
      return readWrite(request, r, total)
  }
}

function sections(message: Request | Reply, r: Reader, flags: number, total: number): Walk {
  const walk = unread(message, r, total)
  walk.enter(PLACE.sections, (flags & MSG_CHECKSUM) === 0 ? total : total - 4)
  return walk
}

// Nothing of the documents makes columns.
function unread(message: Request | Reply, r: Reader, total: number): Walk {
  return new Walk(message.facts, r.read, total, message instanceof Reply)
}

// Flags 4, namespace, skip 4, limit 4, query, fields.
function readQuery(request: Request, r: Reader, total: number): Walk {
  const flags = r.i32()
  readNamespace(request, r)
  r.take(8)
  const { facts } = request
  request.exhaust = (flags & QUERY_EXHAUST) !== 0
  request.asksCommand = facts.collection === COMMANDS
  const walk = unread(request, r, total)
  if (!request.asksCommand) return walk
  facts.collection = null
  facts.command = null
  walk.enter(PLACE.first, total)
  return walk
}

// Zero 4, count 4, cursors 8 each.
function readCursors(request: Request, r: Reader): void {
  r.take(4)
  const ids: string[] = []
  for (let n = Math.min(r.i32(), MAX_CURSORS); n > 0 && r.ok; n--) ids.push(String(r.i64()))
  request.body = `{"cursors":[${ids.join(',')}]}`
}

// Insert: flags 4, namespace, documents. Update: zero 4, namespace, flags 4, selector, update. Delete: the same without update.
function readWrite(request: Request, r: Reader, total: number): Walk {
  request.quiet = true
  r.take(4)
  readNamespace(request, r)
  if (request.op !== OP.insert) {
    r.take(4)
    request.facts.documents = 1
    return unread(request, r, total)
  }
  const walk = unread(request, r, total)
  walk.enter(PLACE.documents, total)
  return walk
}

function readNamespace(request: Request, r: Reader): void {
  const name = r.text(MAX_NAMESPACE)
  const dot = name.indexOf('.')
  request.facts.database = dot < 0 ? name : name.slice(0, dot)
  request.facts.collection = dot < 0 ? null : name.slice(dot + 1)
}

/** Reads what precedes the documents in the body of an answer, `total` bytes long; → what reads the documents. */
export function readReply(reply: Reply, r: Reader, total: number): Walk {
  if (reply.op === OP.msg) {
    const flags = r.i32()
    reply.more = (flags & MSG_MORE_TO_COME) !== 0
    return sections(reply, r, flags, total)
  }
  if (reply.op === OP.reply) return readOldReply(reply, r, total)
  const walk = unread(reply, r, total)
  walk.enter(PLACE.first, total)
  return walk
}

// Flags 4, cursor 8, number of the first document 4, documents 4.
function readOldReply(reply: Reply, r: Reader, total: number): Walk {
  const { facts, request } = reply
  const flags = r.i32()
  reply.more = r.i64() !== 0n && request.op === OP.query && request.exhaust
  r.take(8)
  const failed = (flags & REPLY_QUERY_FAILURE) !== 0
  const walk = unread(reply, r, total)
  walk.enter(request.asksCommand || failed ? PLACE.first : PLACE.documents, total)
  if (failed || (flags & REPLY_CURSOR_NOT_FOUND) !== 0) facts.ok = 0
  else if (!request.asksCommand) {
    facts.ok = 1
    facts.documents = 0
  }
  if ((flags & REPLY_CURSOR_NOT_FOUND) !== 0) facts.errmsg = 'cursor not found'
  return walk
}
