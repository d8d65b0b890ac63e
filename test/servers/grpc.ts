import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Program, program, python } from './packages.js'
import { freePort, ready, register, type Stoppable, start } from './process.js'

export interface Grpc extends Stoppable {
  readonly port: number
  readonly pid: number
}

/** Python with the libraries that gRPC needs. */
export function grpcPython(): Program {
  const { file, env } = python()
  return { file, env: { ...env, LD_LIBRARY_PATH: program('nghttpd').env.LD_LIBRARY_PATH } }
}

/** Can this Python load gRPC? The packages' is built for one version of Python. */
export function hasGrpc(): boolean {
  const { file, env } = grpcPython()
  return spawnSync(file, ['-c', 'import grpc'], { env, timeout: 20_000 }).status === 0
}

/** Starts a gRPC server in Python. */
export async function startGrpc(): Promise<Grpc> {
  const port = await freePort()
  const server = start(grpcPython(), { args: [join(import.meta.dirname, 'grpc-server.py'), `${port}`], stdout: 'pipe' })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('the gRPC server', server, async () => said.includes('ready'))
  return register({ port, pid: server.pid, stop: () => server.stop('SIGTERM') })
}
