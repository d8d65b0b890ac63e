import type { Json } from '../../records/table.js'
import { FirstBytes } from '../first-bytes.js'
import type { Kind, Span } from '../protocol.js'
import type { MethodSpec } from './methods.js'

// Of a message without content; nothing is put into it.
const NOTHING = new FirstBytes()

/** What a frame of one direction is: a method (with the content that follows), a heartbeat, or a protocol header. */
export class Message implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly kind: Kind
  readonly frameType: number | null
  readonly channel: number
  readonly spec: MethodSpec | undefined
  /** Numbers of a method that is not known. */
  classId = 0
  methodId = 0
  args: Json = null
  argsCut = false
  /** The content: its size (null: no header so far), the bytes to come, and what is shown. */
  bodySize: number | null = null
  bodyLeft = 0
  readonly body: FirstBytes
  properties: Json = null
  propertiesCut = false
  /** Place in the order of both directions; that of its last frame. */
  order = 0
  /** All its frames have come. */
  whole = false
  /** It has no row of its own; `stray`: for it found no partner. */
  silent = false
  stray = false
  /** Its row comes with the answer, or when that is given up. */
  waits = false
  request: Message | null = null
  answer: Message | null = null
  unanswered = false
  released = false
  /** Of a confirmation: the publications. */
  confirms: readonly Message[] = []
  emitted = false

  constructor(kind: Kind, frameType: number | null, channel: number, spec: MethodSpec | undefined) {
    this.kind = kind
    this.frameType = frameType
    this.channel = channel
    this.spec = spec
    this.body = spec?.content === true ? new FirstBytes() : NOTHING
  }

  get name(): string {
    return this.spec?.name ?? ''
  }

  /** The value of an argument. */
  arg(name: string): Json {
    return (this.args as Readonly<Record<string, Json>> | null)?.[name] ?? null
  }

  /** About how many bytes are kept of it. */
  get kept(): number {
    return 256 + this.body.kept
  }
}

/** A frame that continues a message: content header or body. */
export class Piece implements Span {
  startNs = 0
  endNs = 0
  lost = false
  /** null: it belongs to nothing that was seen. */
  readonly of: Message | null

  constructor(of: Message | null) {
    this.of = of
  }
}

/** A frame as it is handed over. */
export type Frame = Message | Piece

/** Puts a message on the list of those whose row comes without an answer. */
export function release(message: Message, list: Message[]): void {
  if (message.answer !== null || message.released) return
  message.waits = false
  message.released = true
  list.push(message)
}
