import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Program, prefix, program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'

/** A queue as the server counts it. */
export interface Queue {
  readonly name: string
  readonly messages: number
}

export interface Rabbit {
  readonly port: number
  readonly pid: number
  /** All queues. */
  queues(): Promise<Queue[]>
  stop(): Promise<void>
}

/** The account that every fresh server has. */
export const ACCOUNT = { user: 'guest', password: 'guest' } as const

const STARTUP_MS = 120_000

// Debian's scripts expect Erlang at /usr/lib/erlang.
async function writeErl(folder: string, erlang: string, machine: string): Promise<string> {
  const bin = join(folder, 'bin')
  const file = join(bin, 'erl')
  await mkdir(bin)
  const variables = `ROOTDIR='${erlang}' BINDIR='${machine}' EMU=beam PROGNAME=erl`
  await writeFile(file, `#!/bin/sh\nexport ${variables}\nexec '${machine}/erlexec' "$@"\n`)
  await chmod(file, 0o755)
  return bin
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}

/** Sends what is no protocol that the server knows: it answers with the header of the one that it speaks. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(2000, () => socket.destroy(new Error('silent')))
  try {
    socket.write('AMQP\x01\x01\x00\x0a')
    const [first] = (await once(socket, 'data')) as [Buffer]
    return first.toString('latin1').startsWith('AMQP')
  } finally {
    socket.destroy()
  }
}

/** Starts RabbitMQ on free loopback ports with a port mapper of its own; that takes some 20 seconds. */
export async function startRabbit(): Promise<Rabbit> {
  const folder = await temporaryFolder('rabbitmq')
  const [port, distribution, epmdPort] = [await freePort(), await freePort(), await freePort()]
  const { file, env } = program('epmd')
  const usr = prefix({ file, env })
  const erlang = join(usr, 'lib/erlang')
  const scripts = join(usr, 'lib/rabbitmq/bin')
  const runtime = readdirSync(erlang).find((name) => name.startsWith('erts-')) ?? 'erts'
  const machine = join(erlang, runtime, 'bin')
  const bin = await writeErl(folder.path, erlang, machine)
  const at = (name: string): string => join(folder.path, name)
  await writeFile(at('rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\nlog.console = true\n`)
  await writeFile(at('advanced.config'), '[{kernel,[{inet_dist_use_interface,{127,0,0,1}}]}].\n')
  await writeFile(at('plugins'), '[].\n')
  const settings = {
    HOME: folder.path,
    PATH: `${bin}:${process.env.PATH}`,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: `${epmdPort}`,
    RABBITMQ_NODENAME: `stirling${port}@localhost`,
    RABBITMQ_DIST_PORT: `${distribution}`,
    RABBITMQ_CTL_DIST_PORT_MIN: `${await freePort()}`,
    RABBITMQ_MNESIA_BASE: at('mnesia'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    // The shell becomes the server, as where a supervisor started it.
    detached: '1',
  }
  const mapper = start(
    { file: join(machine, 'epmd'), env },
    { args: ['-address', '127.0.0.1', '-port', `${epmdPort}`] },
  )
  await ready('epmd', mapper, () => listens(epmdPort), folder)
  const shell: Program = { file: '/bin/sh', env: { ...env, ...settings } }
  const server = start(shell, { args: [join(scripts, 'rabbitmq-server')] })
  const stop = async (): Promise<void> => {
    await server.stop('SIGTERM')
    await mapper.stop('SIGTERM')
    await folder.remove()
  }
  await ready('rabbitmq-server', server, () => answers(port), folder, STARTUP_MS)
  return register({
    port,
    pid: server.pid,
    queues: async () => {
      const args = [join(scripts, 'rabbitmqctl'), '--silent', 'list_queues', 'name', 'messages']
      const { code, stdout, stderr } = await run(shell, args, { ms: STARTUP_MS })
      if (code !== 0) throw new Error(`rabbitmqctl: ${stdout}${stderr}`)
      const lines = stdout.split('\n').map((line) => line.split('\t'))
      return lines.filter(({ length }) => length === 2).map(([name = '', n]) => ({ name, messages: Number(n) }))
    },
    stop,
  })
}
