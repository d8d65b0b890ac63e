// Posts each line of stdin over HTTP to a server in this very process, prints how many: post-lines.mjs PORT
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { createInterface } from 'node:readline'

const port = Number(process.argv[2])
const server = createServer((req, res) => req.resume().on('end', () => res.end('ok')))
server.listen(port, '127.0.0.1')
await once(server, 'listening')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

let posted = 0
for await (const line of createInterface({ input: process.stdin })) {
  posted++
  await new Promise((resolve, reject) => {
    const req = request({ port, host: '127.0.0.1', method: 'POST', path: '/line', agent }, (res) => {
      res.resume().on('end', resolve)
    })
    req.on('error', reject)
    req.end(line)
  })
}
agent.destroy()
server.close()
process.stdout.write(`posted ${posted}\n`)
