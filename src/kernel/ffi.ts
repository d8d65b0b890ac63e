import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DataType, define, open } from 'ffi-rs'
import { TracerError } from '../lib/errors.js'

/** What libstirling.so exports (bpf/shim/shim.h). Every call returns ≥ 0, or -errno with the reason in `lastError`. */
export interface Shim {
  abiHash(): string
  open(objectPath: string, btfPath: string): number
  configure(object: number, spec: string): number
  load(object: number): number
  attach(object: number, program: string): number
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

const TEXT_BYTES = 64 * 1024

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
    throw new TracerError('cannotTrace', `no prebuilt library for linux-${process.arch}`, 'linux-x64 is supported')
  }
  try {
    open({ library: 'stirling', path })
  } catch (cause) {
    throw new TracerError('cannotTrace', `cannot load ${path}`, 'it needs glibc 2.28 or newer; musl is not supported', {
      cause,
    })
  }
  return bind()
}

type Type = (typeof DataType)[keyof typeof DataType]
type Native = (args: readonly unknown[]) => number

function native(name: string, ...paramsType: Type[]): Native {
  const bound = define({ [name]: { library: 'stirling', retType: DataType.I32, paramsType } as never })
  return (bound as unknown as Record<string, Native>)[name] as Native
}

function textOf(call: Native): () => string {
  const buf = Buffer.alloc(TEXT_BYTES)
  return () => {
    const length = call([buf, buf.length])
    return length > 0 ? buf.toString('utf8', 0, length) : ''
  }
}

function bind(): Shim {
  const { I32, U8Array, String: Text } = DataType
  const openObject = native('st_open', Text, Text)
  const configure = native('st_configure', I32, Text)
  const loadObject = native('st_load', I32)
  const attach = native('st_attach', I32, Text)
  const detach = native('st_detach', I32, I32)
  const drain = native('st_drain', I32, U8Array, I32)
  const ringFill = native('st_ring_fill', I32)
  const watch = native('st_watch', I32)
  const mapRead = native('st_map_read', I32, Text, U8Array, I32)
  const mapWrite = native('st_map_write', I32, Text, U8Array, I32)
  const programInfo = native('st_program_info', I32, Text, U8Array, I32)
  const selfTest = native('st_self_test', U8Array, I32)
  const close = native('st_close', I32)
  return {
    abiHash: textOf(native('st_abi_hash', U8Array, I32)),
    open: (objectPath, btfPath) => openObject([objectPath, btfPath]),
    configure: (object, spec) => configure([object, spec]),
    load: (object) => loadObject([object]),
    attach: (object, program) => attach([object, program]),
    detach: (object, link) => detach([object, link]),
    drain: (object, into) => drain([object, into, into.length]),
    ringFill: (object) => ringFill([object]),
    watch: (object) => watch([object]),
    mapRead: (object, map, into) => mapRead([object, map, into, into.length]),
    mapWrite: (object, map, entries, n) => mapWrite([object, map, entries, n]),
    programInfo: (object, program, into) => programInfo([object, program, into, into.length]),
    selfTest: (into) => selfTest([into, into.length]),
    lastError: textOf(native('st_last_error', U8Array, I32)),
    log: textOf(native('st_log', U8Array, I32)),
    close: (object) => close([object]),
  }
}
