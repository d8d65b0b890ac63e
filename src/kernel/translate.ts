import { CloseEvent, ConnEvent, DataEvent, EventKind, type Field, LAYOUT } from './intf.gen.js'
import type { Header } from './recording.js'

/** Events of a recording with another layout → events as this program reads them. */
export type Translate = (events: Buffer) => Buffer

interface Move {
  readonly from: number
  readonly to: number
  readonly bytes: number
}

interface Shape {
  readonly moves: readonly Move[]
  readonly fromSize: number
  readonly toSize: number
  readonly sizeAt: number
}

// kind is the first byte of every event, in every version.
const STRUCTS: Readonly<Record<number, { readonly name: string; readonly size: number }>> = {
  [EventKind.DATA]: { name: 'data_event', size: DataEvent.SIZE },
  [EventKind.CONN]: { name: 'conn_event', size: ConnEvent.SIZE },
  [EventKind.CLOSE]: { name: 'close_event', size: CloseEvent.SIZE },
}

/** Fields are matched by name; one that the recording lacks is zero. */
export function translator(header: Header): Translate {
  const shapes = new Map<number, Shape>()
  for (const [kind, struct] of Object.entries(STRUCTS)) {
    const theirs = header.layout[struct.name]
    const fromSize = header.sizes[struct.name]
    if (theirs === undefined || fromSize === undefined) continue
    shapes.set(Number(kind), shapeOf(theirs, LAYOUT[struct.name] ?? [], fromSize, struct.size))
  }
  return (events) => translate(events, shapes)
}

function shapeOf(theirs: readonly Field[], ours: readonly Field[], fromSize: number, toSize: number): Shape {
  const moves: Move[] = []
  for (const field of ours) {
    const other = theirs.find((candidate) => candidate.name === field.name)
    if (other === undefined) continue
    const bytes = Math.min(field.bytes * field.count, other.bytes * other.count)
    moves.push({ from: other.offset, to: field.offset, bytes })
  }
  const sizeAt = theirs.find((field) => field.name === 'size')?.offset ?? 4
  return { moves, fromSize, toSize, sizeAt }
}

function translate(events: Buffer, shapes: ReadonlyMap<number, Shape>): Buffer {
  const out: Buffer[] = []
  for (let at = 0; at < events.length; ) {
    const shape = shapes.get(events[at] as number)
    const size = Math.max(events.readUInt32LE(at + (shape?.sizeAt ?? 4)), 8)
    if (shape !== undefined) out.push(translateOne(events.subarray(at, at + size), shape))
    at += size
  }
  return Buffer.concat(out)
}

function translateOne(event: Buffer, shape: Shape): Buffer {
  const payload = event.length - shape.fromSize
  const to = Buffer.alloc(shape.toSize + payload)
  for (const move of shape.moves) event.copy(to, move.to, move.from, move.from + move.bytes)
  event.copy(to, shape.toSize, shape.fromSize)
  to.writeUInt32LE(to.length, DataEvent.size)
  return to
}
