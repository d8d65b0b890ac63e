import { list, oneLine, some } from './common.mjs'

const REQUESTS = {
  1: 'STARTUP',
  5: 'OPTIONS',
  7: 'QUERY',
  9: 'PREPARE',
  10: 'EXECUTE',
  11: 'REGISTER',
  13: 'BATCH',
  15: 'AUTH_RESPONSE',
}
const RESPONSES = {
  0: 'ERROR',
  2: 'READY',
  3: 'AUTHENTICATE',
  6: 'SUPPORTED',
  8: 'RESULT',
  12: 'EVENT',
  14: 'AUTH_CHALLENGE',
  16: 'AUTH_SUCCESS',
}
const STATEMENTS = ['QUERY', 'PREPARE']

export const cql = {
  name: 'cql',
  folder: 'cql',
  tables: ['cql_events'],
  ours: (row) => [
    ...some(row.req_op),
    ...some(row.resp_op),
    ...(STATEMENTS.includes(row.req_op) ? [`statement ${oneLine(row.req_body)}`] : []),
    ...some(row.resp_rows, (rows) => `${rows} rows`),
  ],
  theirs: (record) => {
    const opcode = record['cql.opcode']
    const isRequest = record['cql.direction'] === '0x00'
    const name = (isRequest ? REQUESTS : RESPONSES)[opcode]
    // What is compressed is not read.
    const statement = STATEMENTS.includes(name) ? list(record['cql.string']).slice(0, 1) : []
    return [
      name,
      ...statement.map((text) => `statement ${oneLine(text)}`),
      ...some(record['cql.result.rows.row_count'], (rows) => `${rows} rows`),
    ]
  },
}
