import { join } from 'node:path'
import { program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'

/** A command as the server has executed it; commands that change the server itself are not told. */
export interface Executed {
  /** Where it came from: an address, or `lua`. */
  readonly from: string
  readonly words: readonly string[]
}

export interface Redis {
  readonly port: number
  readonly socket: string
  readonly pid: number
  /** Everything that was executed so far; still there after `stop`. */
  monitored(): Executed[]
  stop(): Promise<void>
}

/** An account with a password; the default user has none. */
export const ACCOUNT = { user: 'tester', password: 'secret-of-tester' } as const

const OPTIONS = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0']
const LINE = /^\d+\.\d{6} \[\d+ ([^\]]+)\] (.*)$/
const WORD = /"((?:[^"\\]|\\.)*)"/g
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' }

// Words are quoted byte by byte.
function unquote(word: string): string {
  const bytes = word.replace(/\\(x[0-9a-f]{2}|.)/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  )
  return Buffer.from(bytes, 'latin1').toString()
}

function parseLine(line: string): Executed[] {
  const [, from, words] = LINE.exec(line) ?? []
  if (from === undefined || words === undefined) return []
  return [{ from, words: [...words.matchAll(WORD)].map((match) => unquote(match[1] as string)) }]
}

/** Starts Redis on a free loopback port, with an empty database, `ACCOUNT`, and a client that monitors it by a unix socket. */
export async function startRedis(options: { readonly args?: readonly string[] } = {}): Promise<Redis> {
  const folder = await temporaryFolder('redis')
  const port = await freePort()
  const socket = join(folder.path, 's.sock')
  const places = ['--port', `${port}`, '--unixsocket', socket, '--dir', folder.path]
  const account = ['--user', ACCOUNT.user, 'on', `>${ACCOUNT.password}`, '~*', '&*', '+@all']
  const args = [...places, ...OPTIONS, ...account, ...(options.args ?? [])]
  const server = start(program('redis-server'), { args })
  const cli = program('redis-cli')
  const pings = async (): Promise<boolean> => (await run(cli, ['-s', socket, 'ping'])).stdout === 'PONG\n'
  await ready('redis-server', server, pings, folder)
  const monitor = start(cli, { args: ['-s', socket, 'monitor'], stdout: 'pipe' })
  let said = ''
  monitor.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1')
  })
  await ready('redis-cli monitor', monitor, async () => said.startsWith('OK\n'), folder)
  return register({
    port,
    socket,
    pid: server.pid,
    monitored: () => said.split('\n').flatMap(parseLine),
    stop: async () => {
      await server.stop('SIGTERM')
      await monitor.stop()
      await folder.remove()
    },
  })
}
