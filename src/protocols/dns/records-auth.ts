import type { Rdata } from './rdata.js'
import { RCODES } from './words.js'

const REDACTED = '[REDACTED]'

/** RFC 8945 §4.2: what authenticates a message is not shown. */
export function tsig(data: Rdata, redact: boolean): string {
  const head = `${data.name()} ${data.uint(6)} ${data.u16()}`
  const mac = secret(data, redact)
  return `${head} ${mac} ${data.u16()} ${errorWord(data.u16())} ${plain(data)}`
}

/** RFC 2930 §2: keys, or what leads to one. */
export function tkey(data: Rdata, redact: boolean): string {
  const head = `${data.name()} ${data.u32()} ${data.u32()} ${data.u16()} ${errorWord(data.u16())}`
  const key = secret(data, redact)
  return `${head} ${key} ${plain(data)}`
}

function errorWord(code: number): string {
  // RFC 8945 §5.2.2.1: 16 is BADSIG here.
  return code === 16 ? 'BADSIG' : (RCODES[code] ?? `${code}`)
}

function secret(data: Rdata, redact: boolean): string {
  const length = data.u16()
  const text = data.base64(length)
  return length === 0 ? '0' : `${length} ${redact ? REDACTED : text}`
}

function plain(data: Rdata): string {
  const length = data.u16()
  const text = data.base64(length)
  return length === 0 ? '0' : `${length} ${text}`
}
