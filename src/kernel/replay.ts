import { TracerError } from '../lib/errors.js'
import type { HostFacts } from '../system/host.js'
import { openCapture } from './capture.js'
import { isCapture, isModifiedCapture } from './capture-file.js'
import { EventBatch } from './events.js'
import { InputFile } from './input-file.js'
import { ABI_HASH } from './intf.gen.js'
import type { Attachment, Kernel, KernelObject, Losses, Probe, Setup } from './kernel.js'
import {
  type Attached,
  checksum,
  FRAME,
  FRAME_BYTES_MAX,
  FRAME_HEAD,
  type Header,
  MAGIC,
  type Placed,
  type Refused,
} from './recording.js'
import { type Translate, translator } from './translate.js'

interface Frame {
  readonly type: number
  readonly payload: Buffer
}

/** What came from a kernel, kept in a file. */
export interface FileKernel extends Kernel {
  /** Why the file could not be read to its end, if it could not. */
  readonly damage: string | undefined
}

/** A recording or a capture file in the place of a kernel; `path` `-` is standard input. Throws TracerError if it is neither. */
export function openFile(path: string): FileKernel {
  const file = new InputFile(path)
  const start = file.peek(MAGIC.length)
  if (start.equals(MAGIC)) return new ReplayKernel(new FrameReader(file))
  if (start.length >= 4 && isCapture(start)) return openCapture(file)
  if (start.length >= 4 && isModifiedCapture(start)) {
    const format = `a modified pcap (${start.toString('hex', 0, 4)})`
    throw new TracerError(
      'usage',
      `${path} is ${format}, which is not read`,
      'convert it: `editcap -F pcap FILE OTHER`',
    )
  }
  throw new TracerError(
    'usage',
    `${path} is neither a recording of stirling nor a capture file`,
    'record one with `stirling trace --record FILE`',
  )
}

/** Reads frames; at damage it ends, with the reason in `damage`. */
class FrameReader {
  readonly #file: InputFile
  damage: string | undefined

  constructor(file: InputFile) {
    this.#file = file
    file.read(MAGIC.length)
  }

  get path(): string {
    return this.#file.path
  }

  /** `length` bytes, or undefined where the file ends before. */
  #read(length: number): Buffer | undefined {
    const bytes = this.#file.read(length)
    return bytes.length < length ? undefined : bytes
  }

  /** Ends the reading: what follows cannot be believed. */
  damaged(what: string): undefined {
    this.damage = `${this.path}: ${what} at byte ${this.#file.offset}`
  }

  next(): Frame | undefined {
    if (this.damage !== undefined) return undefined
    const head = this.#read(FRAME_HEAD)
    if (head === undefined) return this.damaged('the recording is cut off')
    const length = head.readUInt32LE(4)
    if (length > FRAME_BYTES_MAX) return this.damaged('the recording is damaged')
    const payload = this.#read(length)
    if (payload === undefined) return this.damaged('the recording is cut off')
    if (checksum(head, payload) !== head.readUInt32LE(8)) return this.damaged('the recording is damaged')
    return { type: head.readUInt32LE(0), payload }
  }

  close(): void {
    this.#file.close()
  }
}

class ReplayKernel implements FileKernel {
  readonly source = 'recording'
  readonly host: HostFacts
  readonly #reader: FrameReader
  readonly #translate: Translate | undefined
  readonly #attached = new Map<string, Attached>()
  readonly #object: ReplayObject
  readonly #placed = new Map<string, string>()
  readonly #refused: Refused[] = []
  #nextTick: Frame | undefined
  #ended = false
  #timeNs = 0

  constructor(reader: FrameReader) {
    this.#reader = reader
    const header = headerOf(reader)
    this.host = header.host
    this.#translate = header.abi === ABI_HASH ? undefined : translator(header)
    this.#object = new ReplayObject(this.#attached)
    this.#advance()
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Why the recording is not whole, if it is not. */
  get damage(): string | undefined {
    return this.#reader.damage
  }

  // What was refused then is refused again, once; the rest of the programs may be others, by the kernel.
  open(_object: string, { programs }: Setup): KernelObject {
    const at = this.#refused.findIndex((refused) => refused.programs[0] === programs[0])
    const [refused] = at < 0 ? [] : this.#refused.splice(at, 1)
    if (refused !== undefined) throw new TracerError('cannotTrace', refused.message)
    return this.#object
  }

  cgroupOf(pid: number, start: number, cgroup: number): string | undefined {
    return this.#placed.get(`${pid} ${start} ${cgroup}`)
  }

  tick(): number {
    const tick = this.#nextTick
    this.#nextTick = undefined
    if (tick !== undefined) {
      this.#timeNs = tick.payload.readDoubleLE(0)
      this.host.wallOffsetUs = tick.payload.readDoubleLE(8)
    }
    this.#advance()
    return this.#timeNs
  }

  // Takes all up to the next tick.
  #advance(): void {
    while (!this.#ended) {
      const frame = this.#reader.next()
      if (frame?.type === FRAME.tick) {
        this.#nextTick = frame
        return
      }
      if (frame === undefined || frame.type === FRAME.end) {
        this.#ended = true
        return
      }
      this.#take(frame)
    }
  }

  #take(frame: Frame): void {
    if (frame.type === FRAME.events) {
      const events = this.#translate === undefined ? frame.payload : this.#translate(frame.payload)
      if (new EventBatch(events).wellFormed(events.length)) this.#object.offer(events)
      else this.#reader.damaged('the recording is damaged')
    } else if (frame.type === FRAME.attached) {
      const attached = JSON.parse(frame.payload.toString()) as Attached
      this.#attached.set(attached.program, attached)
    } else if (frame.type === FRAME.refused) {
      this.#refused.push(JSON.parse(frame.payload.toString()) as Refused)
    } else if (frame.type === FRAME.cgroup) {
      const { pid, start, cgroup, path } = JSON.parse(frame.payload.toString()) as Placed
      this.#placed.set(`${pid} ${start} ${cgroup}`, path)
    } else if (frame.type === FRAME.losses) {
      this.#object.offerLosses(JSON.parse(frame.payload.toString()) as Losses)
    }
  }

  close(): void {
    this.#reader.close()
  }
}

function headerOf(reader: FrameReader): Header {
  const frame = reader.next()
  if (frame?.type !== FRAME.header) throw new TracerError('dataLost', reader.damage ?? `${reader.path}: no header`)
  return JSON.parse(frame.payload.toString()) as Header
}

class ReplayObject implements KernelObject {
  #lost: Losses = {}
  readonly #counted: Losses[] = []
  readonly #attached: ReadonlyMap<string, Attached>
  readonly #waiting: Buffer[] = []

  constructor(attached: ReadonlyMap<string, Attached>) {
    this.#attached = attached
  }

  offer(events: Buffer): void {
    this.#waiting.push(events)
  }

  attach(probe: Probe): Attachment {
    const error = this.#attached.get(probe.program)?.error
    return { probe, error, detach: () => undefined }
  }

  // A frame is what one drain gave; only with a layout that has grown since is it more than `into` takes.
  drain(into: Buffer): number {
    const events = this.#waiting.shift()
    if (events === undefined) return 0
    let end = events.length
    if (end > into.length) {
      const batch = new EventBatch(events)
      for (end = 0; end + batch.size(end) <= into.length; ) end += batch.size(end)
      this.#waiting.unshift(events.subarray(end))
    }
    return events.copy(into, 0, 0, end)
  }

  watch(): void {}

  readMap(): number {
    return 0
  }

  writeMap(): number {
    return 0
  }

  offerLosses(losses: Losses): void {
    this.#counted.push(losses)
  }

  losses(): Losses {
    this.#lost = this.#counted.shift() ?? this.#lost
    return this.#lost
  }

  programs(): Record<string, never> {
    return {}
  }

  close(): void {}
}
