import type { Filler, Span } from '../protocol.js'
import { ANSWER } from './table.js'

/** A request frame: one command. */
export class Command implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly dialect: number
  readonly name: string
  keys: string[] = []
  /** How many keys it has. */
  count = 0
  args: string[] = []
  flags: number | null = null
  exptime: number | null = null
  cas: string | null = null
  value: string | null = null
  valueSize: number | null = null
  cut = 0
  /** Of the binary protocol. */
  opcode = -1
  /** What its answer repeats, if it is told: the opaque. */
  opaque = ''
  /** It is answered only where something else happens than what is expected. */
  quiet = false
  /** It has no answer. */
  mute = false
  /** One that has none was sent just before it. */
  behindMute = false
  answer: Reply | null = null
  /** Its answer was lost. */
  abandoned = false
  /** Its value is still being read. */
  reading = false
  /** It waits for nothing but the rest of its value. */
  ended = false
  /** About how many bytes are kept of it. */
  kept = 0

  constructor(dialect: number, name: string) {
    this.dialect = dialect
    this.name = name
  }
}

/** A value that came. */
export interface Value {
  readonly key: string
  readonly text: string
}

/** A response frame: one answer, with all its values. */
export class Reply implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly dialect: number
  type: number = ANSWER.status
  status = ''
  /** Message, number, or whatever stands behind the status. */
  text = ''
  readonly values: Value[] = []
  hits = 0
  /** Key of the first value. */
  key: string | null = null
  size = 0
  flags: number | null = null
  cas: string | null = null
  /** Bytes of values and statistics that are kept. */
  shown = 0
  cut = false
  opcode = -1
  opaque = ''

  constructor(dialect: number) {
    this.dialect = dialect
  }
}

/** A frame of either direction. */
export type Frame = Command | Reply | Filler
