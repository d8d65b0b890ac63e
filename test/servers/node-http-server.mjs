// An HTTP server for the live tests: what it answered, one JSON object a line, on stdout.
import { createServer } from 'node:http'

const PAGE = 'abcdefghijklmno\n'

const page = (res, body) => {
  if (body) res.setHeader('content-length', body.length)
  res.end(body)
  return body.length
}

const answers = {
  '/chunked': (res) => {
    for (let i = 0; i < 4; i++) res.write(PAGE.repeat(64))
    res.end()
    return 4 * 64 * PAGE.length
  },
  '/slow': (res) => {
    setTimeout(() => res.end(PAGE), 100)
    return PAGE.length
  },
  '/no-length': (res) => {
    res.useChunkedEncodingByDefault = false
    res.shouldKeepAlive = false
    res.end(PAGE)
    return PAGE.length
  },
}

const server = createServer((req, res) => {
  let received = 0
  req.on('data', (chunk) => {
    received += chunk.length
  })
  req.on('end', () => {
    const status = Number(/^\/status\/(\d{3})$/.exec(req.url)?.[1] ?? 200)
    res.statusCode = status
    const answer = answers[req.url.split('?')[0]]
    const size = answer ? answer(res) : page(res, status === 204 || status === 304 ? '' : PAGE)
    const sent = req.method === 'HEAD' ? 0 : size
    const line = { method: req.method, path: req.url, status, bodyBytes: sent, requestBodyBytes: received }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  })
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeAllConnections()
})
