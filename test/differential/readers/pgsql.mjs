import { list, oneLine } from './common.mjs'

export const pgsql = {
  name: 'pgsql',
  folder: 'pgsql',
  tables: ['pgsql_events'],
  ours: (row) => [
    ...(['Query', 'Parse'].includes(row.req_cmd) ? [`${row.req_cmd} ${oneLine(row.req)}`] : []),
    ...(row.error === null || !/^[0-9A-Z]{5}: /.test(row.error) ? [] : [`error ${row.error.slice(0, 5)}`]),
  ],
  theirs: (record) => [
    ...(record['pgsql.type'] === 'Simple query'
      ? list(record['pgsql.query']).map((sql) => `Query ${oneLine(sql)}`)
      : []),
    ...(record['pgsql.type'] === 'Parse' ? list(record['pgsql.query']).map((sql) => `Parse ${oneLine(sql)}`) : []),
    ...(record['pgsql.type'] === 'Error' ? list(record['pgsql.code']).map((code) => `error ${code}`) : []),
  ],
}
