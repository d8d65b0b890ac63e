import { list, some } from './common.mjs'

const CLIENT_HELLO = '1'
const SERVER_HELLO = '2'

export const tls = {
  name: 'tls',
  folder: 'tls',
  tables: ['tls_events'],
  ours: (row) => [
    ...some(row.ja3, (ja3) => `client ${ja3} for ${row.server_name ?? 'no name'}`),
    ...some(row.ja4, (ja4) => `client ${ja4}`),
    ...some(row.ja3s, (ja3s) => `server ${ja3s}`),
  ],
  // A row is a connection: of several hellos (HelloRetryRequest, renegotiation) the client's first and the server's last.
  theirs: (record, { records }) => {
    const types = list(record['tls.handshake.type'])
    const at = records.indexOf(record)
    const alike = (type, from, to) =>
      records.slice(from, to).some((one) => one.s === record.s && list(one['tls.handshake.type']).includes(type))
    if (types.includes(CLIENT_HELLO) && alike(CLIENT_HELLO, 0, at)) return []
    if (types.includes(SERVER_HELLO) && alike(SERVER_HELLO, at + 1)) return []
    if (types.includes(CLIENT_HELLO)) {
      const name = list(record['tls.handshake.extensions_server_name'])[0] ?? 'no name'
      return [
        ...some(record['tls.handshake.ja3'], (ja3) => `client ${ja3} for ${name}`),
        ...some(record['tls.handshake.ja4'], (ja4) => `client ${ja4}`),
      ]
    }
    return types.includes(SERVER_HELLO) ? some(record['tls.handshake.ja3s'], (ja3s) => `server ${ja3s}`) : []
  },
}
