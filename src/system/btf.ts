import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/** Where the kernel has its types and functions. */
export const KERNEL_BTF = '/sys/kernel/btf/vmlinux'

// Documentation/bpf/btf.rst: the header, and what follows the 12 bytes of a type.
const HEADER = { magic: 0xeb9f, length: 4, typesAt: 8, typesLength: 12, stringsAt: 16, bytes: 24 } as const
const TYPE_BYTES = 12
const WINDOW_BYTES = 256 * 1024
const FUNC = 12
const FUNC_PROTO = 13
const EXTRA_BYTES: Readonly<Record<number, number>> = { 1: 4, 3: 12, 14: 4, 17: 4 }
const MEMBER_BYTES: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12 }

/** Which of these types and functions the kernel has; none where that is not known. */
export function presentInBtf(names: readonly string[], file = KERNEL_BTF): ReadonlySet<string> {
  const missing = new Map(names.map((name) => [name, Buffer.from(`\0${name}\0`, 'latin1')]))
  const overlap = Math.max(...[...missing.values()].map(({ length }) => length)) - 1
  const window = Buffer.alloc(WINDOW_BYTES + overlap)
  for (const length of readNames(file, window, overlap)) {
    const part = window.subarray(0, length)
    for (const [name, bytes] of missing) if (part.includes(bytes)) missing.delete(name)
    if (missing.size === 0) break
  }
  return new Set(names.filter((name) => !missing.has(name)))
}

// Some megabytes, of which nothing is to stay in memory: read into the window, which begins with the last bytes before.
function* readNames(file: string, window: Buffer, overlap: number): Generator<number> {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return
  }
  try {
    let at = namesAt(fd)
    for (let kept = 0; ; ) {
      const read = readSync(fd, window, kept, window.length - kept, at)
      if (read === 0) return
      at += read
      yield kept + read
      const end = kept + read
      kept = Math.min(overlap, end)
      window.copyWithin(0, end - kept, end)
    }
  } finally {
    closeSync(fd)
  }
}

// Behind the types, which are the larger part; of a file of another form (an ELF file with a section of them) it is all of it.
function namesAt(fd: number): number {
  const header = Buffer.alloc(HEADER.bytes)
  if (readSync(fd, header, 0, HEADER.bytes, 0) < HEADER.bytes || header.readUInt16LE(0) !== HEADER.magic) return 0
  return header.readUInt32LE(HEADER.length) + header.readUInt32LE(HEADER.stringsAt)
}

/** How many arguments a function of the kernel has; undefined where that is not known. */
export function argumentsInBtf(name: string, file = KERNEL_BTF): number | undefined {
  try {
    return argumentsOf(name, readFileSync(file))
  } catch {
    return undefined
  }
}

/** The same, of BTF in memory. */
export function argumentsOf(name: string, btf: Buffer): number | undefined {
  if (btf.length < HEADER.bytes || btf.readUInt16LE(0) !== HEADER.magic) return undefined
  const start = btf.readUInt32LE(HEADER.length)
  const strings = start + btf.readUInt32LE(HEADER.stringsAt)
  const nameAt = btf.indexOf(`\0${name}\0`, strings, 'latin1') + 1 - strings
  if (nameAt <= 0) return undefined
  const arities = new Map<number, number>()
  let prototype: number | undefined
  let id = 1
  let at = start + btf.readUInt32LE(HEADER.typesAt)
  const end = Math.min(at + btf.readUInt32LE(HEADER.typesLength), btf.length) - TYPE_BYTES
  for (; at <= end; id++) {
    const info = btf.readUInt32LE(at + 4)
    const kind = (info >>> 24) & 0x1f
    const members = info & 0xffff
    if (kind === FUNC_PROTO) arities.set(id, members)
    if (kind === FUNC && btf.readUInt32LE(at) === nameAt) prototype = btf.readUInt32LE(at + 8)
    at += TYPE_BYTES + (EXTRA_BYTES[kind] ?? 0) + members * (MEMBER_BYTES[kind] ?? 0)
  }
  return prototype === undefined ? undefined : arities.get(prototype)
}
