// One connection: a GET for each path that comes on stdin; answers `STATUS` on stdout: http2-lines.mjs PORT
import { connect } from 'node:http2'
import { createInterface } from 'node:readline'

const session = connect(`http://127.0.0.1:${process.argv[2]}`)
for await (const path of createInterface({ input: process.stdin })) {
  await new Promise((resolve) => {
    const stream = session.request({ ':path': path, 'x-same': 'always', authorization: 'Bearer secret' })
    stream.on('response', (headers) => process.stdout.write(`${headers[':status']}\n`))
    stream.resume().on('close', resolve)
  })
}
session.close()
