import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { onHost } from './host-path.js'

/** Numbers of /proc/PID/stat, as the kernel gives them. */
export interface ProcStat {
  readonly pid: number
  readonly comm: string
  readonly ppid: number
  readonly minorFaults: number
  readonly majorFaults: number
  readonly utimeTicks: number
  readonly ktimeTicks: number
  readonly threads: number
  /** Clock ticks since boot. */
  readonly startTicks: number
  readonly vsizeBytes: number
  readonly rssPages: number
}

/** Numbers of /proc/PID/io. */
export interface ProcIo {
  readonly rchar: number
  readonly wchar: number
  readonly readBytes: number
  readonly writeBytes: number
}

/** All processes. */
export function pids(): number[] {
  return readdirSync(onHost('/proc')).map(Number).filter(Number.isInteger)
}

/** Our own process, as the host numbers it: another number than ours in a pid namespace with the host's /proc at hand. */
export function ownPid(): number {
  return Number(link(onHost('/proc/self'))) || process.pid
}

/** A child of ours, as the host numbers it. */
export function hostPidOf(child: number): number {
  const own = ownPid()
  if (own === process.pid) return child
  return pids().find((pid) => readStat(pid)?.ppid === own && namespacePid(pid) === child) ?? child
}

// The number of a process in the innermost pid namespace that it is in.
function namespacePid(pid: number): number {
  const numbers = /^NSpid:\s+(.*)$/m.exec(read(onHost(`/proc/${pid}/status`)) ?? '')?.[1]
  return Number(numbers?.split('\t').at(-1))
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** undefined: the process is gone. */
export function readStat(pid: number): ProcStat | undefined {
  const stat = read(onHost(`/proc/${pid}/stat`))
  return stat === undefined ? undefined : parseStat(stat)
}

/** The name is in parentheses and may hold any byte, parentheses and spaces too; fields are counted as in proc(5). */
export function parseStat(stat: string): ProcStat | undefined {
  const open = stat.indexOf('(')
  const close = stat.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const fields = stat.slice(close + 2).split(' ')
  const field = (n: number): number => Number(fields[n - 3])
  return {
    pid: Number(stat.slice(0, open)),
    comm: Buffer.from(stat.slice(open + 1, close), 'latin1').toString('utf8'),
    ppid: field(4),
    minorFaults: field(10),
    majorFaults: field(12),
    utimeTicks: field(14),
    ktimeTicks: field(15),
    threads: field(20),
    startTicks: field(22),
    vsizeBytes: field(23),
    rssPages: field(24),
  }
}

/** undefined: gone, or not ours to read. */
export function readIo(pid: number): ProcIo | undefined {
  const io = read(onHost(`/proc/${pid}/io`))
  if (io === undefined) return undefined
  const values = new Map(io.split('\n').map((line) => line.split(': ') as [string, string]))
  const value = (name: string): number => Number(values.get(name) ?? 0)
  return {
    rchar: value('rchar'),
    wchar: value('wchar'),
    readBytes: value('read_bytes'),
    writeBytes: value('write_bytes'),
  }
}

/** Descriptors of a process and what they point at: `pipe:[123]`, `socket:[123]`, `/dev/pts/0`. Empty: gone, or not ours. */
export function descriptors(pid: number): { readonly fd: number; readonly target: string }[] {
  try {
    const folder = onHost(`/proc/${pid}/fd`)
    return readdirSync(folder).map((fd) => ({ fd: Number(fd), target: link(`${folder}/${fd}`) }))
  } catch {
    return []
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** A line `name:\tvalue` of /proc/PID/fdinfo/FD. */
export function fdInfo(pid: number, fd: number, name: string): string | undefined {
  const line = read(onHost(`/proc/${pid}/fdinfo/${fd}`))
    ?.split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`))
  return line?.slice(name.length + 1).trim()
}
