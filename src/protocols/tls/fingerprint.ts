import type { ClientHello, ServerHello } from './hello.js'
import { EXTENSION, VERSION } from './names.js'
import { MD5, NOTHING, SHORT_HASH } from './offers.js'

const JA4_VERSIONS: Readonly<Record<number, string>> = {
  [VERSION.ssl2]: 's2',
  [VERSION.ssl3]: 's3',
  [VERSION.tls10]: '10',
  [VERSION.tls11]: '11',
  [VERSION.tls12]: '12',
  [VERSION.tls13]: '13',
}

/** JA3: the MD5 of version, suites, extensions, groups and point formats in the order of the wire. */
export function ja3({ version, suites, extensions, groups, pointFormats }: ClientHello): string {
  return MD5.of(`${version},${suites.dashed},${extensions.dashed},${groups.dashed},${pointFormats}`)
}

/** JA3S: the MD5 of version, suite and extensions that the server chose. */
export function ja3s({ legacy, suite, extensions }: ServerHello): string {
  return MD5.of(`${legacy},${suite ?? ''},${extensions.all}`)
}

/** JA4: what the client offers, sorted, so that a shuffled order makes no difference. */
export function ja4({ version: legacy, versions, suites, extensions, protocols, signatures }: ClientHello): string {
  const version = JA4_VERSIONS[versions.highest ?? legacy] ?? '00'
  const name = extensions.codes.includes(EXTENSION.serverName) ? 'd' : 'i'
  const head = `t${version}${name}${count(suites)}${count(extensions)}${protocols.mark}`
  const { sorted } = extensions
  const tail = signatures === '' ? '' : `_${signatures}`
  return `${head}_${suites.hash}_${sorted === '' ? NOTHING : SHORT_HASH.of(sorted + tail)}`
}

function count(list: { readonly count: number }): string {
  return Math.min(list.count, 99).toString().padStart(2, '0')
}
