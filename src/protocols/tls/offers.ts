import { hash } from 'node:crypto'
import { jsonString } from '../../records/bounded.js'
import { text } from '../../records/text.js'
import { Fields } from '../fields.js'
import { Known } from './known.js'
import { EXTENSION, extensionName, groupName, isGrease, versionName } from './names.js'
import { suiteName } from './suites.js'

const SUITES_MAX = 100
const PROTOCOLS_MAX = 64
const ALPHANUMERIC = /^[0-9A-Za-z]+$/
const HASH_CHARS = 12
/** Extensions whose content rows may show. */
const SHOWN: ReadonlySet<number> = new Set([
  EXTENSION.serverName,
  EXTENSION.supportedGroups,
  EXTENSION.alpn,
  EXTENSION.draftKeyShare,
  EXTENSION.supportedVersions,
  EXTENSION.keyShare,
])
/** JA4 of an empty list. */
export const NOTHING = '0'.repeat(HASH_CHARS)

/** Cipher suites. Here as below: what rows show, and what JA3 and JA4 are made of, where what means nothing is left out. */
export interface Suites {
  /** The first 100. */
  readonly names: readonly string[]
  readonly cut: boolean
  /** In decimal, in the order of the wire. */
  readonly dashed: string
  readonly count: number
  /** Of those in hex, sorted. */
  readonly hash: string
}

/** Extensions by their codes, each once. */
export interface Extensions {
  readonly codes: readonly number[]
  /** All of them in decimal. */
  readonly all: string
  /** Members of an object of JSON, each name once: the text before each content that may be shown, and after the last. */
  readonly shown: readonly { readonly code: number; readonly before: string }[]
  readonly after: string
  readonly dashed: string
  readonly count: number
  /** In hex, without those that depend on what is asked for. */
  readonly sorted: string
}

/** Groups, or curves. */
export interface Groups {
  readonly json: string
  readonly dashed: string
}

/** Application protocols (ALPN). */
export interface Protocols {
  readonly first: string | null
  readonly json: string
  /** Of the first, for JA4. */
  readonly mark: string
}

/** Versions that a client supports. */
export interface Versions {
  readonly json: string
  /** undefined: none is named. */
  readonly highest: number | undefined
}

/** Readers of lists, which are bytes as latin1; of extensions, codes. */
export const SUITES = new Known(readSuites)
export const EXTENSIONS = new Known(readExtensions)
export const GROUPS = new Known(readGroups)
export const PROTOCOLS = new Known(readProtocols)
export const VERSIONS = new Known(readVersions)
/** In hex, for JA4. */
export const SIGNATURES = new Known((bytes) => meaning(pairs(bytes)).map(hex).join(','))
/** In decimal, for JA3. */
export const POINT_FORMATS = new Known((bytes) => units(bytes).join('-'))
/** Hashes of JA3 and JA4. */
export const MD5 = new Known((list) => hash('md5', list))
export const SHORT_HASH = new Known((list) => hash('sha256', list).slice(0, HASH_CHARS))

function readSuites(bytes: string): Suites {
  const codes = pairs(bytes)
  const meant = meaning(codes)
  return {
    names: codes.slice(0, SUITES_MAX).map(suiteName),
    cut: codes.length > SUITES_MAX,
    dashed: meant.join('-'),
    count: meant.length,
    hash: meant.length === 0 ? NOTHING : SHORT_HASH.of(sorted(meant)),
  }
}

function readExtensions(text: string): Extensions {
  const codes = [...new Set(units(text))]
  const meant = meaning(codes)
  return {
    codes,
    all: codes.join('-'),
    ...shownOf(codes),
    dashed: meant.join('-'),
    count: meant.length,
    sorted: sorted(meant.filter((code) => code !== EXTENSION.serverName && code !== EXTENSION.alpn)),
  }
}

function shownOf(codes: readonly number[]): Pick<Extensions, 'shown' | 'after'> {
  const named = new Map(codes.map((code) => [extensionName(code), code]))
  const shown: { code: number; before: string }[] = []
  let before = ''
  let comma = ''
  for (const [name, code] of named) {
    before += `${comma}"${name}":`
    comma = ','
    if (SHOWN.has(code)) {
      shown.push({ code, before })
      before = ''
    } else {
      before += 'true'
    }
  }
  return { shown, after: before }
}

function readGroups(bytes: string): Groups {
  const codes = pairs(bytes)
  return { json: namesJson(codes.map(groupName)), dashed: meaning(codes).join('-') }
}

// RFC 7301 §3.1.
function readProtocols(bytes: string): Protocols {
  const list = new Fields(Buffer.from(bytes, 'latin1'), 0, bytes.length)
  const names: Buffer[] = []
  while (list.left >= 1 && names.length < PROTOCOLS_MAX) names.push(list.vector(1).bytes())
  const texts = names.map((name) => text(name, 0, name.length))
  return { first: texts[0] ?? null, json: `[${texts.map(jsonString).join(',')}]`, mark: markOf(names[0]) }
}

// First and last character; where one is neither letter nor digit, of its hex form.
function markOf(name: Buffer | undefined): string {
  if (name === undefined || name.length === 0) return '00'
  const ends = String.fromCharCode(name.at(0) as number, name.at(-1) as number)
  const shown = ALPHANUMERIC.test(ends) ? ends : name.toString('hex')
  return `${shown[0]}${shown.at(-1)}`
}

function readVersions(bytes: string): Versions {
  const codes = pairs(bytes)
  const meant = meaning(codes)
  return {
    json: namesJson(codes.map(versionName)),
    highest: meant.length === 0 ? undefined : Math.max(...meant),
  }
}

/** Names of ours as JSON: nothing in them needs an escape. */
export function namesJson(names: readonly string[]): string {
  return names.length === 0 ? '[]' : `["${names.join('","')}"]`
}

// Numbers of two bytes; half of one at the end is left out.
function pairs(bytes: string): number[] {
  const codes: number[] = []
  for (let i = 0; i + 2 <= bytes.length; i += 2) codes.push((bytes.charCodeAt(i) << 8) | bytes.charCodeAt(i + 1))
  return codes
}

function units(text: string): number[] {
  const codes: number[] = []
  for (let i = 0; i < text.length; i++) codes.push(text.charCodeAt(i))
  return codes
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
