import type { Response, State } from './frames.js'
import { itemsOf, joined } from './headers.js'

const PROTOCOLS: Readonly<Record<string, string>> = { websocket: 'websocket', h2c: 'http2', tls: 'tls' }

/** What the connection becomes with this response, as `Conn.become` names it; undefined: it stays what it is. */
export function nextProtocol({ head, request }: Response): string | undefined {
  if (head.status === 101) return request?.open === true ? 'opaque' : upgradeOf(head.fields.headers)
  // RFC 9110 §9.3.6: a tunnel; anything may go through it.
  return request?.head.method === 'CONNECT' && head.status < 300 ? 'any' : undefined
}

// RFC 9110 §7.8: `name/version`, the first is spoken first.
function upgradeOf(headers: Response['head']['fields']['headers']): string {
  const [name = ''] = itemsOf(joined(headers, 'upgrade') ?? '')[0]?.split('/') ?? []
  return Object.hasOwn(PROTOCOLS, name) ? (PROTOCOLS[name] as string) : 'opaque'
}

/** Has the client asked for a tunnel? What it sends before the answer is not known to be HTTP. */
export function isTunnelAsked({ pending, responseGap }: State): boolean {
  return !responseGap && pending.at(-1)?.head.method === 'CONNECT'
}
