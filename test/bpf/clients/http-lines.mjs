// One connection, kept alive: a GET for each path that comes on stdin; answers `STATUS` on stdout: http-lines.mjs PORT
import { Agent, get } from 'node:http'
import { createInterface } from 'node:readline'

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
for await (const path of createInterface({ input: process.stdin })) {
  await new Promise((resolve) => {
    get({ port: Number(process.argv[2]), host: '127.0.0.1', path, agent }, (res) => {
      res.resume().on('end', () => process.stdout.write(`${res.statusCode}\n`, resolve))
    })
  })
}
agent.destroy()
