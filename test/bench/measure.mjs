import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const CLOCK_TICKS = 100

/** The value at `share` of the sorted values, 0.5 being the median. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (high - low) * (at - Math.floor(at))
}

/** `median (lowest – highest)`. */
export function spread(values, show = (value) => value.toFixed(2)) {
  if (values.length === 0) return '–'
  return `${show(quantile(values, 0.5))} (${show(Math.min(...values))} – ${show(Math.max(...values))})`
}

/**
 * The median and the interval in which it lies with at least 95 %, by the order of the values: no assumption on how they are
 * distributed. Of fewer than six values that is all of them.
 */
export function interval(values, show = (value) => value.toFixed(3)) {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  let rank = 0
  // The chance that `rank` or fewer of n values lie below the median: of a coin thrown n times.
  let chance = 0.5 ** n
  for (let term = chance; chance <= 0.025; chance += term) term *= (n - rank) / ++rank
  const [low, high] = [sorted[Math.max(rank - 1, 0)], sorted[Math.min(n - rank, n - 1)]]
  return `${show(quantile(values, 0.5))} [${show(low)}, ${show(high)}]`
}

/** A number with its thousands apart. */
export function whole(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ')
}

// The shell's `time` has the user and system time of the process alone, not of what reads its output.
const TIMED = `TIMEFORMAT='%U %S %R'; { time "$@" 2>"$SAID"; }`
const SINKS = { file: ' >"$OUT"', pipe: ' | cat >/dev/null', null: ' >/dev/null' }

/** Runs a program to its end → its CPU time and wall time in seconds. `to`: file, pipe or null. */
export function timed({ file, env = process.env }, args, { to = 'null', out = '/dev/null', said = '/dev/null' } = {}) {
  const words = ['-c', TIMED + SINKS[to], 'bash', file, ...args]
  const { status, stderr } = spawnSync('bash', words, { encoding: 'utf8', env: { ...env, OUT: out, SAID: said } })
  const [user, system, wall] = stderr.trim().split('\n').at(-1).split(' ').map(Number)
  if (status !== 0 || Number.isNaN(wall)) throw new Error(`${file} ${args.join(' ')}: exit ${status}: ${stderr}`)
  return { cpu: user + system, wall }
}

/** User and system time of a process so far, in seconds. */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS
}

/** Writes of a process so far: calls of write(), writev() and their like. */
export function writesOf(pid) {
  return Number(/^syscw: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))[1])
}

/** Resident memory of a process in MiB: now, and at most. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]) / 1024
  return { now: read('VmRSS'), most: read('VmHWM') }
}

/** How many lines of a file match. */
export function countLines(path, pattern) {
  const { stdout, status } = spawnSync('grep', ['-cE', pattern, path], { encoding: 'utf8' })
  if (status > 1) throw new Error(`cannot read ${path}`)
  return Number(stdout)
}

/** The list, begun at another place each round: what comes first is not always the same. */
export function inTurn(list, round) {
  const at = round % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

/** A table of Markdown. */
export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Waits. */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
