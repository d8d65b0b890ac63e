import { list } from './common.mjs'

export const http = {
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
