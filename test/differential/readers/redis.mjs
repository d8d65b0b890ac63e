import { bytesOf, list } from './common.mjs'

export const redis = {
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
