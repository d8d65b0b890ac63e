// What is compared of each protocol: from a row of ours and from a PDU of the other reader → the values that both should have.

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const bytesOf = (hex) => Buffer.from(hex.replaceAll(':', ''), 'hex')

const http = {
  name: 'http',
  folder: 'http1',
  tables: ['http_events'],
  ours: (row) => [
    ...(row.req_method === null ? [] : [`${row.req_method} ${row.req_path}`]),
    ...(row.resp_status === null ? [] : [`status ${row.resp_status}`]),
  ],
  // A response repeats the target of its request; interim responses are no rows of ours.
  theirs: (record) => [
    ...list(record['http.request.method']).map((method, i) => `${method} ${list(record['http.request.uri'])[i]}`),
    ...list(record['http.response.code'])
      .filter((code) => !/^1\d\d$/.test(code) || code === '101')
      .map((code) => `status ${code}`),
  ],
}

const mysql = {
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

const pgsql = {
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

const redis = {
  name: 'redis',
  folder: 'redis',
  tables: ['redis_events'],
  ours: (row) => [
    ...(row.req_cmd === null || row.req_cmd.startsWith('PUSH ') ? [] : [`command ${row.req_cmd.split(' ')[0]}`]),
    ...(row.resp_type === 'error' ? [`error ${row.resp}`] : []),
  ],
  theirs: (record, reading) => [
    ...(isTo(record, reading, '6379') ? commandsOf(record) : []),
    ...list(record['resp.error']).map((text) => `error ${text}`),
  ],
}

// The first word of each array; the strings of all arrays of a segment stand in one list.
function commandsOf(record) {
  const strings = list(record['resp.bulk_string.value']).map((hex) => bytesOf(hex).toString('latin1').toUpperCase())
  let at = 0
  return list(record['resp.array.length']).flatMap((length) => {
    const word = strings[at]
    at += Number(length)
    return word === undefined ? [] : [`command ${word}`]
  })
}

// Is the PDU the client's, by the port that the capture was decoded as?
function isTo(record, reading, port) {
  const server = /port==(\d+)/.exec(`${reading.decode_as} ${reading.command}`)?.[1] ?? port
  return record.dp === server
}

// The other reader writes line ends and tabs as blanks.
const oneLine = (sql) => sql.replace(/\s+/g, ' ').trim()

export const READERS = [http, mysql, pgsql, redis]
