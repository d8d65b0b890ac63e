import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { program } from './packages.js'
import { freePort, ready, register, start, temporaryFolder } from './process.js'

/** A message as the server logs it: `<` it came from a client, `>` it went to one. */
export interface Logged {
  readonly client: number
  readonly direction: '<' | '>'
  /** The control line; `OK` and `-ERR text` where it acknowledges. */
  readonly line: string
}

export interface Nats {
  readonly port: number
  readonly pid: number
  /** All messages so far, in their order; still there after `stop`. */
  logged(): Logged[]
  stop(): Promise<void>
}

/** An account that may not do everything; without a login, everything is allowed. */
export const ACCOUNT = { user: 'limited', password: 'secret-of-limited', denied: 'secret.>' } as const

const LINE = /cid:(\d+) .*?(<<-|->>) \[(.*)\]$/

function parseLine(line: string): Logged[] {
  const [, client, arrow, text] = LINE.exec(line) ?? []
  if (text === undefined || client === undefined) return []
  return [{ client: Number(client), direction: arrow === '<<-' ? '<' : '>', line: text }]
}

const config = (port: number, folder: string): string => `
listen: 127.0.0.1:${port}
debug: true
trace: true
logtime: false
max_payload: 4MB
jetstream { store_dir: ${JSON.stringify(join(folder, 'js'))} }
authorization {
  users = [
    { user: any, password: any }
    { user: ${ACCOUNT.user}, password: ${ACCOUNT.password}
      permissions: { publish: { deny: "${ACCOUNT.denied}" }, subscribe: { deny: "${ACCOUNT.denied}" } } }
  ]
}
no_auth_user: any
`

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    const [first] = (await once(socket, 'data')) as [Buffer]
    return first.toString('latin1').startsWith('INFO ')
  } finally {
    socket.destroy()
  }
}

/** Starts NATS with JetStream and without a cluster on a free loopback port; it logs every message. */
export async function startNats(): Promise<Nats> {
  const folder = await temporaryFolder('nats')
  const port = await freePort()
  const file = join(folder.path, 'nats.conf')
  await writeFile(file, config(port, folder.path))
  const server = start(program('nats-server'), { args: ['-c', file] })
  const lines: string[] = []
  let rest = ''
  server.child.stderr?.on('data', (chunk: Buffer) => {
    const all = (rest + chunk.toString()).split('\n')
    rest = all.pop() ?? ''
    lines.push(...all)
  })
  await ready('nats-server', server, () => greets(port), folder)
  return register({
    port,
    pid: server.pid,
    logged: () => lines.flatMap(parseLine),
    stop: async () => {
      await server.stop('SIGTERM')
      await folder.remove()
    },
  })
}
