import type { Reply } from './frames.js'

/** Keeps a value or a statistic of an answer, as far as there is room. */
export function keep(reply: Reply, key: string, text: string, limit: number): void {
  if (reply.shown >= limit && reply.values.length > 0) {
    reply.cut = true
    return
  }
  reply.values.push({ key, text })
  reply.shown += key.length + text.length
}

/** The values as one text: that of the only key, else JSON. */
export function textOf({ values, text }: Reply, keys: number): string {
  if (values.length === 0) return text
  if (keys === 1 && values.length === 1) return (values[0] as { text: string }).text
  return `{${values.map((each) => `${quote(each.key)}:${quote(each.text)}`).join(',')}}`
}

// Bytes that are no text stay as they are.
function quote(text: string): string {
  return `"${text.replace(/["\\\x00-\x1f]/g, (c) => JSON.stringify(c).slice(1, -1))}"`
}
