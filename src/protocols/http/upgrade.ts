import { type Headers, itemsOf, joined } from './headers.js'

const PROTOCOLS: Readonly<Record<string, string>> = { websocket: 'websocket', h2c: 'http2', tls: 'tls' }

/** The protocol that a 101 switches to, as `Conn.become` names it. RFC 9110 §7.8: `name/version`, the first is spoken first. */
export function upgradeOf(headers: Headers): string {
  const [name = ''] = itemsOf(joined(headers, 'upgrade') ?? '')[0]?.split('/') ?? []
  return Object.hasOwn(PROTOCOLS, name) ? (PROTOCOLS[name] as string) : 'opaque'
}
