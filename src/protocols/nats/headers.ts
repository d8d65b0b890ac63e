import { isSecretHeader, REDACTED } from '../../records/redact.js'
import type { Json } from '../../records/table.js'

/** Headers of a message (ADR-4). */
export interface Headers {
  readonly fields: Readonly<Record<string, Json>>
  /** Number of the status line, null without one. */
  readonly status: number | null
  readonly size: number
}

const STATUS = /^NATS\/\d+\.\d+[ \t]*(?:(\d{3})[ \t]*(.*))?$/

/** `NATS/1.0 503 text` and fields; the status stands beside them under the names that clients give it. */
export function parseHeaders(text: string, redact: boolean): Headers {
  const fields = new Map<string, string[]>()
  const [head = '', ...lines] = text.split('\r\n')
  const [, code, description] = STATUS.exec(head) ?? []
  if (code !== undefined) fields.set('Status', [code])
  if (description) fields.set('Description', [description])
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon)
    const value = redact && isSecretHeader(name.toLowerCase()) ? REDACTED : line.slice(colon + 1).trim()
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return { fields: Object.fromEntries(fields), status: code === undefined ? null : Number(code), size: 2 * text.length }
}
