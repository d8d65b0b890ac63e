import { once } from 'node:events'
import { connect } from 'node:net'
import { program } from './packages.js'
import { freePort, ready, register, start } from './process.js'

export interface Memcached {
  readonly port: number
  readonly pid: number
  /** The lines of the text commands that it has read; still there after `stop`. */
  commands(): string[]
  /** A counter of its statistics. */
  statistic(name: string): Promise<number>
  stop(): Promise<void>
}

// Of the binary protocol and of the connections themselves it says other things.
const COMMAND = /^<\d+ (?!new |connection )([a-z].*)$/
const OPTIONS = ['-u', 'nobody', '-l', '127.0.0.1', '-vv']

async function statistics(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.endsWith('END\r\n')) socket.end()
  })
  socket.write('stats\r\n')
  await once(socket, 'close')
  return said
}

/** Starts memcached on a free loopback port, of TCP and UDP. */
export async function startMemcached(): Promise<Memcached> {
  const port = await freePort()
  const server = start(program('memcached'), { args: [...OPTIONS, '-p', `${port}`, '-U', `${port}`] })
  await ready('memcached', server, async () => (await statistics(port)).startsWith('STAT pid '))
  return register({
    port,
    pid: server.pid,
    commands: () =>
      server
        .stderr()
        .split('\n')
        .flatMap((line) => COMMAND.exec(line)?.[1] ?? []),
    statistic: async (name: string) => {
      const value = new RegExp(`^STAT ${name} (\\d+)\r$`, 'm').exec(await statistics(port))?.[1]
      if (value === undefined) throw new Error(`no statistic ${name}`)
      return Number(value)
    },
    stop: () => server.stop('SIGTERM'),
  })
}
