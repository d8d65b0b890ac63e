import { join } from 'node:path'
import { freePort, ready, register, start } from './process.js'

/** A message, as an end of the connection saw it. */
export interface MessageLog {
  readonly direction: string
  readonly opcode: string
  readonly body: string
}

export interface WebSocketEcho {
  readonly port: number
  readonly pid: number
  /** What it has sent and got so far. */
  messages(): MessageLog[]
  stop(): Promise<void>
}

/** Starts an echo of the package `ws`, in a process of its own. */
export async function startWebSocketEcho(): Promise<WebSocketEcho> {
  const port = await freePort()
  const args = [join(import.meta.dirname, 'websocket-server.mjs'), `${port}`]
  const server = start({ file: process.execPath, env: process.env }, { args, stdout: 'pipe' })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('the WebSocket server', server, async () => said.startsWith('ready\n'))
  return register({
    port,
    pid: server.pid,
    messages: () => {
      const lines = said.slice(0, said.lastIndexOf('\n')).split('\n')
      return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as MessageLog)
    },
    stop: () => server.stop('SIGTERM'),
  })
}
