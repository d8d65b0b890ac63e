import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { program } from './packages.js'
import { freePort, ready, register, start, temporaryFolder } from './process.js'

export interface Nghttpd {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** The files that it serves: name → size. */
export const PAGES: Readonly<Record<string, number>> = { 'small.txt': 16, '100k.txt': 100 << 10, '1m.txt': 1 << 20 }

/** Starts nghttpd, without TLS; `args`: options of its own. */
export async function startNghttpd(...args: readonly string[]): Promise<Nghttpd> {
  const port = await freePort()
  const folder = await temporaryFolder('nghttpd')
  const html = join(folder.path, 'html')
  await mkdir(html)
  for (const [name, size] of Object.entries(PAGES)) {
    await writeFile(join(html, name), 'abcdefghijklmno\n'.repeat(size / 16))
  }
  const all = ['--no-tls', '--address', '127.0.0.1', '--htdocs', html, ...args, `${port}`]
  const server = start(program('nghttpd'), { args: all })
  await ready('nghttpd', server, () => accepts(port), folder)
  return register({
    port,
    pid: server.pid,
    stop: async () => {
      await server.stop('SIGTERM')
      await folder.remove()
    },
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
