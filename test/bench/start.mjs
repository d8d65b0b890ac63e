// From the command to the first record on stdout.

import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import { quantile, table } from './measure.mjs'
import { RUN, STIRLING } from './programs.mjs'

const EVERY_MS = 5

/** Milliseconds from spawn to the first bytes of a row. */
async function first(bench, port) {
  const since = performance.now()
  const args = [
    RUN,
    'trace',
    '--connectors',
    'http',
    '--port',
    `${port}`,
    '--format',
    'ndjson',
    '--tables',
    'http_events',
  ]
  const tracer = bench.start(STIRLING, args, 'pipe')
  await once(tracer.child.stdout, 'data')
  const ms = performance.now() - since
  tracer.child.stdout.resume()
  await bench.stop(tracer)
  return ms
}

export async function start(bench, { starts }) {
  const server = createServer((_, response) => response.end('hello\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  const agent = new Agent({ keepAlive: true })
  const ask = () => get({ host: '127.0.0.1', port, agent }, (response) => response.resume()).on('error', () => {})
  const timer = setInterval(ask, EVERY_MS)
  const times = []
  for (let i = 0; i < starts; i++) times.push(await first(bench, port))
  clearInterval(timer)
  agent.destroy()
  server.close()
  const show = (share) => `${Math.round(quantile(times, share))} ms`
  return [
    table(
      ['command → first record', `of ${starts} starts`],
      [
        ['p50', show(0.5)],
        ['p95', show(0.95)],
      ],
    ),
  ]
}
