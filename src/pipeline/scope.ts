import { statSync } from 'node:fs'
import type { CgroupScope, Scope } from '../connectors/connector.js'
import { TracerError } from '../lib/errors.js'
import { nearest } from '../lib/nearest.js'
import { parseInteger, parseList } from '../lib/quantity.js'
import type { CaptureValues } from '../lib/trace-flags.js'
import { type CgroupDirectory, cgroupDirectories, containerOf, processesIn } from '../system/cgroups.js'
import { onHost } from '../system/host-path.js'
import { outputReaders } from '../system/output-readers.js'
import { hostPidOf, ownPid, readStat } from '../system/proc.js'

const PORT_MAX = 65_535
const PID_MAX = 4_194_304
const COMM_MAX = 15
const SHOWN = 8
/** As many digits of an id as `docker ps` shows; fewer are taken where they say which. */
const SHORT_ID = 12

/** Whom to trace, by the flags. Throws usage errors: no such process, container, cgroup, namespace. */
export function scopeOf(flags: CaptureValues): Scope {
  const pids = parseList(flags.pid).map((text) => parseInteger(text, 'a process id', 1, PID_MAX))
  const comms = parseList(flags.comm).map((name) => name.slice(0, COMM_MAX))
  const ports = parseList(flags.port).map((text) => parseInteger(text, 'a port', 1, PORT_MAX))
  for (const pid of pids) {
    if (readStat(pid) === undefined) throw new TracerError('usage', `no process ${pid}`, 'see `ps -e`')
  }
  const groups = cgroupsOf(parseList(flags.cgroup), parseList(flags.container))
  const named = pids.length + comms.length + groups.length > 0
  return {
    pids,
    comms,
    ports,
    cgroups: groups.filter(isUnified),
    netns: parseList(flags.netns).map(netnsOf),
    trees: groups.filter((group) => !isUnified(group)).flatMap(processesIn),
    root: undefined,
    excluded: [ownPid(), ...outputReaders(ownPid())],
    unix: flags.unix || named,
  }
}

/** The same, of the processes of `-- CMD`, whose pid is `root`. */
export function withRoot(scope: Scope, root: number): Scope {
  return { ...scope, root: hostPidOf(root), unix: true }
}

const isUnified = (group: CgroupDirectory): group is CgroupDirectory & CgroupScope => group.level !== undefined

function cgroupsOf(paths: readonly string[], containers: readonly string[]): CgroupDirectory[] {
  if (paths.length + containers.length === 0) return []
  const all = cgroupDirectories()
  return [...paths.map((path) => cgroupOf(path, all)), ...containers.flatMap((name) => containerGroups(name, all))]
}

function cgroupOf(path: string, all: readonly CgroupDirectory[]): CgroupDirectory {
  const wanted = path.replace(/(?<=.)\/+$/, '')
  const found = all.find((group) => group.path === wanted || group.folder === wanted || `${group.id}` === wanted)
  if (found !== undefined) return found
  const guess = nearest(
    wanted,
    all.map((group) => group.path),
  )
  throw new TracerError(
    'usage',
    `no cgroup ${JSON.stringify(path)}`,
    guess === undefined ? 'a path as in /proc/PID/cgroup, or its folder' : `did you mean ${guess}?`,
  )
}

// A container may have cgroups of its own below: its outermost one has them all.
function containerGroups(name: string, all: readonly CgroupDirectory[]): CgroupDirectory[] {
  const labelled = all.flatMap((group) => {
    const container = containerOf(group.path)
    return container === null ? [] : [{ container, group }]
  })
  const hits = labelled.filter(({ container }) => isCalled(container, name))
  const unified = hits.filter(({ group }) => group.level !== undefined)
  const found = outermost((unified.length > 0 ? unified : hits).map(({ group }) => group))
  if (found.length === 0) throw new TracerError('usage', `no container ${JSON.stringify(name)}`, running(labelled))
  return found
}

/** Is `docker:3f4a…` what was meant by `3f4a`, `docker:3f4a…`, or `systemd:nginx.service` by `nginx.service`, `nginx`? */
function isCalled(container: string, name: string): boolean {
  const own = container.slice(container.indexOf(':') + 1)
  if (container === name || own === name || own === `${name}.service`) return true
  return /^[0-9a-f]{4,}$/.test(name) && own.startsWith(name) && !container.startsWith('systemd:')
}

function outermost(groups: readonly CgroupDirectory[]): CgroupDirectory[] {
  return groups.filter((one) => !groups.some((other) => other !== one && one.path.startsWith(`${other.path}/`)))
}

function running(labelled: readonly { readonly container: string }[]): string {
  const names = [...new Set(labelled.map(({ container }) => short(container)))]
  if (names.length === 0) return 'no process here is in a container or a systemd unit'
  return `running are: ${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ' …' : ''}`
}

function short(container: string): string {
  return container.replace(/[0-9a-f]{64}/, (id) => id.slice(0, SHORT_ID))
}

// An inode number, a name as of `ip netns`, or a path such as /proc/PID/ns/net.
function netnsOf(text: string): number {
  if (/^\d+$/.test(text)) return parseInteger(text, 'the inode of a network namespace', 1, 2 ** 32 - 1)
  const path = text.startsWith('/') ? text : `/run/netns/${text}`
  try {
    return statSync(onHost(path)).ino
  } catch {
    const hint = 'a name of `ip netns list`, a path such as /proc/PID/ns/net, or an inode number'
    throw new TracerError('usage', `no network namespace ${JSON.stringify(text)}`, hint)
  }
}
