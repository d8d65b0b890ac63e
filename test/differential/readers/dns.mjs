import { list, some } from './common.mjs'

// Of a name that is none, the other reader says in brackets why; ours is empty.
const nameOf = (record) => (list(record['dns.qry.name'])[0] ?? '').replace(/^<.*>$/, '')

export const dns = {
  name: 'dns',
  folder: 'dns',
  tables: ['dns_events'],
  ours: (row) => [
    ...some(row.req_header, ({ txid }) => `query ${txid} ${row.query_name ?? ''}`),
    ...some(row.resp_header, (header) => `response ${header.txid} ${header.rcode} ${header.num_answers}`),
  ],
  theirs: (record) => {
    const txid = Number(record['dns.id'])
    if (record['dns.flags.response'] === 'True')
      return [`response ${txid} ${record['dns.flags.rcode']} ${record['dns.count.answers'] ?? 0}`]
    return [`query ${txid} ${nameOf(record)}`]
  },
}
