import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { program } from './packages.js'
import { ready, register, start } from './process.js'

export interface Kafka {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

const LISTENING = '0A'

/** TCP ports of the loopback on which the process listens. */
function portsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fd`
  const sockets = new Set(readdirSync(folder).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1]))
  const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1)
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
    return state === LISTENING && sockets.has(inode) ? [Number.parseInt(local?.split(':')[1] ?? '', 16)] : []
  })
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file)
  } catch {
    return ''
  }
}

/**
 * Starts the broker that librdkafka has inside for its own tests, in kcat: on a random port of the loopback, with four
 * partitions a topic. kcat is its client as well, named `host`; it has nothing to say.
 */
export async function startKafka(): Promise<Kafka> {
  const kcat = program('kcat')
  const options = ['-X', 'test.mock.num.brokers=1', '-X', 'client.id=host']
  const server = start(kcat, { args: ['-P', '-b', '127.0.0.1:1', ...options, '-t', 'idle'], stdin: 'pipe' })
  await ready('kcat', server, async () => portsOf(server.pid).length > 0)
  const port = portsOf(server.pid)[0] as number
  return register({ port, pid: server.pid, stop: () => server.stop() })
}
