import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Program } from './packages.js'

const CACHE = join(import.meta.dirname, '../../.cache/go')
const BUILD_MS = 30 * 60_000

/** A program, or why there is none. */
export type Found = Program | { readonly lacking: string }

/**
 * The server in the folder of that name, which is a Go module: built once into .cache/go, with the versions and hashes of its
 * go.sum. The first time takes minutes.
 */
export function goProgram(name: string): Found {
  const folder = join(import.meta.dirname, name)
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)))
  const file = join(CACHE, 'bin', `${name}-${hash.digest('hex').slice(0, 12)}`)
  const env = {
    ...process.env,
    GOPATH: CACHE,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-modcacherw',
    GOCACHE: join(CACHE, 'build'),
  }
  if (existsSync(file)) return { file, env: process.env }
  const { error, status, stderr } = spawnSync('go', ['build', '-trimpath', '-o', file, '.'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: BUILD_MS,
  })
  if (error !== undefined) return { lacking: `${name} is built with go: ${error.message}` }
  return status === 0
    ? { file, env: process.env }
    : { lacking: `go cannot build ${name}: ${stderr.trim().slice(-500)}` }
}
