import { list, oneLine } from './common.mjs'

export const mysql = {
  name: 'mysql',
  folder: 'mysql',
  tables: ['mysql_events'],
  ours: (row) => [
    ...(row.req_cmd === 'COM_QUERY' && row.req_body !== null ? [`query ${oneLine(row.req_body)}`] : []),
    ...(row.error === null || !/^\d+ \(/.test(row.error) ? [] : [`error ${/^\d+/.exec(row.error)[0]}`]),
  ],
  theirs: (record) => [
    ...(list(record['mysql.command']).includes('3')
      ? list(record['mysql.query']).map((sql) => `query ${oneLine(sql)}`)
      : []),
    ...list(record['mysql.error_code']).map((code) => `error ${code}`),
  ],
}
