import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { TracerError } from '../lib/errors.js'

/** What libstirling.so exports (bpf/shim/shim.h). Every call returns ≥ 0, or -errno with the reason in `lastError`. */
export interface Shim {
  abiHash(): string
  open(objectPath: string, btfPath: string): number
  configure(object: number, spec: string): number
  load(object: number): number
  /** `cgroup`: folder of the control group, for a program that has one; else ''. */
  attach(object: number, program: string, cgroup: string): number
  detach(object: number, link: number): number
  drain(object: number, into: Buffer): number
  ringFill(object: number): number
  /** → a descriptor that becomes readable when there is news. */
  watch(object: number): number
  mapRead(object: number, map: string, into: Buffer): number
  mapWrite(object: number, map: string, entries: Buffer, n: number): number
  programInfo(object: number, program: string, into: Buffer): number
  selfTest(into: Buffer): number
  lastError(): string
  log(): string
  close(object: number): number
}

// Loaded when it is needed: it is native code itself, and nowhere to be had on some machines that can replay and list.
type Ffi = typeof import('ffi-rs')
const requireFfi = () => createRequire(import.meta.url)('ffi-rs') as Ffi

/** As Node names them. */
const ARCHITECTURES = ['x64', 'arm64']
const TEXT_BYTES = 64 * 1024
const REINSTALL = 'reinstall the package'

/** `prebuilt/linux-<arch>/`, beside the code in the repository and in the package. */
export function prebuiltPath(file: string): string {
  const root = new URL('../../', import.meta.url)
  return fileURLToPath(new URL(`prebuilt/linux-${process.arch}/${file}`, root))
}

let loaded: Shim | undefined

/** The native library, loaded at the first call; throws TracerError where it cannot run. */
export function shim(): Shim {
  loaded ??= load(prebuiltPath('libstirling.so'))
  return loaded
}

function load(path: string): Shim {
  if (!existsSync(path)) {
    const hint = ARCHITECTURES.includes(process.arch)
      ? REINSTALL
      : `supported: ${ARCHITECTURES.map((arch) => `linux-${arch}`).join(', ')}`
    throw new TracerError('cannotTrace', `no prebuilt library for linux-${process.arch}`, hint)
  }
  if (!isWhole(readFileSync(path))) throw new TracerError('cannotTrace', `${path} is damaged`, REINSTALL)
  try {
    const ffi = requireFfi()
    ffi.open({ library: 'stirling', path })
    const bound = bind(ffi)
    bound.abiHash()
    return bound
  } catch (cause) {
    const hint = `it needs glibc 2.28 or newer (musl is not supported); else ${REINSTALL}`
    throw new TracerError('cannotTrace', `cannot load ${path}: ${(cause as Error).message}`, hint, { cause })
  }
}

// ELF: e_shoff, e_shentsize, e_shnum. The section headers are the end of a library; one that is cut off is SIGBUS to who loads it.
function isWhole(elf: Buffer): boolean {
  return elf.length > 64 && Number(elf.readBigUInt64LE(40)) + elf.readUInt16LE(58) * elf.readUInt16LE(60) <= elf.length
}

type Type = Ffi['DataType'][keyof Ffi['DataType']]
type Native = (args: readonly unknown[]) => number

function native(ffi: Ffi, name: string, ...paramsType: Type[]): Native {
  const bound = ffi.define({ [name]: { library: 'stirling', retType: ffi.DataType.I32, paramsType } as never })
  return (bound as unknown as Record<string, Native>)[name] as Native
}

function textOf(call: Native): () => string {
  const buf = Buffer.alloc(TEXT_BYTES)
  return () => {
    const length = call([buf, buf.length])
    return length > 0 ? buf.toString('utf8', 0, length) : ''
  }
}

function bind(ffi: Ffi): Shim {
  const { I32, U8Array, String: Text } = ffi.DataType
  const openObject = native(ffi, 'st_open', Text, Text)
  const configure = native(ffi, 'st_configure', I32, Text)
  const loadObject = native(ffi, 'st_load', I32)
  const attach = native(ffi, 'st_attach', I32, Text, Text)
  const detach = native(ffi, 'st_detach', I32, I32)
  const drain = native(ffi, 'st_drain', I32, U8Array, I32)
  const ringFill = native(ffi, 'st_ring_fill', I32)
  const watch = native(ffi, 'st_watch', I32)
  const mapRead = native(ffi, 'st_map_read', I32, Text, U8Array, I32)
  const mapWrite = native(ffi, 'st_map_write', I32, Text, U8Array, I32)
  const programInfo = native(ffi, 'st_program_info', I32, Text, U8Array, I32)
  const selfTest = native(ffi, 'st_self_test', U8Array, I32)
  const close = native(ffi, 'st_close', I32)
  return {
    abiHash: textOf(native(ffi, 'st_abi_hash', U8Array, I32)),
    open: (objectPath, btfPath) => openObject([objectPath, btfPath]),
    configure: (object, spec) => configure([object, spec]),
    load: (object) => loadObject([object]),
    attach: (object, program, cgroup) => attach([object, program, cgroup]),
    detach: (object, link) => detach([object, link]),
    drain: (object, into) => drain([object, into, into.length]),
    ringFill: (object) => ringFill([object]),
    watch: (object) => watch([object]),
    mapRead: (object, map, into) => mapRead([object, map, into, into.length]),
    mapWrite: (object, map, entries, n) => mapWrite([object, map, entries, n]),
    programInfo: (object, program, into) => programInfo([object, program, into, into.length]),
    selfTest: (into) => selfTest([into, into.length]),
    lastError: textOf(native(ffi, 'st_last_error', U8Array, I32)),
    log: textOf(native(ffi, 'st_log', U8Array, I32)),
    close: (object) => close([object]),
  }
}
