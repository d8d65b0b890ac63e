// An HTTP/2 server for the live tests: what became of each stream, one JSON object a line, on stdout.
import { constants, createServer } from 'node:http2'

const PAGE = 'abcdefghijklmno\n'

const end = (stream, status, body, headers = {}) => {
  stream.respond({ ':status': status, 'content-type': 'text/plain', ...headers })
  stream.end(body)
  return body.length
}

const answers = {
  '/big': (stream) => end(stream, 200, PAGE.repeat(1 << 16)),
  '/hints': (stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a.css>' })
    return end(stream, 200, PAGE)
  },
  '/trailers': (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '16' }))
    stream.end(PAGE)
    return PAGE.length
  },
  '/push': (stream) => {
    stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
      if (error) throw error
      log(
        pushed,
        { ':method': 'GET', ':path': '/pushed' },
        () => 200,
        () => 0,
        () => PAGE.length,
      )
      end(pushed, 200, PAGE)
    })
    return end(stream, 200, PAGE)
  },
  '/refused': (stream) => {
    stream.close(constants.NGHTTP2_REFUSED_STREAM)
    return 0
  },
  '/cancelled': (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/plain' })
    stream.write(PAGE)
    return PAGE.length
  },
}

const log = (stream, headers, status, received, sent) =>
  stream.on('close', () => {
    const line = {
      method: headers[':method'],
      path: headers[':path'],
      status: status(),
      bodyBytes: sent(),
      requestBodyBytes: received(),
      code: stream.rstCode,
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  })

const server = createServer({ settings: { maxConcurrentStreams: 200 } }, undefined)
server.on('stream', (stream, headers) => {
  let received = 0
  let sent = 0
  stream.on('error', () => undefined)
  log(
    stream,
    headers,
    () => stream.sentHeaders?.[':status'] ?? null,
    () => received,
    () => sent,
  )
  stream.on('data', (chunk) => {
    received += chunk.length
  })
  const answer = () => {
    const path = headers[':path'].split('?')[0]
    const status = Number(/^\/status\/(\d{3})$/.exec(path)?.[1] ?? 200)
    sent = answers[path]?.(stream) ?? end(stream, status, status === 204 ? '' : PAGE)
  }
  if (stream.readableEnded || headers[':method'] === 'GET') answer()
  else stream.on('end', answer)
})
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`))
process.on('SIGTERM', () => process.exit(0))
