// What the tracer says of itself on another kernel: the calls that it was not told of, and the memory that it may not have.
const CANNOT_TRACE = 3
/** They note where the bytes are when a call begins. */
const SEES_BEGINNINGS = ['fentry', 'kprobe']

const json = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))

/** How often the kernel left these programs out, by the tracer's words. */
const missesOf = (stderr, programs) =>
  [...stderr.matchAll(/^debug: program name=(\w+) .*\bmisses=(\d+)/gm)]
    .filter(([, name]) => programs.includes(name))
    .reduce((sum, [, , misses]) => sum + Number(misses), 0)

/**
 * Of calls whose number is known, one program runs for each: they are seen, or missed. Only the kernel decides how many are, and
 * it cannot tell those of other processes apart, for the program that would did not run. → what is wrong, and how many were
 * not seen.
 */
export function wrongCalls({ status, stdout, stderr }) {
  if (status === CANNOT_TRACE) return { wrong: [], missed: undefined }
  const [made] = json(stderr)
  if (status !== 0 || made === undefined) return { wrong: [`exit code ${status}: ${stderr.slice(-300)}`] }
  const losses = json(stdout).filter((row) => row.table_ === 'stirling_loss' && row.closing)
  const line = (reason) => losses.find((row) => row.reason === reason) ?? { events: 0, bytes: 0 }
  const missed = missesOf(stderr, ['sock_send', 'sock_recv'])
  const { events, bytes } = line('seen')
  const wrong = []
  if (events > made.calls || events + missed < made.calls)
    wrong.push(`${made.calls} calls: ${events} seen, ${missed} missed`)
  const expected = (events * made.bytes) / made.calls
  if (bytes !== expected) wrong.push(`${bytes} bytes in ${events} calls, not ${expected}`)
  if (line('missed').events < missed) wrong.push(`missed: ${line('missed').events} in the summary, not ${missed}`)
  if (line('emitted').events + sum(losses, 'skipped') + sum(losses, 'lost') !== events)
    wrong.push('the account is open')
  return { wrong, missed: made.calls - events }
}

const sum = (losses, kind) => losses.filter((row) => row.kind === kind).reduce((all, { events }) => all + events, 0)

/** A call of 100 bytes that was under way when the trace began, and five more of 600. → what is wrong. */
export function wrongWithin({ layer, status, stdout, stderr }) {
  if (status === CANNOT_TRACE) return []
  const losses = json(stdout).filter((row) => row.table_ === 'stirling_loss' && row.closing)
  const of = (reason) => losses.find((row) => row.reason === reason) ?? { events: 0, bytes: 0 }
  const whole = !SEES_BEGINNINGS.includes(layer)
  const [events, bytes, unseen] = whole ? [6, 700, 0] : [5, 600, 100]
  const said = [status, of('seen').events, of('seen').bytes, of('unseen').bytes]
  if (`${said}` === `${[0, events, bytes, unseen]}`) return []
  // What the kernel left out is missing of the bytes of its connection, and said to be.
  if (status === 0 && of('missed').events > 0 && of('seen').bytes + of('unseen').bytes === bytes + unseen) return []
  return [`begun within a call, ${layer}: code, events, bytes, unseen are ${said}: ${stderr.slice(-200)}`]
}

/** Little locked memory, and no permission for more: it counts before 5.11. → what is wrong. */
export function wrongMemory({ refused, raised, doctor }) {
  const wrong = []
  const [error, why, hint, ...more] = refused.stderr.trim().split('\n')
  if (refused.status !== CANNOT_TRACE || refused.stdout !== '') wrong.push(`exit code ${refused.status}`)
  if (error !== 'error: no hook layer works here' || more.length > 0) wrong.push(refused.stderr)
  if (!/^RLIMIT_MEMLOCK is 64\.0 KiB, and without CAP_SYS_RESOURCE it stays so/.test(why)) wrong.push(why)
  if (hint !== 'hint: sudo prlimit --memlock=unlimited --pid $$') wrong.push(hint)
  if (raised.status !== 0) wrong.push(`as the hint says: ${raised.stderr}`)
  const diagnosis = JSON.parse(doctor.stdout)
  if (doctor.status !== CANNOT_TRACE || !hint.endsWith(diagnosis.hint)) wrong.push(`doctor: ${diagnosis.hint}`)
  return wrong
}
