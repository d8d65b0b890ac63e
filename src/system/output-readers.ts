import { descriptors, fdInfo, pids } from './proc.js'

const O_ACCMODE = 3
const O_WRONLY = 1
const HOPS_MAX = 8

/**
 * Who reads what process `pid` writes to stdout and stderr: the readers of its pipes, of theirs in turn (`| jq | less`), and who
 * holds the other side of its terminal (a terminal program, sshd). What they send on must not be traced: it would come back.
 */
export function outputReaders(pid: number): number[] {
  const found = new Set<number>()
  let writers = [pid]
  const others = pids().filter((other) => other !== pid)
  for (let hop = 0; hop < HOPS_MAX && writers.length > 0; hop++) {
    const targets = new Set(writers.flatMap(outputs))
    if (targets.size === 0) break
    writers = others.filter((other) => !found.has(other) && reads(other, targets))
    for (const reader of writers) found.add(reader)
  }
  return [...found]
}

// What stdout and stderr are: `pipe:[inode]` or `/dev/pts/N`.
function outputs(pid: number): string[] {
  return descriptors(pid)
    .filter(
      ({ fd, target }) => (fd === 1 || fd === 2) && (target.startsWith('pipe:') || target.startsWith('/dev/pts/')),
    )
    .map(({ target }) => target)
}

function reads(pid: number, targets: ReadonlySet<string>): boolean {
  return descriptors(pid).some(({ fd, target }) => {
    if (target.startsWith('pipe:')) return targets.has(target) && readable(pid, fd)
    return target === '/dev/ptmx' && targets.has(`/dev/pts/${fdInfo(pid, fd, 'tty-index')}`)
  })
}

function readable(pid: number, fd: number): boolean {
  const flags = Number.parseInt(fdInfo(pid, fd, 'flags') ?? '1', 8)
  return (flags & O_ACCMODE) !== O_WRONLY
}
