// node:tls: tls-client.mjs FOLDER JSON, a list of {port, …} with options of tls.connect. `again`: with the session of the
// connection before. Writes what each connection was, or how it failed, as JSON.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'

const [folder, list] = process.argv.slice(2)
const file = (name) => readFileSync(join(folder, name))
let session

function talk({ again, withCertificate, ...options }) {
  const own = withCertificate ? { key: file('client.key'), cert: file('client.pem') } : {}
  const kept = again ? { session } : {}
  return new Promise((resolve) => {
    const said = { port: options.port, localPort: null, version: null, resumed: null, alpn: null, error: null }
    const all = { host: '127.0.0.1', servername: 'shop.example', ca: file('ca.pem'), ...own, ...kept, ...options }
    const socket = connect(all, () => {
      said.localPort = socket.localPort
      said.version = socket.getProtocol()
      said.resumed = socket.isSessionReused()
      said.alpn = socket.alpnProtocol || null
      socket.write('GET / HTTP/1.0\r\n\r\n')
    })
    socket.on('session', (given) => {
      session = given
    })
    socket.on('data', () => undefined)
    socket.on('error', (error) => {
      said.error = error.code
    })
    socket.on('close', () => resolve(said))
  })
}

const all = []
for (const each of JSON.parse(list)) all.push(await talk(each))
process.stdout.write(JSON.stringify(all))
