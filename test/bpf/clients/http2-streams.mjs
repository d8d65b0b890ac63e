// Streams of all kinds on one connection, many at once; what became of each, a line: http2-streams.mjs PORT
import { connect, constants } from 'node:http2'

const session = connect(`http://127.0.0.1:${process.argv[2]}`)

const follow = (stream, method, path, requestBodyBytes) =>
  new Promise((resolve) => {
    let bodyBytes = 0
    let status = null
    stream.on('response', (headers) => {
      status = headers[':status']
    })
    stream.on('push', (headers) => {
      status = headers[':status']
    })
    stream.on('data', (chunk) => {
      bodyBytes += chunk.length
      if (path === '/cancelled') stream.close(constants.NGHTTP2_CANCEL)
    })
    stream.on('error', () => undefined)
    stream.on('close', () => {
      const line = { method, path, status, bodyBytes, requestBodyBytes, code: stream.rstCode }
      process.stdout.write(`${JSON.stringify(line)}\n`, resolve)
    })
  })

const ask = (method, path, body = '', headers = {}) => {
  const stream = session.request({ ':method': method, ':path': path, 'x-same': 'always', ...headers })
  if (method !== 'GET') stream.end(body)
  return follow(stream, method, path, Buffer.byteLength(body))
}

const pushes = []
session.on('stream', (stream, headers) => pushes.push(follow(stream, headers[':method'], headers[':path'], 0)))

const paths = [
  '/',
  '/hints',
  '/trailers',
  '/push',
  '/refused',
  '/cancelled',
  '/big',
  '/status/204',
  '/status/404',
  '/status/500',
]
await Promise.all(paths.map((path) => ask('GET', path)))
const bodies = ['', 'x', 'é'.repeat(2000), 'y'.repeat(200_000)]
await Promise.all(bodies.map((body, i) => ask('POST', `/post?n=${i}`, body, { 'content-type': 'text/plain' })))
await Promise.all(Array.from({ length: 100 }, (_, i) => ask('GET', `/many?n=${i}`, '', { 'x-number': `${i}` })))
await Promise.all(pushes)
session.close()
