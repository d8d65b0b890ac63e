import type { ResourceRecord } from './message.js'
import type { Wire } from './name.js'
import { quoted, Rdata } from './rdata.js'
import { tkey, tsig } from './records-auth.js'
import { caa, dnskey, ds, hip, ipseckey, location, naptr, nsec3, prefixes, services, soa, srv } from './records-more.js'
import { svcb } from './records-svcb.js'
import { TYPE_WORDS, typeWord } from './words.js'

/** The presentation of a record's data. `redact`: what authenticates is not shown. */
type Present = (data: Rdata, redact: boolean) => string

const name: Present = (data) => data.name()
const names: Present = (data) => `${data.name()} ${data.name()}`
const preferred: Present = (data) => `${data.u16()} ${data.name()}`
const strings: Present = (data) => data.strings()
const base64: Present = (data) => data.base64()
const dashed: Present = (data) =>
  data
    .hex()
    .toLowerCase()
    .replace(/..(?=.)/g, '$&-')

const PRESENT: Readonly<Record<string, Present>> = {
  A: (data) => data.ipv4(),
  NS: name,
  MD: name,
  MF: name,
  CNAME: name,
  SOA: soa,
  MB: name,
  MG: name,
  MR: name,
  WKS: services,
  PTR: name,
  HINFO: strings,
  MINFO: names,
  MX: preferred,
  TXT: strings,
  RP: names,
  AFSDB: preferred,
  X25: strings,
  ISDN: strings,
  RT: preferred,
  NSAP: (data) => `0x${data.hex().toLowerCase()}`,
  'NSAP-PTR': name,
  SIG: signature,
  KEY: dnskey,
  PX: (data) => `${data.u16()} ${data.name()} ${data.name()}`,
  GPOS: strings,
  AAAA: (data) => data.ipv6(),
  LOC: location,
  SRV: srv,
  NAPTR: naptr,
  KX: preferred,
  CERT: (data) => `${data.u16()} ${data.u16()} ${data.u8()} ${data.base64()}`,
  DNAME: name,
  APL: prefixes,
  DS: ds,
  SSHFP: (data) => `${data.u8()} ${data.u8()} ${data.hex()}`,
  IPSECKEY: ipseckey,
  RRSIG: signature,
  NSEC: (data) => spaced(data.name(), data.typeBitmap()),
  DNSKEY: dnskey,
  DHCID: base64,
  NSEC3: nsec3,
  NSEC3PARAM: (data) => `${data.u8()} ${data.u8()} ${data.u16()} ${data.hex(data.u8()) || '-'}`,
  TLSA: associated,
  SMIMEA: associated,
  HIP: hip,
  NINFO: strings,
  RKEY: dnskey,
  TALINK: names,
  CDS: ds,
  CDNSKEY: dnskey,
  OPENPGPKEY: base64,
  CSYNC: (data) => spaced(`${data.u32()} ${data.u16()}`, data.typeBitmap()),
  ZONEMD: (data) => `${data.u32()} ${data.u8()} ${data.u8()} ${data.hex()}`,
  SVCB: svcb,
  HTTPS: svcb,
  SPF: strings,
  NID: (data) => `${data.u16()} ${locator(data)}`,
  L32: (data) => `${data.u16()} ${data.ipv4()}`,
  L64: (data) => `${data.u16()} ${locator(data)}`,
  LP: preferred,
  EUI48: dashed,
  EUI64: dashed,
  TKEY: tkey,
  TSIG: tsig,
  URI: (data) => `${data.u16()} ${data.u16()} ${quotedRest(data)}`,
  CAA: caa,
  AVC: strings,
  RESINFO: strings,
  WALLET: strings,
  TA: ds,
  DLV: ds,
}

const PRESENT_TYPE: ReadonlyMap<number, Present | undefined> = new Map(
  [...TYPE_WORDS].map(([type, word]) => [type, PRESENT[word]]),
)

function signature(data: Rdata): string {
  const head = `${typeWord(data.u16())} ${data.u8()} ${data.u8()} ${data.u32()} ${data.time()} ${data.time()}`
  return `${head} ${data.u16()} ${data.name()} ${data.base64()}`
}

function associated(data: Rdata): string {
  return `${data.u8()} ${data.u8()} ${data.u8()} ${data.hex()}`
}

// RFC 6742 §2.1.2: four groups.
function locator(data: Rdata): string {
  return [data.u16(), data.u16(), data.u16(), data.u16()].map((group) => group.toString(16)).join(':')
}

function quotedRest(data: Rdata): string {
  return quoted(data.bytes())
}

function spaced(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

/** Data of a record. `malformed`: it is not what its type says. */
export interface Presented {
  readonly text: string
  readonly malformed: boolean
}

/** The data of a record as a zone file writes it; RFC 3597 §5 where the type is not known, or the data not what it says. */
export function present(wire: Wire, { type, class: code, at, length }: ResourceRecord, redact: boolean): Presented {
  const how = PRESENT_TYPE.get(type)
  // RFC 2136 §2.4, §2.5: an update names a set of records without their data.
  if (length === 0 && (code === 254 || code === 255)) return { text: '', malformed: false }
  if (how === undefined) return { text: unknown(wire, at, length), malformed: false }
  const data = new Rdata(wire, at, length)
  const text = how(data, redact)
  if (!data.bad && data.left === 0) return { text, malformed: false }
  return { text: unknown(wire, at, length), malformed: true }
}

function unknown({ buf }: Wire, at: number, length: number): string {
  return spaced(`\\# ${length}`, buf.toString('hex', at, at + length).toUpperCase())
}
