import type { Json } from '../../records/table.js'
import type { ResourceRecord } from './message.js'
import { shown, type Wire } from './name.js'
import { Rdata } from './rdata.js'
import { addressText } from './records-more.js'
import { EXTENDED_ERRORS } from './words.js'

const OPTIONS: Readonly<Record<number, string>> = {
  1: 'LLQ',
  2: 'UL',
  3: 'NSID',
  5: 'DAU',
  6: 'DHU',
  7: 'N3U',
  8: 'ECS',
  9: 'EXPIRE',
  10: 'COOKIE',
  11: 'TCP-KEEPALIVE',
  12: 'PADDING',
  13: 'CHAIN',
  14: 'KEY-TAG',
  15: 'EDE',
  16: 'CLIENT-TAG',
  17: 'SERVER-TAG',
  18: 'REPORT-CHANNEL',
  19: 'ZONEVERSION',
}
const OPTIONS_MAX = 64

/** What EDNS adds to a message (RFC 6891 §6.1). */
export interface Edns {
  readonly json: Json
  /** The upper bits of the response code. */
  readonly rcode: number
  readonly malformed: boolean
}

/** Reads the OPT record of a message. */
export function readEdns(wire: Wire, { class: size, ttl, at, length }: ResourceRecord): Edns {
  const data = new Rdata(wire, at, length)
  const options: Json[] = []
  let malformed = false
  while (data.left > 0 && options.length < OPTIONS_MAX) {
    const code = data.u16()
    const bytes = data.bytes(data.u16())
    if (data.bad) break
    const { text, bad } = option(code, bytes)
    malformed ||= bad
    options.push({ name: OPTIONS[code] ?? `OPT${code}`, data: text })
  }
  return {
    json: { version: (ttl >> 16) & 255, udp_size: size, do: (ttl >> 15) & 1, options },
    rcode: ttl >>> 24,
    malformed: malformed || data.bad,
  }
}

// What is not what its code says is shown as it is.
function option(code: number, bytes: Buffer): { readonly text: string; readonly bad: boolean } {
  const data = new Rdata({ buf: bytes, start: 0, end: bytes.length }, 0, bytes.length)
  const text = optionText(OPTIONS[code] ?? '', data, bytes)
  const bad = data.bad || data.left > 0
  return { text: bad ? bytes.toString('hex') : text, bad }
}

function optionText(name: string, data: Rdata, bytes: Buffer): string {
  switch (name) {
    case 'ECS':
      return subnet(data)
    case 'EDE':
      return extendedError(data)
    case 'DAU':
    case 'DHU':
    case 'N3U':
      return [...data.bytes()].join(' ')
    case 'NSID':
      return printable(data.bytes())
    case 'EXPIRE':
      return data.left === 0 ? '' : `${data.u32()}`
    case 'TCP-KEEPALIVE':
      return data.left === 0 ? '' : `${data.u16() / 10}s`
    case 'PADDING':
      return `${data.bytes().length} bytes`
    case 'CHAIN':
    case 'REPORT-CHANNEL':
      return shown(data.name().slice(0, -1))
    case 'KEY-TAG':
      return tags(data)
    default:
      data.bytes()
      return bytes.toString('hex')
  }
}

function tags(data: Rdata): string {
  const list: number[] = []
  while (data.left > 0) list.push(data.u16())
  return list.join(' ')
}

// RFC 5001 §2.4: opaque bytes, mostly a name.
function printable(bytes: Buffer): string {
  const text = bytes.toString('latin1')
  return /^[\x20-\x7e]*$/.test(text) ? text : bytes.toString('hex')
}

// RFC 7871 §6: address/prefix/scope, with no more bytes of the address than the prefix needs.
function subnet(data: Rdata): string {
  const [family, prefix, scope] = [data.u16(), data.u8(), data.u8()]
  if (family === 0 && prefix === 0) return `0/${prefix}/${scope}`
  if (family < 1 || family > 2 || prefix > (family === 1 ? 32 : 128) || data.left !== Math.ceil(prefix / 8))
    data.bad = true
  return `${addressText(family, data.bytes())}/${prefix}/${scope}`
}

// RFC 8914 §2.
function extendedError(data: Rdata): string {
  const code = data.u16()
  const text = data.bytes().toString('utf8').replace(/\0$/, '')
  return [`${code}`, EXTENDED_ERRORS[code], text].filter((part) => part).join(': ')
}
