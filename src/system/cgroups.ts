import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { onHost } from './host-path.js'

const ID = '[0-9a-f]{64}'
/** How the leaf of a container's cgroup is called, by those who make them; the innermost that matches counts. */
const SCOPES: readonly (readonly [runtime: string, pattern: RegExp])[] = [
  ['docker', new RegExp(`^docker-(${ID})\\.scope$`)],
  ['containerd', new RegExp(`^(?:cri-containerd|nerdctl)-(${ID})\\.scope$`)],
  ['containerd', new RegExp(`^.*:cri-containerd:(${ID})$`)],
  ['cri-o', new RegExp(`^crio-(${ID})(?:\\.scope)?$`)],
  ['podman', new RegExp(`^libpod-(${ID})(?:\\.scope)?$`)],
  ['lxc', /^lxc\.payload\.(.+)$/],
  ['nspawn', /^machine-(.+)\.scope$/],
]
/** Where the leaf is the bare id, its parent tells who made it; a pod's containers are those of its runtime, whoever that is. */
const PARENTS: readonly (readonly [runtime: string, pattern: RegExp])[] = [
  ['docker', /^docker$/],
  ['podman', /^libpod_parent$/],
  ['kubernetes', /^pod[0-9a-f-]{36}$/],
  ['kubernetes', /^kubepods.*pod[0-9a-f_-]{36}(?:\.slice)?$/],
  ['ecs', /^[0-9a-f]{32}$/],
]
const BARE = new RegExp(`^(${ID}|[0-9a-f]{32}-\\d+)$`)
const UNIT = /^(?:[^/]+\.service|session-.+\.scope)$/

/**
 * What a cgroup is to a person, from its path alone: `docker:ID`, `containerd:ID`, `cri-o:ID`, `podman:ID`, `kubernetes:ID`,
 * `lxc:NAME` …, else the systemd unit (`systemd:nginx.service`); null: neither.
 */
export function containerOf(path: string): string | null {
  const parts = path.split('/').filter(Boolean)
  for (let i = parts.length - 1; i >= 0; i--) {
    const found = containerAt(parts[i] as string, parts[i - 1] ?? '')
    if (found !== undefined) return found
  }
  const unit = parts.findLast((part) => UNIT.test(part))
  return unit === undefined ? null : `systemd:${unescaped(unit)}`
}

function containerAt(part: string, parent: string): string | undefined {
  for (const [runtime, pattern] of SCOPES) {
    const id = pattern.exec(part)?.[1]
    if (id !== undefined) return `${runtime}:${unescaped(id)}`
  }
  if (parent === 'lxc') return `lxc:${part}`
  if (!BARE.test(part)) return undefined
  const made = PARENTS.find(([, pattern]) => pattern.test(parent))
  return `${made?.[0] ?? 'container'}:${part}`
}

// systemd writes what a unit's name may not hold as \xNN.
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** The path in /proc/PID/cgroup that says most: of cgroup v2, else of the first v1 hierarchy where the process is not at the root. */
export function pathIn(text: string): string | undefined {
  const paths = [...text.matchAll(/^\d+:([^:\n]*):(\/.*)$/gm)].map(([, controllers, path = '/']) => ({
    controllers,
    path,
  }))
  const inner = paths.filter(({ path }) => path !== '/')
  return (inner.find(({ controllers }) => controllers === '') ?? inner[0] ?? paths[0])?.path
}

const KNOWN_MAX = 4096
/** Ids up to this are roots of hierarchies: every process of a v1 host is there. */
const ROOT_ID = 1

/** Paths of cgroups, asked for when a process is first seen; it may have ended by then. */
export class CgroupPaths {
  readonly #byId = new Map<number, string>()
  readonly #byProcess = new Map<string, string | undefined>()

  /** `id`: of the cgroup v2 at the time of the event; undefined: not known, nor to be found out any more. */
  of(pid: number, start: number, id: number): string | undefined {
    const known = id > ROOT_ID ? this.#byId.get(id) : undefined
    if (known !== undefined) return known
    const process = `${pid} ${start} ${id}`
    if (this.#byProcess.has(process)) return this.#byProcess.get(process)
    const path =
      readPath(pid) ??
      (id > ROOT_ID ? cgroupDirectories().find((each) => each.level !== undefined && each.id === id)?.path : undefined)
    if (path !== undefined && id > ROOT_ID) this.#keep(this.#byId, id, path)
    else this.#keep(this.#byProcess, process, path)
    return path
  }

  #keep<K, V>(into: Map<K, V>, key: K, value: V): void {
    if (into.size >= KNOWN_MAX) into.clear()
    into.set(key, value)
  }
}

function readPath(pid: number): string | undefined {
  try {
    return pathIn(readFileSync(onHost(`/proc/${pid}/cgroup`), 'latin1'))
  } catch {
    return undefined
  }
}

export interface CgroupDirectory {
  /** As in /proc/PID/cgroup. */
  readonly path: string
  readonly id: number
  /** Of cgroup v2: how far below the root; undefined in a v1 hierarchy, whose ids the kernel does not compare. */
  readonly level: number | undefined
  readonly folder: string
}

/** All cgroups: those of v2 first, then those of the v1 hierarchies of memory and systemd. */
export function cgroupDirectories(): CgroupDirectory[] {
  const mounts = readMounts()
  const unified = mounts.filter(({ type }) => type === 'cgroup2')
  const legacy = mounts.filter(({ type, at }) => type === 'cgroup' && /\/(memory|systemd)$/.test(at))
  return [...unified.flatMap(({ at }) => walk(at, true)), ...legacy.flatMap(({ at }) => walk(at, false))]
}

function readMounts(): { type: string; at: string }[] {
  try {
    const lines = readFileSync(onHost('/proc/1/mounts'), 'latin1').split('\n')
    return lines.map((line) => line.split(' ')).map(([, at = '', type = '']) => ({ type, at: onHost(at) }))
  } catch {
    return []
  }
}

function walk(mount: string, unified: boolean): CgroupDirectory[] {
  const found: CgroupDirectory[] = []
  const visit = (folder: string, path: string, level: number): void => {
    try {
      const id = statSync(folder).ino
      found.push({ path: path === '' ? '/' : path, id, level: unified ? level : undefined, folder })
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) visit(join(folder, entry.name), `${path}/${entry.name}`, level + 1)
      }
    } catch {
      // it has been removed
    }
  }
  visit(mount, '', 0)
  return found
}

/** The folder of the cgroup above all others, of v2; undefined: it is not mounted here, or only what is below it. */
export function rootCgroup(): string | undefined {
  return readMounts().find(({ type, at }) => type === 'cgroup2' && idOf(at) === ROOT_ID)?.at
}

function idOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino
}

/** The processes that are in a cgroup now, and in those below it. */
export function processesIn(directory: CgroupDirectory): number[] {
  return walk(directory.folder, false).flatMap(({ folder }) => {
    try {
      return readFileSync(join(folder, 'cgroup.procs'), 'latin1').split('\n').filter(Boolean).map(Number)
    } catch {
      return []
    }
  })
}
