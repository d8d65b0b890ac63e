import { type Json, noResponse, type RowOf, table, word } from '../../records/table.js'
import { OPCODES, RCODES } from './words.js'

/** Codes of `transport`. */
export const TRANSPORT = { udp: 1, tcp: 2, mdns: 3, llmnr: 4 } as const
const TRANSPORT_WORDS: Readonly<Record<number, string>> = { 1: 'udp', 2: 'tcp', 3: 'mdns', 4: 'llmnr' }

const SIZE = { type: 'int', unit: 'bytes', semantic: 'bytes', pattern: 'gauge' } as const
const JSON_ = { type: 'json', pattern: 'structured' } as const

const COLUMNS = [
  {
    name: 'transport',
    type: 'enum',
    desc: 'How it was sent: udp, tcp; mdns and llmnr are asked of everyone, and need not be answered.',
    words: TRANSPORT_WORDS,
    pattern: 'enum',
  },
  { name: 'opcode', type: 'enum', desc: 'Kind of the message.', words: OPCODES, semantic: 'method', pattern: 'enum' },
  {
    name: 'query_name',
    type: 'string',
    desc: 'Name of the first question (of the zone in an UPDATE), in its own case, without the final dot.',
    pattern: 'general',
  },
  {
    name: 'query_type',
    type: 'string',
    desc: 'Type of the first question: A, HTTPS; TYPE65280 where the type has no name.',
    semantic: 'method',
    pattern: 'enum',
  },
  { name: 'query_class', type: 'string', desc: 'Class of the first question, mostly IN.', pattern: 'enum' },
  {
    name: 'rcode',
    type: 'enum',
    desc: 'Response code, with the bits of EDNS; null without a response.',
    words: RCODES,
    semantic: 'status',
    pattern: 'enum',
  },
  { name: 'answers', ...JSON_, desc: 'Answers as `TYPE data`, the data as in a zone file; null without a response.' },
  { name: 'req_header', ...JSON_, desc: 'Header of the query; null where the query was not seen.' },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Questions and records of the query, as JSON text.',
    pattern: 'structured',
  },
  { name: 'req_edns', ...JSON_, desc: 'EDNS of the query: version, UDP size, DO bit, options; null without.' },
  { name: 'req_size', ...SIZE, desc: 'Length of the query, bytes; null where it was not seen.' },
  {
    name: 'resp_header',
    ...JSON_,
    desc: 'Header of the response; of a zone transfer the first, with the numbers of records of all.',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Records of the response by section, with TTL and data, as JSON text.',
    pattern: 'structured',
  },
  { name: 'resp_edns', ...JSON_, desc: 'EDNS of the response; null without.' },
  { name: 'resp_size', ...SIZE, desc: 'Length of the response, of a zone transfer of all its messages, bytes.' },
  {
    name: 'resp_messages',
    type: 'int',
    desc: 'Messages of the response: more than one in a zone transfer; 0 without a response.',
    pattern: 'gauge',
  },
  {
    name: 'malformed',
    type: 'bool',
    desc: 'A message breaks the rules of the format; what could not be read is left out.',
    pattern: 'general',
  },
] as const

/** A row of `dns_events`, the protocol's own columns. */
export type DnsRow = RowOf<typeof COLUMNS>

const bit = (name: (typeof COLUMNS)[number]['name']): number => 1 << COLUMNS.findIndex((column) => column.name === name)

/** Bits of `cut` for the columns that have a limit. */
export const CUT = { answers: bit('answers'), req: bit('req_body'), resp: bit('resp_body') } as const

const RCODE = COLUMNS[5]

/** The exchanges of DNS. */
export const DNS_EVENTS = table('dns_events', 'Queries of DNS with their responses, over UDP and TCP.', COLUMNS, {
  glance: ['query_name', 'query_type', 'rcode', 'answers'],
  endpoint: (row) => `${row.query_type ?? 'UNKNOWN'} ${row.query_name ?? ''}`.trimEnd(),
  error: explain,
})

function explain(row: DnsRow, partial = false): string | null {
  if (row.rcode === null) return isMulticast(row) || row.req_header === null ? malformed(row) : noResponse(partial)
  return row.rcode === 0 ? malformed(row) : [word(RCODE, row.rcode), ...extendedErrors(row.resp_edns)].join(': ')
}

// Nobody may have an answer, and that is one.
function isMulticast({ transport }: DnsRow): boolean {
  return transport === TRANSPORT.mdns || transport === TRANSPORT.llmnr
}

function malformed(row: DnsRow): string | null {
  return row.malformed === true ? 'malformed message' : null
}

function extendedErrors(edns: Json): string[] {
  const { options } = (edns as { readonly options?: readonly { readonly name: string; readonly data: string }[] }) ?? {}
  return (options ?? []).filter(({ name }) => name === 'EDE').map(({ data }) => data.replace(/^\d+: /, ''))
}
