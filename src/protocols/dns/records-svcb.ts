import { ipv6Text, quoted, type Rdata } from './rdata.js'

const KEYS: readonly string[] = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
]

/** RFC 9460 §2.2: priority, target and parameters. */
export function svcb(data: Rdata): string {
  const parts = [`${data.u16()}`, data.name()]
  let last = -1
  while (data.left > 0) {
    const key = data.u16()
    // Keys come in ascending order, each once.
    if (key <= last) data.bad = true
    last = key
    parts.push(parameter(key, data.bytes(data.u16()), data))
  }
  return parts.join(' ')
}

function parameter(key: number, value: Buffer, data: Rdata): string {
  const name = keyWord(key)
  switch (name) {
    case 'mandatory':
      return `${name}=${chunks(value, 2, data, (chunk) => keyWord(chunk.readUInt16BE(0)))}`
    case 'alpn':
      return `${name}="${strings(value, data).join(',')}"`
    case 'no-default-alpn':
    case 'ohttp':
      if (value.length > 0) data.bad = true
      return name
    case 'port':
      if (value.length !== 2) data.bad = true
      return `${name}=${data.bad ? 0 : value.readUInt16BE(0)}`
    case 'ipv4hint':
      return `${name}=${chunks(value, 4, data, (chunk) => chunk.join('.'))}`
    case 'ipv6hint':
      return `${name}=${chunks(value, 16, data, ipv6Text)}`
    case 'ech':
      return `${name}=${value.toString('base64')}`
    default:
      return value.length === 0 ? name : `${name}=${quoted(value)}`
  }
}

function keyWord(key: number): string {
  return KEYS[key] ?? `key${key}`
}

function chunks(value: Buffer, size: number, data: Rdata, show: (chunk: Buffer) => string): string {
  const list: string[] = []
  if (value.length === 0 || value.length % size !== 0) data.bad = true
  else for (let at = 0; at < value.length; at += size) list.push(show(value.subarray(at, at + size)))
  return list.join(',')
}

// §7.1.1: commas and backslashes in a protocol's name are escaped, twice.
function strings(value: Buffer, data: Rdata): string[] {
  const list: string[] = []
  for (let at = 0; at < value.length; at += 1 + (value[at] as number)) {
    const length = value[at] as number
    if (length === 0 || at + 1 + length > value.length) data.bad = true
    const text = quoted(value.subarray(at + 1, at + 1 + length)).slice(1, -1)
    list.push(text.replace(/,/g, '\\\\,'))
  }
  if (list.length === 0) data.bad = true
  return list
}
