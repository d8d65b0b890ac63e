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
  const { compressed, whole } = message
  if (!compressed) return limit === 0 ? unshown(message) : { text: message.text, cut: !whole }
  const { certain } = inflater
  const bytes = inflater.read(message.payload, whole)
  if (bytes === undefined && !certain) message.lost = true
  if (bytes === undefined || limit === 0) return unshown(message)
  const end = cutText(bytes, 0, bytes.length, limit)
  return { text: text(bytes, 0, end), cut: !whole || end < bytes.length || !inflater.reached }
}

function unshown({ size }: Message): Shown {
  return { text: null, cut: size > 0 }
}
