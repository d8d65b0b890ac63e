// Writes all requests at once and byte by byte, reads until the server closes: http-pipeline.mjs PORT
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { setImmediate } from 'node:timers/promises'

const get = (path, last) => `GET ${path} HTTP/1.1\r\nHost: a\r\n${last ? 'Connection: close\r\n' : ''}\r\n`

async function conversation(write) {
  const socket = createConnection({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  socket.resume()
  await write(socket)
  await once(socket, 'close')
}

const paths = ['/hello?pipeline', '/status/404?pipeline', '/static/1k.txt?pipeline', '/status/204?pipeline']
await conversation(async (socket) => {
  socket.write([...paths.map((path) => get(path, false)), get('/hello?last', true)].join(''))
})
await conversation(async (socket) => {
  for (const byte of get('/hello?bytes', true)) {
    socket.write(byte)
    await setImmediate()
  }
})
