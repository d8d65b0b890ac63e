import type { Json } from '../../records/table.js'
import type { Span } from '../protocol.js'
import { NO_PROPERTIES, type Properties } from './properties.js'

/** A topic filter of SUBSCRIBE or UNSUBSCRIBE. */
export interface Filter {
  readonly filter: string
  readonly [option: string]: Json
  reason_code?: number
}

/** How far an exchange of QoS 2 has come. */
export const STAGE = { sent: 0, received: 1, released: 2 } as const

/** A frame: one control packet. That which begins an exchange gets to know its answer. */
export class Packet implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly type: number
  /** It is written as MQTT 5 has it. */
  readonly five: boolean
  /** As the CONNECT said: 3, 4 or 5; null: not known. */
  level: number | null = null
  sender = 0
  clientId: string | null = null
  id: number | null = null
  topic: string | null = null
  filters: Filter[] | null = null
  qos: number | null = null
  retain: boolean | null = null
  dup: boolean | null = null
  payload: string | null = null
  payloadSize: number | null = null
  connect: Json = null
  sessionPresent: boolean | null = null
  code: number | null = null
  /** Codes of SUBACK and UNSUBACK, a filter each. */
  codes: readonly number[] = []
  properties: Properties = NO_PROPERTIES
  /** Bytes of the body up to the payload, as far as they were decoded, and how many properties behind them are passed over. */
  head = 0
  passed = 0
  /** Columns that are cut, as far as they are its own. */
  cut = 0
  stage: number = STAGE.sent
  answer: Packet | null = null
  /** No answer is due. */
  mute = false
  /** Its answer was lost. */
  abandoned = false

  constructor(type: number, five: boolean) {
    this.type = type
    this.five = five
  }

  /** About how many bytes are kept of it. */
  get kept(): number {
    return 256 + this.head + (this.payload?.length ?? 0)
  }
}
