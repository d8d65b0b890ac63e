import { readFileSync } from 'node:fs'

/** Where the kernel has its types and functions. */
export const KERNEL_BTF = '/sys/kernel/btf/vmlinux'

// Documentation/bpf/btf.rst: the header, and what follows the 12 bytes of a type.
const HEADER = { magic: 0xeb9f, length: 4, typesAt: 8, typesLength: 12, stringsAt: 16 } as const
const TYPE_BYTES = 12
const FUNC = 12
const FUNC_PROTO = 13
const EXTRA_BYTES: Readonly<Record<number, number>> = { 1: 4, 3: 12, 14: 4, 17: 4 }
const MEMBER_BYTES: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12 }

function read(file = KERNEL_BTF): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}

/** Which types and functions the kernel has, by name; none where that is not known. */
export function namesInBtf(file?: string): (name: string) => boolean {
  const btf = read(file)
  return (name) => btf.includes(`\0${name}\0`, 0, 'latin1')
}

/** How many arguments a function of the kernel has; undefined where that is not known. */
export function argumentsInBtf(name: string, file?: string): number | undefined {
  return argumentsOf(name, read(file))
}

/** The same, of BTF in memory. */
export function argumentsOf(name: string, btf: Buffer): number | undefined {
  if (btf.length < HEADER.stringsAt + 8 || btf.readUInt16LE(0) !== HEADER.magic) return undefined
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
