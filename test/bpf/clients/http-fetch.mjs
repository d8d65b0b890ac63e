// fetch and node:http with keep-alive: http-fetch.mjs BASE
import { Agent, request } from 'node:http'

const base = process.argv[2]

async function fetches() {
  const paths = [
    '/hello',
    '/static/1k.txt',
    '/static/100k.txt',
    '/status/404',
    '/status/500',
    '/status/204',
    '/copied/1m.txt',
  ]
  await Promise.all(paths.map(async (path) => (await fetch(`${base}${path}?by=fetch`)).arrayBuffer()))
  for (const size of [0, 1, 1000, 20_000]) {
    const answer = await fetch(`${base}/post?by=fetch`, { method: 'POST', body: 'x'.repeat(size) })
    await answer.text()
  }
  await fetch(`${base}/static/1m.txt?by=fetch`, { method: 'HEAD' })
}

const once = (agent, path, method, body) =>
  new Promise((resolve, reject) => {
    const headers = body ? { 'content-length': body.length } : {}
    const req = request(`${base}${path}`, { agent, method, headers }, (res) => res.resume().on('end', resolve))
    req.on('error', reject)
    req.end(body)
  })

async function agents() {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  const work = []
  for (let i = 0; i < 40; i++) work.push(once(agent, `/static/${i % 2 ? '1k.txt' : '0.bin'}?by=agent&n=${i}`, 'GET'))
  for (const method of ['PUT', 'DELETE', 'PATCH'])
    work.push(once(agent, '/post?by=agent', method, `{"method":"${method}"}`))
  await Promise.all(work)
  agent.destroy()
}

await fetches()
await agents()
