import { join } from 'node:path'
import { freePort, ready, register, start } from './process.js'

/** What became of a stream, as one of its ends saw it. */
export interface StreamLog {
  readonly method: string
  readonly path: string
  readonly status: number | null
  readonly bodyBytes: number
  readonly requestBodyBytes: number
  /** The error code with which it was closed; 0: none. */
  readonly code: number
}

export interface NodeHttp2 {
  readonly port: number
  readonly pid: number
  streams(): StreamLog[]
  stop(): Promise<void>
}

/** The lines in which a server or client says what became of its streams. */
export function parseStreams(text: string): StreamLog[] {
  const lines = text
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as StreamLog)
}

/** Starts a `node:http2` server, without TLS, in a process of its own. */
export async function startNodeHttp2(): Promise<NodeHttp2> {
  const port = await freePort()
  const args = [join(import.meta.dirname, 'node-http2-server.mjs'), `${port}`]
  const server = start({ file: process.execPath, env: process.env }, { args, stdout: 'pipe' })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('the node server', server, async () => said.startsWith(`${port}\n`))
  return register({
    port,
    pid: server.pid,
    streams: () => parseStreams(said),
    stop: () => server.stop('SIGTERM'),
  })
}
