import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../.cache/root')
const FOLDERS = ['usr/lib/postgresql/15/bin', 'usr/sbin', 'usr/bin']

/** A program of the cache, or of the host, and the environment it runs in. */
export interface Program {
  readonly file: string
  readonly env: Readonly<Record<string, string | undefined>>
}

let fetched = false

function fetchOnce(): void {
  if (fetched) return
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'fetch.mjs')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr.trim())
  fetched = true
}

function libraries(): string {
  const folders = ['lib', 'usr/lib'].map((folder) => join(ROOT, folder)).filter(existsSync)
  const triples = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  return triples.filter((name) => name.endsWith('-linux-gnu')).join(':')
}

function onHost(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find(existsSync)
}

/** Finds a program in the cache, else on the host; fills the cache at the first call. */
export function program(name: string): Program {
  fetchOnce()
  const file = FOLDERS.map((folder) => join(ROOT, folder, name)).find(existsSync)
  if (file) return { file, env: { ...process.env, LD_LIBRARY_PATH: libraries() } }
  const host = onHost(name)
  if (!host) throw new Error(`live tests need ${name}: neither in .cache/root nor in PATH`)
  return { file: host, env: process.env }
}

/** The host's python3, else that of the cache; with the clients of the cache in its path. */
export function python(): Program {
  fetchOnce()
  const host = onHost('python3')
  const { file, env } = host ? { file: host, env: process.env } : program('python3')
  const home = host ? {} : { PYTHONHOME: join(ROOT, 'usr') }
  return { file, env: { ...env, ...home, PYTHONPATH: join(ROOT, 'usr/lib/python3/dist-packages') } }
}

/** The folder of data files that belongs to a program of the cache or of the host: `usr` above its `bin` or `sbin`. */
export function prefix({ file }: Program): string {
  return join(file, '../..')
}
