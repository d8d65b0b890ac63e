import { list, some } from './common.mjs'

const GRPC_STATUS = 'grpc-status'

// Header names and values stand in two lists; a trailer has no status of HTTP.
function trailer(record, name) {
  const at = list(record['http2.header.name']).indexOf(name)
  return at < 0 ? [] : [list(record['http2.header.value'])[at]]
}

const reader = (folder) => ({
  name: folder,
  folder,
  tables: ['http_events'],
  // Of a capture with HTTP/1 in it too, only what is HTTP/2.
  ours: (row) =>
    row.major_version !== 2
      ? []
      : [
          ...(row.req_method === null ? [] : [`${row.req_method} ${row.req_path}`]),
          ...(row.resp_status === null ? [] : [`status ${row.resp_status}`]),
          ...some(row.resp_headers?.[GRPC_STATUS], (values) => `grpc ${values.at(-1)}`),
        ],
  theirs: (record) => [
    ...list(record['http2.headers.method']).map(
      (method, i) => `${method} ${list(record['http2.headers.path'])[i] ?? '<unknown>'}`,
    ),
    ...list(record['http2.headers.status'])
      .filter((status) => !/^1/.test(status))
      .map((status) => `status ${status}`),
    ...trailer(record, GRPC_STATUS).map((status) => `grpc ${status}`),
  ],
})

export const http2 = reader('http2')
export const grpc = reader('grpc')
