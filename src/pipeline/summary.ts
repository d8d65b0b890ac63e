import type { LossLine, ProgramCost } from '../connectors/connector.js'
import { formatBytes } from '../lib/quantity.js'

/** What a reader of the closing words cannot know, and can do. */
const MEANINGS: Readonly<Record<string, string>> = {
  skip_nobuf: 'moved without a buffer that this hook can read: io_uring, sendfile, splice',
  lost_ring: 'the ring was full; --ring-bytes makes it larger, --pid and --port leave less to trace',
  lost_control: 'the ring of new connections was full; --ring-bytes makes it larger',
  lost_map: 'more connections at once than --connections',
  lost_shed: 'new connections, left alone while the ring was filling up or to keep to --max-overhead',
  unseen: 'moved past every probe',
  evicted_connection: 'given up, for there were too many at once',
}

/** The closing words on stderr: what was seen is what was emitted, skipped and lost; and what it cost. */
export function summary(
  losses: readonly LossLine[],
  costs: readonly ProgramCost[],
  rows: number,
  elapsedMs: number,
): string {
  const seconds = elapsedMs / 1000
  const usage = process.resourceUsage()
  const cpu = (usage.userCPUTime + usage.systemCPUTime) / 1e6
  const lines = [...kernelLines(losses), ...userLines(losses), ...meanings(losses), ...costLines(costs, elapsedMs)]
  lines.push(
    `${rows} rows in ${seconds.toFixed(1)} s; stirling itself: ${cpu.toFixed(2)} s CPU, ${formatBytes(usage.maxRSS * 1024)} at most`,
  )
  return `${lines.join('\n')}\n`
}

const happened = ({ events, bytes }: LossLine): boolean => events > 0 || bytes > 0

const FROM_KERNEL = /^(seen|emitted|skip_|lost_)/

function kernelLines(losses: readonly LossLine[]): string[] {
  const seen = losses.find((line) => line.kind === 'seen')
  if (seen === undefined) return []
  const parts = losses.filter((line) => line.kind !== 'seen' && FROM_KERNEL.test(line.reason))
  const named = (of: (line: LossLine) => number, show: (n: number) => string): string =>
    parts
      .filter((line) => line.kind === 'emitted' || of(line) > 0)
      .map((line) => `${show(of(line))} ${line.reason}`)
      .join(' + ')
  return [
    `events: ${seen.events} seen = ${named((line) => line.events, String)}`,
    `bytes: ${formatBytes(seen.bytes)} seen = ${named((line) => line.bytes, formatBytes)}`,
  ]
}

function userLines(losses: readonly LossLine[]): string[] {
  return losses
    .filter((line) => !FROM_KERNEL.test(line.reason) && happened(line))
    .map((line) => `${line.reason}: ${line.events > 0 ? `${line.events}, ` : ''}${formatBytes(line.bytes)}`)
}

function meanings(losses: readonly LossLine[]): string[] {
  const reasons = new Set(losses.filter(happened).map(({ reason }) => reason))
  return [...reasons].filter((reason) => reason in MEANINGS).map((reason) => `  ${reason}: ${MEANINGS[reason]}`)
}

// What those who are traced, and bystanders, have paid.
function costLines(costs: readonly ProgramCost[], elapsedMs: number): string[] {
  const ran = costs.filter(({ runs, runTimeNs }) => runs > 0 && runTimeNs > 0)
  if (ran.length === 0) return []
  const totalMs = ran.reduce((sum, { runTimeNs }) => sum + runTimeNs, 0) / 1e6
  const each = ran.map(({ program, runs, runTimeNs }) => `${program} ${runs} × ${Math.round(runTimeNs / runs)} ns`)
  const percent = (totalMs / Math.max(elapsedMs, 1)) * 100
  return [`programs: ${(totalMs / 1000).toFixed(3)} s, ${percent.toFixed(2)} % of a core: ${each.join(', ')}`]
}
