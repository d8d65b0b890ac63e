import { TracerError } from '../lib/errors.js'
import { formatBytes } from '../lib/quantity.js'
import { atLeast, CAPABILITY, capable, type Machine } from './machine.js'

/** What the maps need with the default sizes, roughly. */
const NEEDED = 128 * 1024 * 1024
/** For the shell that the tracer is started from; its children inherit it. */
const HINT = 'sudo prlimit --memlock=unlimited --pid $$'

/** Why the kernel may refuse to make maps: before 5.11 they are locked memory, whose limit only CAP_SYS_RESOURCE raises. */
export function lockedMemoryObstacle(
  machine: Pick<Machine, 'kernel' | 'capabilities' | 'memlockBytes'>,
): TracerError | undefined {
  const { kernel, memlockBytes } = machine
  if (atLeast(kernel, 5, 11) || memlockBytes >= NEEDED || capable(machine, CAPABILITY.sysResource)) return undefined
  const limit = `RLIMIT_MEMLOCK is ${formatBytes(memlockBytes)}`
  const why = `on kernels before 5.11 the maps of BPF count, about ${formatBytes(NEEDED)}`
  return new TracerError('cannotTrace', `${limit}, and without CAP_SYS_RESOURCE it stays so: ${why}`, HINT)
}
