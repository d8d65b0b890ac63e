import { noResponse, type RowOf, table } from '../../records/table.js'
import { ALERTS, CONTENT, VERSION_WORDS } from './names.js'

/** Codes of `handshake`: how it ended. */
export const HANDSHAKE = { complete: 1, alert: 2, encryptedAlert: 3, incomplete: 4, unanswered: 5, notTls: 6 } as const

const HANDSHAKE_WORDS: Readonly<Record<number, string>> = {
  [HANDSHAKE.complete]: 'complete',
  [HANDSHAKE.alert]: 'alert',
  [HANDSHAKE.encryptedAlert]: 'encrypted alert',
  [HANDSHAKE.incomplete]: 'incomplete',
  [HANDSHAKE.unanswered]: 'unanswered',
  [HANDSHAKE.notTls]: 'not TLS',
}

/** Codes of `alert_sender`. */
export const SENDER = { client: 1, server: 2 } as const
const SENDER_WORDS: Readonly<Record<number, string>> = { [SENDER.client]: 'client', [SENDER.server]: 'server' }

const TYPE_WORDS: Readonly<Record<number, string>> = { [CONTENT.alert]: 'alert', [CONTENT.handshake]: 'handshake' }

const COLUMNS = [
  {
    name: 'req_type',
    type: 'enum',
    desc: 'Content type of the first record of the client; null when it was not seen.',
    words: TYPE_WORDS,
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'version',
    type: 'enum',
    desc: 'Version that the server chose; null without a ServerHello.',
    words: VERSION_WORDS,
    pattern: 'enum',
  },
  {
    name: 'handshake',
    type: 'enum',
    desc: 'How it ended; complete up to where it can be seen; null when that was lost.',
    words: HANDSHAKE_WORDS,
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'server_name',
    type: 'string',
    desc: 'Server name (SNI) that the client asks for; of an encrypted ClientHello the outer one.',
    pattern: 'general',
  },
  {
    name: 'alpn',
    type: 'string',
    chars: 8,
    desc: 'Application protocol (ALPN) that the server chose; null in TLS 1.3, where it is encrypted.',
    pattern: 'enum',
  },
  {
    name: 'cipher',
    type: 'string',
    desc: 'Cipher suite that the server chose, by its IANA name.',
    pattern: 'enum',
  },
  {
    name: 'named_group',
    type: 'string',
    desc: 'Group or curve of the key exchange; null where none is named.',
    pattern: 'enum',
  },
  {
    name: 'resumed',
    type: 'bool',
    desc: 'An earlier session was resumed (by its id, a ticket or a pre-shared key).',
    pattern: 'general',
  },
  {
    name: 'hello_retry',
    type: 'bool',
    desc: 'The server asked for another ClientHello (HelloRetryRequest).',
    pattern: 'general',
  },
  {
    name: 'cert_subject',
    type: 'string',
    desc: 'Subject of the certificate of the server; null in TLS 1.3, where it is encrypted.',
    pattern: 'general',
  },
  { name: 'cert_issuer', type: 'string', desc: 'Issuer of that certificate.', pattern: 'general' },
  { name: 'cert_san', type: 'json', desc: 'Subject alternative names of that certificate.', pattern: 'structured' },
  { name: 'cert_not_after', type: 'string', desc: 'When that certificate expires, UTC.', pattern: 'general' },
  {
    name: 'client_cert_requested',
    type: 'bool',
    desc: 'The server asked for a certificate of the client; null in TLS 1.3, where that is encrypted.',
    pattern: 'general',
  },
  {
    name: 'client_cert_subject',
    type: 'string',
    desc: 'Subject of the certificate of the client; null in TLS 1.3, where it is encrypted.',
    pattern: 'general',
  },
  {
    name: 'alert',
    type: 'enum',
    desc: 'Description of the last alert in the clear; where the handshake is complete it was a warning.',
    words: ALERTS,
    pattern: 'enum',
  },
  { name: 'alert_sender', type: 'enum', desc: 'Who sent the alert.', words: SENDER_WORDS, pattern: 'enum' },
  {
    name: 'req_ciphers',
    type: 'json',
    desc: 'Cipher suites that the client offers, by their IANA names, the first 100.',
    pattern: 'structured',
  },
  { name: 'ja3', type: 'string', desc: 'JA3 fingerprint of the ClientHello.', pattern: 'general' },
  { name: 'ja3s', type: 'string', desc: 'JA3S fingerprint of the ServerHello.', pattern: 'general' },
  { name: 'ja4', type: 'string', desc: 'JA4 fingerprint of the ClientHello.', pattern: 'general' },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Extensions of the ClientHello as JSON: name to content, true where the content is not shown.',
    pattern: 'structured',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Extensions of the ServerHello as JSON, in the same form.',
    pattern: 'structured',
  },
] as const

/** A row of `tls_events`, the protocol's own columns. */
export type TlsRow = RowOf<typeof COLUMNS>

type Name = (typeof COLUMNS)[number]['name']

const EMPTY_ROW = Object.fromEntries(COLUMNS.map(({ name }) => [name, null])) as TlsRow

/** A row of which nothing is known yet. */
export function emptyRow(): TlsRow {
  return { ...EMPTY_ROW }
}

/** The bit of `cut` for a column. */
export function cutBit(name: Name): number {
  return 1 << COLUMNS.findIndex((column) => column.name === name)
}

/** The handshakes of TLS. */
export const TLS_EVENTS = table(
  'tls_events',
  'Handshakes of TLS: what the client offers, what the server chooses, and how it ends.',
  COLUMNS,
  {
    glance: ['server_name', 'version', 'alpn', 'handshake'],
    endpoint: (row) => row.server_name ?? row.cert_subject ?? 'UNKNOWN',
    error: explain,
  },
)

function explain(row: TlsRow, partial = false): string | null {
  switch (row.handshake) {
    case HANDSHAKE.alert:
      return `${ALERTS[row.alert ?? -1] ?? `alert ${row.alert}`} (from the ${sender(row)})`
    case HANDSHAKE.encryptedAlert:
      return `encrypted alert (from the ${sender(row)})`
    case HANDSHAKE.incomplete:
      return partial ? null : 'the handshake did not end'
    case HANDSHAKE.unanswered:
      return noResponse(partial)
    case HANDSHAKE.notTls:
      return 'the response is not TLS'
    default:
      return null
  }
}

function sender(row: TlsRow): string {
  return SENDER_WORDS[row.alert_sender ?? -1] ?? 'other end'
}
