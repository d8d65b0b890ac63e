import type { Kind } from '../protocol.js'

/** Types of arguments: `bit`s that follow each other share an octet. */
export type FieldType = 'bit' | 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'longstr' | 'table'

/** An argument of a method; null: reserved. */
export interface Field {
  readonly name: string | null
  readonly type: FieldType
}

/** A method of the protocol. */
export interface MethodSpec {
  readonly classId: number
  readonly methodId: number
  /** As in `queue.declare`. */
  readonly name: string
  readonly fields: readonly Field[]
  /** Who may send it. */
  readonly senders: readonly Kind[]
  /** Names of the methods of which one answers it; none: it is asynchronous. */
  readonly answers: readonly string[]
  /** It answers another one. */
  readonly isAnswer: boolean
  /** A content header and a body follow. */
  readonly content: boolean
}

const CLOSE = 'reply_code:short reply_text class_id:short method_id:short'
const BINDING = '-:short destination source routing_key no_wait:bit arguments:table'
const QUEUE_BINDING = '-:short queue exchange routing_key'
const TUNE = 'channel_max:short frame_max:long heartbeat:short'

/**
 * Classes and methods of AMQP 0-9-1 with the extensions of RabbitMQ: number, sender (C, S or B for both), name, arguments (a
 * shortstr where there is no type, `-` is reserved) and, behind `=>`, the methods that answer.
 */
const CLASSES: readonly (readonly [number, string, string])[] = [
  [
    10,
    'connection',
    `10 S start version_major:octet version_minor:octet server_properties:table mechanisms:longstr locales:longstr => start-ok
     11 C start-ok client_properties:table mechanism response:longstr locale
     20 S secure challenge:longstr => secure-ok
     21 C secure-ok response:longstr
     30 S tune ${TUNE} => tune-ok
     31 C tune-ok ${TUNE}
     40 C open virtual_host - -:bit => open-ok
     41 S open-ok -
     50 B close ${CLOSE} => close-ok
     51 B close-ok
     60 S blocked reason
     61 S unblocked
     70 C update-secret new_secret:longstr reason => update-secret-ok
     71 S update-secret-ok`,
  ],
  [
    20,
    'channel',
    `10 C open - => open-ok
     11 S open-ok -:longstr
     20 B flow active:bit => flow-ok
     21 B flow-ok active:bit
     40 B close ${CLOSE} => close-ok
     41 B close-ok`,
  ],
  [
    30,
    'access',
    `10 C request realm exclusive:bit passive:bit active:bit write:bit read:bit => request-ok
     11 S request-ok -:short`,
  ],
  [
    40,
    'exchange',
    `10 C declare -:short exchange type passive:bit durable:bit auto_delete:bit internal:bit no_wait:bit arguments:table => declare-ok
     11 S declare-ok
     20 C delete -:short exchange if_unused:bit no_wait:bit => delete-ok
     21 S delete-ok
     30 C bind ${BINDING} => bind-ok
     31 S bind-ok
     40 C unbind ${BINDING} => unbind-ok
     51 S unbind-ok`,
  ],
  [
    50,
    'queue',
    `10 C declare -:short queue passive:bit durable:bit exclusive:bit auto_delete:bit no_wait:bit arguments:table => declare-ok
     11 S declare-ok queue message_count:long consumer_count:long
     20 C bind ${QUEUE_BINDING} no_wait:bit arguments:table => bind-ok
     21 S bind-ok
     30 C purge -:short queue no_wait:bit => purge-ok
     31 S purge-ok message_count:long
     40 C delete -:short queue if_unused:bit if_empty:bit no_wait:bit => delete-ok
     41 S delete-ok message_count:long
     50 C unbind ${QUEUE_BINDING} arguments:table => unbind-ok
     51 S unbind-ok`,
  ],
  [
    60,
    'basic',
    `10 C qos prefetch_size:long prefetch_count:short global:bit => qos-ok
     11 S qos-ok
     20 C consume -:short queue consumer_tag no_local:bit no_ack:bit exclusive:bit no_wait:bit arguments:table => consume-ok
     21 S consume-ok consumer_tag
     30 B cancel consumer_tag no_wait:bit => cancel-ok
     31 B cancel-ok consumer_tag
     40 C publish -:short exchange routing_key mandatory:bit immediate:bit
     50 S return reply_code:short reply_text exchange routing_key
     60 S deliver consumer_tag delivery_tag:longlong redelivered:bit exchange routing_key
     70 C get -:short queue no_ack:bit => get-ok get-empty
     71 S get-ok delivery_tag:longlong redelivered:bit exchange routing_key message_count:long
     72 S get-empty -
     80 B ack delivery_tag:longlong multiple:bit
     90 C reject delivery_tag:longlong requeue:bit
     100 C recover-async requeue:bit
     110 C recover requeue:bit => recover-ok
     111 S recover-ok
     120 B nack delivery_tag:longlong multiple:bit requeue:bit`,
  ],
  [
    85,
    'confirm',
    `10 C select no_wait:bit => select-ok
     11 S select-ok`,
  ],
  [
    90,
    'tx',
    `10 C select => select-ok
     11 S select-ok
     20 C commit => commit-ok
     21 S commit-ok
     30 C rollback => rollback-ok
     31 S rollback-ok`,
  ],
]

const CONTENT: ReadonlySet<string> = new Set('basic.publish basic.return basic.deliver basic.get-ok'.split(' '))
const SENDERS: Readonly<Record<string, readonly Kind[]>> = {
  C: ['request'],
  S: ['response'],
  B: ['request', 'response'],
}

function fieldOf(word: string): Field {
  const [name = '', type = 'shortstr'] = word.split(':')
  return { name: name === '-' ? null : name, type: type as FieldType }
}

function methodOf(classId: number, className: string, line: string): MethodSpec {
  const [before = '', after = ''] = line.split('=>')
  const [id, sender = '', method = '', ...fields] = before.trim().split(/\s+/)
  const name = `${className}.${method}`
  return {
    classId,
    methodId: Number(id),
    name,
    fields: fields.map(fieldOf),
    senders: SENDERS[sender] ?? [],
    answers: after.split(/\s+/).flatMap((each) => (each === '' ? [] : `${className}.${each}`)),
    isAnswer: /-(?:ok|empty)$/.test(method),
    content: CONTENT.has(name),
  }
}

const METHODS: ReadonlyMap<number, MethodSpec> = new Map(
  CLASSES.flatMap(([classId, className, lines]) =>
    lines.split('\n').map((line) => {
      const method = methodOf(classId, className, line)
      return [classId * 65_536 + method.methodId, method] as const
    }),
  ),
)

/** The method of these numbers; undefined: there is none. */
export function methodSpec(classId: number, methodId: number): MethodSpec | undefined {
  return METHODS.get(classId * 65_536 + methodId)
}
