import { cutText, text } from '../../records/text.js'
import type { Message } from './frames.js'
import type { Inflater } from './inflate.js'

/** What is shown of a message: a text or null, and whether it was shortened. */
export interface Shown {
  readonly text: string | null
  readonly cut: boolean
}

/** The start of a message as text. One that is compressed is read in any case: those that follow may refer to it. */
export function show(message: Message, inflater: Inflater, limit: number): Shown {
  const { compressed, payload, whole } = message
  const { certain } = inflater
  const bytes = compressed ? inflater.read(payload, whole) : payload
  if (bytes === undefined && !certain) message.lost = true
  if (bytes === undefined || limit === 0) return { text: null, cut: message.size > 0 }
  const end = cutText(bytes, 0, bytes.length, limit)
  return { text: text(bytes, 0, end), cut: !whole || end < bytes.length || (compressed && !inflater.reached) }
}
