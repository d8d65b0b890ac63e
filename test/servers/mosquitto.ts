import { readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'

export interface Mosquitto {
  readonly port: number
  readonly pid: number
  /** What it says about the packets that it has received and sent, a line each; still there after `stop`. */
  packets(): string[]
  stop(): Promise<void>
}

/** An account with a password; nobody needs one. What begins with `secret/` is denied to it. */
export const ACCOUNT = { user: 'tester', password: 'secret-of-tester' } as const

const PACKET = /^\d+: ((?:Received|Sending|Denied) .*)$/

/** Starts Mosquitto on a free loopback port, with `ACCOUNT`. */
export async function startMosquitto(): Promise<Mosquitto> {
  const folder = await temporaryFolder('mosquitto')
  const port = await freePort()
  const [config, passwords, rights] = ['mosquitto.conf', 'passwords', 'rights'].map((name) => join(folder.path, name))
  const log = join(folder.path, 'log')
  const { user, password } = ACCOUNT
  await run(program('mosquitto_passwd'), ['-b', '-c', passwords as string, user, password])
  await writeFile(rights as string, `topic readwrite #\nuser ${user}\ntopic readwrite #\ntopic deny secret/#\n`)
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'max_inflight_messages 0',
    `log_dest file ${log}`,
    `password_file ${passwords}`,
    `acl_file ${rights}`,
  ]
  await writeFile(config as string, `${lines.join('\n')}\n`)
  await writeFile(log, '')
  // It gives up root, and reads and writes these files afterwards.
  await chmod(folder.path, 0o755)
  await chmod(log, 0o666)
  for (const file of [config, passwords, rights]) await chmod(file as string, 0o644)
  const server = start(program('mosquitto'), { args: ['-c', config as string, '-v'] })
  await ready('mosquitto', server, async () => readFileSync(log, 'utf8').includes('running'), folder)
  let running = true
  let said = ''
  return register({
    port,
    pid: server.pid,
    packets: () => {
      if (running) said = readFileSync(log, 'utf8')
      return said.split('\n').flatMap((line) => PACKET.exec(line)?.[1] ?? [])
    },
    stop: async () => {
      await server.stop('SIGTERM')
      if (running) said = readFileSync(log, 'utf8')
      running = false
      await folder.remove()
    },
  })
}
