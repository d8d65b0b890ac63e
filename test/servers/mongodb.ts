import { connect } from 'node:net'
import { type Found, goProgram } from './go.js'
import type { Program } from './packages.js'
import { freePort, ready, register, start, temporaryFolder } from './process.js'

export interface Mongodb {
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** FerretDB, which speaks the protocol of MongoDB and keeps the data in SQLite: no package that we may fetch has MongoDB itself. */
export const ferretdb = (): Found => goProgram('ferretdb')

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Starts it on a free port of the loopback, empty. */
export async function startMongodb(program: Program): Promise<Mongodb> {
  const folder = await temporaryFolder('mongodb')
  const port = await freePort()
  const server = start(program, { args: [`${port}`, folder.path] })
  await ready('ferretdb', server, () => accepts(port), folder, 60_000)
  return register({
    port,
    pid: server.pid,
    stop: async () => {
      await server.stop()
      await folder.remove()
    },
  })
}
