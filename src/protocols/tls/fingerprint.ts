import { hash } from 'node:crypto'
import type { ClientHello, ServerHello } from './hello.js'
import { EXTENSION, isGrease, VERSION } from './names.js'

const HASH_CHARS = 12
const NOTHING = '0'.repeat(HASH_CHARS)
const ALPHANUMERIC = /^[0-9A-Za-z]+$/

const JA4_VERSIONS: Readonly<Record<number, string>> = {
  [VERSION.ssl2]: 's2',
  [VERSION.ssl3]: 's3',
  [VERSION.tls10]: '10',
  [VERSION.tls11]: '11',
  [VERSION.tls12]: '12',
  [VERSION.tls13]: '13',
}

/** JA3: the MD5 of version, suites, extensions, groups and point formats in the order of the wire. */
export function ja3(hello: ClientHello): string {
  const { version, suites, extensions, groups, pointFormats } = hello
  const lists = [suites, extensions, groups].map((codes) => meaning(codes).join('-'))
  return md5([version, ...lists, pointFormats.join('-')].join(','))
}

/** JA3S: the MD5 of version, suite and extensions that the server chose. */
export function ja3s({ legacy, suite, extensions }: ServerHello): string {
  return md5([legacy, suite ?? '', extensions.join('-')].join(','))
}

/** JA4: what the client offers, sorted, so that a shuffled order makes no difference. */
export function ja4(hello: ClientHello): string {
  const suites = meaning(hello.suites)
  const extensions = meaning(hello.extensions)
  const versions = meaning(hello.versions)
  const version = JA4_VERSIONS[versions.length > 0 ? Math.max(...versions) : hello.version] ?? '00'
  const name = extensions.includes(EXTENSION.serverName) ? 'd' : 'i'
  const head = `t${version}${name}${count(suites)}${count(extensions)}${alpnMark(hello.protocols[0])}`
  const others = extensions.filter((code) => code !== EXTENSION.serverName && code !== EXTENSION.alpn)
  const signatures = meaning(hello.signatures)
  const tail = signatures.length > 0 ? `_${signatures.map(hex).join(',')}` : ''
  return `${head}_${shortHash(sorted(suites))}_${others.length === 0 ? NOTHING : shortHash(sorted(others) + tail)}`
}

function meaning(codes: readonly number[]): number[] {
  return codes.filter((code) => !isGrease(code))
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}

function sorted(codes: readonly number[]): string {
  return codes.map(hex).sort().join(',')
}

function count(codes: readonly number[]): string {
  return Math.min(codes.length, 99).toString().padStart(2, '0')
}

// First and last character of the first protocol offered; where one is neither letter nor digit, of its hex form.
function alpnMark(name: Buffer | undefined): string {
  if (name === undefined || name.length === 0) return '00'
  const ends = String.fromCharCode(name.at(0) as number, name.at(-1) as number)
  const shown = ALPHANUMERIC.test(ends) ? ends : name.toString('hex')
  return `${shown[0]}${shown.at(-1)}`
}

function shortHash(list: string): string {
  return list === '' ? NOTHING : hash('sha256', list).slice(0, HASH_CHARS)
}

function md5(list: string): string {
  return hash('md5', list)
}
