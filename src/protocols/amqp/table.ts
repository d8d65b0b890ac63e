import { type Json, noResponse, type RowOf, table } from '../../records/table.js'

/** Codes of `frame_type`. */
export const FRAME = { method: 1, header: 2, body: 3, heartbeat: 8 } as const

/** Stands in `resp_method` where an answer was due and never came. */
export const UNANSWERED = 'unanswered'

const COLUMNS = [
  {
    name: 'frame_type',
    type: 'enum',
    desc: 'Type of the frame that begins it: a method with its content, or a heartbeat; null for protocol headers.',
    words: { [FRAME.method]: 'method', [FRAME.header]: 'header', [FRAME.body]: 'body', [FRAME.heartbeat]: 'heartbeat' },
    pattern: 'enum',
  },
  { name: 'channel', type: 'int', desc: 'Number of the channel; 0 is the connection itself.', pattern: 'general' },
  { name: 'req_class_id', type: 'int', desc: 'Class of the method that the client sent, by number.', pattern: 'enum' },
  { name: 'req_method_id', type: 'int', desc: 'Method that the client sent, by number.', pattern: 'enum' },
  { name: 'resp_class_id', type: 'int', desc: 'Class of the method that the server sent, by number.', pattern: 'enum' },
  { name: 'resp_method_id', type: 'int', desc: 'Method that the server sent, by number.', pattern: 'enum' },
  {
    name: 'req_method',
    type: 'string',
    chars: 14,
    desc: 'Method that the client sent, as in basic.publish.',
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'resp_method',
    type: 'string',
    chars: 14,
    desc: 'Method that the server sent; `unanswered` where an answer was due and never came.',
    semantic: 'method',
    pattern: 'enum',
  },
  { name: 'req_msg', type: 'json', desc: 'Arguments of the method that the client sent.', pattern: 'structured' },
  { name: 'resp_msg', type: 'json', desc: 'Arguments of the method that the server sent.', pattern: 'structured' },
  {
    name: 'exchange',
    type: 'string',
    chars: 12,
    desc: 'Exchange that the methods name; empty = the default one.',
    pattern: 'general',
  },
  { name: 'routing_key', type: 'string', desc: 'Routing key of the message or the binding.', pattern: 'general' },
  { name: 'queue', type: 'string', chars: 14, desc: 'Queue that the methods name.', pattern: 'general' },
  {
    name: 'req_properties',
    type: 'json',
    desc: 'Properties of the message that the client sent, with its headers.',
    pattern: 'structured',
  },
  {
    name: 'resp_properties',
    type: 'json',
    desc: 'Properties of the message that the server sent, with its headers.',
    pattern: 'structured',
  },
  { name: 'req_body', type: 'string', desc: 'Body of the message that the client sent.', semantic: 'message' },
  { name: 'resp_body', type: 'string', desc: 'Body of the message that the server sent.', semantic: 'message' },
  {
    name: 'req_body_size',
    type: 'int',
    desc: 'Length of the body that the client sent, bytes; null where the method has none.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_body_size',
    type: 'int',
    desc: 'Length of the body that the server sent, bytes; null where the method has none.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
] as const

/** A row of `amqp_events`, the protocol's own columns. */
export type AmqpRow = RowOf<typeof COLUMNS>

/** The bit of `cut` for a column. */
export function bitOf(name: (typeof COLUMNS)[number]['name']): number {
  return 1 << COLUMNS.findIndex((column) => column.name === name)
}

/** The methods and messages of AMQP 0-9-1. */
export const AMQP_EVENTS = table(
  'amqp_events',
  'Methods of AMQP 0-9-1 with their answers and the messages that they carry.',
  COLUMNS,
  {
    glance: ['req_method', 'resp_method', 'routing_key', 'req_body', 'resp_body', 'exchange', 'queue'],
    endpoint,
    error: explain,
  },
)

// Names that servers and clients make up.
const GENERATED = /^(amq\.gen-|amq\.rabbitmq\.reply-to\.).*/

function endpoint(row: AmqpRow): string {
  const method = row.req_method ?? row.resp_method
  if (method === null) return row.frame_type === FRAME.heartbeat ? 'heartbeat' : 'protocol header'
  const queue = row.queue?.replace(GENERATED, '$1*')
  const target = queue ?? (row.exchange === null ? null : `${row.exchange}/${row.routing_key ?? ''}`)
  return target === null ? method : `${method} ${target}`
}

const OK = 200

function explain(row: AmqpRow, partial = false): string | null {
  if (row.resp_method === UNANSWERED) return noResponse(partial)
  if (row.frame_type === null)
    return `protocol header refused: the server speaks ${at(row.resp_msg, 'protocol_header')}`
  if (row.resp_method === 'basic.nack') return 'not confirmed (basic.nack)'
  return reply(row.resp_msg) ?? reply(row.req_msg)
}

// Of connection.close, channel.close and basic.return.
function reply(message: Json): string | null {
  const code = at(message, 'reply_code')
  const words = at(message, 'reply_text')
  return typeof code !== 'number' || code === OK ? null : `${code} ${words}`.trimEnd()
}

function at(message: Json, name: string): Json {
  return (message as Readonly<Record<string, Json>> | null)?.[name] ?? null
}
