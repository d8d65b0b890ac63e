// node:tls servers: node-tls-server.mjs FOLDER JSON, a list of options with a port each. A line once they listen, then one for
// each handshake, also for one that failed. What a client sends comes back.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createServer } from 'node:tls'

const [folder, list] = process.argv.slice(2)
const file = (name) => readFileSync(join(folder, name))
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

function serve({ port, ...options }) {
  const server = createServer({ key: file('server.key'), cert: file('server.pem'), ca: file('ca.pem'), ...options })
  server.on('secureConnection', (socket) => {
    say({
      port,
      remotePort: socket.remotePort,
      version: socket.getProtocol(),
      cipher: socket.getCipher().standardName,
      alpn: socket.alpnProtocol || null,
      serverName: socket.servername || null,
      resumed: socket.isSessionReused(),
      client: socket.getPeerCertificate().subject?.CN ?? null,
      error: null,
    })
    socket.on('error', () => undefined)
    socket.on('data', (data) => socket.end(data))
  })
  server.on('tlsClientError', (error, socket) =>
    say({ port, remotePort: socket.remotePort ?? socket._parent?.remotePort ?? null, error: error.code }),
  )
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

await Promise.all(JSON.parse(list).map(serve))
say('listening')
