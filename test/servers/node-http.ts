import { join } from 'node:path'
import type { Access } from './nginx.js'
import { freePort, ready, register, start } from './process.js'

/** What the server says of a request. */
export type NodeAccess = Pick<Access, 'method' | 'path' | 'status' | 'bodyBytes' | 'requestBodyBytes'>

export interface NodeHttp {
  readonly port: number
  readonly pid: number
  accessLog(): NodeAccess[]
  stop(): Promise<void>
}

/** Starts a `node:http` server in a process of its own. */
export async function startNodeHttp(): Promise<NodeHttp> {
  const port = await freePort()
  const args = [join(import.meta.dirname, 'node-http-server.mjs'), `${port}`]
  const server = start({ file: process.execPath, env: process.env }, { args, stdout: 'pipe' })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('the node server', server, async () => said.startsWith(`${port}\n`))
  return register({
    port,
    pid: server.pid,
    accessLog: () =>
      said
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as NodeAccess),
    stop: () => server.stop('SIGTERM'),
  })
}
