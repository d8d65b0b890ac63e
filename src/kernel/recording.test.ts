import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeEvent, connEvent, dataEvent } from '../../test/support/events.js'
import { FakeKernel } from '../../test/support/fake-kernel.js'
import { TracerError } from '../lib/errors.js'
import { ABI_HASH, Direction } from './intf.gen.js'
import { recordTo } from './record.js'
import { FRAME, FRAME_HEAD, frameHead, MAGIC } from './recording.js'
import { type FileKernel, openFile } from './replay.js'

const NOTHING = { programs: [], constants: {}, mapSizes: {} }

const DRAINS = [
  [connEvent(), dataEvent(Direction.RECV, 0, 'GET /')],
  [dataEvent(Direction.SEND, 0, 'x'.repeat(100))],
  [closeEvent([100, 5])],
].map((events) => Buffer.concat(events))
const LOSSES = { seen: { events: 2, bytes: 105 }, lost_ring: { events: 0, bytes: 0 } }
const SETUP = { programs: [], constants: {}, mapSizes: {} }

let folder: string
let path: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stirling-recording-'))
  path = join(folder, 'small.rec')
  record(path)
})

afterAll(() => rmSync(folder, { recursive: true }))

// Two ticks: the first with two drains, the second with one.
function record(to: string): void {
  const inner = new FakeKernel({
    ticks: [DRAINS.slice(0, 2), DRAINS.slice(2)],
    losses: LOSSES,
    refused: { b: 'not here' },
  })
  const kernel = recordTo(to, inner, '1.2.3')
  const object = kernel.open('socket_trace', SETUP)
  object.attach({ program: 'a' })
  object.attach({ program: 'b' })
  const into = Buffer.alloc(4096)
  for (let tick = 0; tick < 2; tick++) {
    kernel.tick()
    while (object.drain(into) > 0);
  }
  object.losses()
  kernel.close()
  expect(inner.closed).toBe(1)
}

interface Heard {
  readonly drains: Buffer[]
  readonly times: number[]
  readonly offsets: number[]
}

function hear(kernel: FileKernel): Heard {
  const heard: Heard = { drains: [], times: [], offsets: [] }
  const object = kernel.open('', NOTHING)
  while (!kernel.ended) {
    heard.times.push(kernel.tick())
    heard.offsets.push(kernel.host.wallOffsetUs)
    for (;;) {
      const into = Buffer.alloc(4096)
      const n = object.drain(into)
      if (n === 0) break
      heard.drains.push(into.subarray(0, n))
    }
  }
  return heard
}

function replayed(bytes: Buffer): { readonly heard: Heard; readonly damage: string | undefined } {
  const file = join(folder, 'other.rec')
  writeFileSync(file, bytes)
  const kernel = openFile(file)
  const heard = hear(kernel)
  kernel.tick()
  kernel.close()
  return { heard, damage: kernel.damage }
}

test('what was written is read: times, events by drain, attached probes, losses, the host', () => {
  const kernel = openFile(path)
  const object = kernel.open('', NOTHING)
  expect(object.attach({ program: 'a' }).error).toBeUndefined()
  expect(object.attach({ program: 'b' }).error).toBe('not here')
  const heard = hear(kernel)
  expect(heard.drains).toEqual(DRAINS)
  expect(heard.times).toEqual([1e6, 2e6])
  expect((heard.offsets[1] as number) - (heard.offsets[0] as number)).toBe(1)
  expect(object.losses()).toEqual(LOSSES)
  expect([kernel.host.hostname, kernel.source]).toEqual(['host', 'recording'])
  expect(object.writeMap('verdicts', Buffer.alloc(0), 1)).toBe(0)
  kernel.close()
})

test('what was refused is refused again, once; so rows that say so are the same', () => {
  const file = join(folder, 'refused.rec')
  class Refusing extends FakeKernel {
    override open(object: string, setup: typeof SETUP) {
      if ((setup.programs as readonly string[]).includes('no')) throw new TracerError('cannotTrace', 'not permitted')
      return super.open(object, setup)
    }
  }
  const kernel = recordTo(file, new Refusing({ ticks: [[]] }), '1.2.3')
  expect(() => kernel.open('x', { ...SETUP, programs: ['no', 'more'] })).toThrow('not permitted')
  kernel.open('x', { ...SETUP, programs: ['yes'] })
  kernel.tick()
  kernel.close()
  const replayed = openFile(file)
  expect(() => replayed.open('x', { ...SETUP, programs: ['no'] })).toThrow(
    new TracerError('cannotTrace', 'not permitted'),
  )
  replayed.open('x', { ...SETUP, programs: ['yes'] })
  replayed.open('x', { ...SETUP, programs: ['no'] })
  replayed.close()
})

test('a whole recording is not damaged, also when it is asked for more', () => {
  const { damage } = replayed(readFileSync(path))
  expect(damage).toBeUndefined()
})

test('only its owner may read it', () => {
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('cut anywhere: what stands before is there, and the damage has words', () => {
  const whole = readFileSync(path)
  const header = MAGIC.length + FRAME_HEAD + whole.readUInt32LE(MAGIC.length + 4)
  const wrong: number[] = []
  let drains = 0
  for (let length = header; length < whole.length; length++) {
    const { heard, damage } = replayed(whole.subarray(0, length))
    if (!/the recording is cut off at byte \d+$/.test(damage ?? '') || !isBeginning(heard)) wrong.push(length)
    drains = Math.max(drains, heard.drains.length)
  }
  expect(wrong).toEqual([])
  expect(drains).toBe(DRAINS.length)
})

test('cut in the header: no recording', () => {
  const whole = readFileSync(path)
  for (const length of [0, 5, MAGIC.length - 1]) {
    expect(() => replayed(whole.subarray(0, length))).toThrow(/is neither a recording/)
  }
  for (const length of [MAGIC.length, MAGIC.length + 5, MAGIC.length + 100]) {
    expect(() => replayed(whole.subarray(0, length))).toThrow(/cut off/)
  }
})

test('a flipped bit anywhere is found', () => {
  const whole = readFileSync(path)
  const header = MAGIC.length + FRAME_HEAD + whole.readUInt32LE(MAGIC.length + 4)
  const wrong: number[] = []
  // The header is long: every seventh byte of it will do.
  for (let at = MAGIC.length; at < whole.length; at += at < header - 7 && at > MAGIC.length + FRAME_HEAD ? 7 : 1) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
    if (!/damaged|cut off|no header/.test(damageOf(bytes) ?? '')) wrong.push(at)
  }
  expect(wrong).toEqual([])
})

function isBeginning({ drains }: Heard): boolean {
  return Buffer.concat(drains).equals(Buffer.concat(DRAINS.slice(0, drains.length)))
}

function damageOf(bytes: Buffer): string | undefined {
  try {
    const { heard, damage } = replayed(bytes)
    return isBeginning(heard) ? damage : 'events that were never recorded'
  } catch (error) {
    if (error instanceof TracerError) return error.message
    throw error
  }
}

test.each([
  ['a file that is not there', '/nonexistent/x.rec', /cannot read/],
  ['a folder', '/', /cannot read/],
  ['another file', import.meta.filename, /is neither a recording/],
])('%s is a usage error', (_name, file, message) => {
  expect(() => openFile(file)).toThrow(message)
  expect(() => openFile(file)).toThrow(TracerError)
})

test('a place that cannot be written is a usage error', () => {
  expect(() => recordTo('/nonexistent/x.rec', new FakeKernel({ ticks: [] }), '1')).toThrow(TracerError)
})

test('events that go beyond their frame are damage, not a crash', () => {
  const liar = dataEvent(Direction.RECV, 0, 'x')
  liar.writeUInt32LE(0xffff_ffff, 36)
  const events = Buffer.concat([connEvent(), liar])
  const header = readFileSync(path).subarray(
    0,
    MAGIC.length + FRAME_HEAD + readFileSync(path).readUInt32LE(MAGIC.length + 4),
  )
  const tick = Buffer.alloc(16)
  const frames = [frameHead(FRAME.tick, tick), tick, frameHead(FRAME.events, events), events]
  const { damage } = replayed(Buffer.concat([header, ...frames, frameHead(FRAME.end, Buffer.alloc(0))]))
  expect(damage).toMatch(/damaged/)
})

describe('with another layout', () => {
  /** The recording with this change of its header; the checksum is made anew. */
  function rewritten(change: (header: Record<string, unknown>) => void, events = (bytes: Buffer) => bytes): Buffer {
    const whole = readFileSync(path)
    const out: Buffer[] = [MAGIC]
    for (let at = MAGIC.length; at < whole.length; ) {
      const type = whole.readUInt32LE(at)
      let payload: Buffer = whole.subarray(at + FRAME_HEAD, at + FRAME_HEAD + whole.readUInt32LE(at + 4))
      at += FRAME_HEAD + payload.length
      if (type === FRAME.header) {
        const header = JSON.parse(payload.toString())
        change(header)
        payload = Buffer.from(JSON.stringify(header))
      }
      if (type === FRAME.events) payload = events(payload)
      out.push(frameHead(type, payload), payload)
    }
    return Buffer.concat(out)
  }

  test('the same layout under another hash reads the same', () => {
    const bytes = rewritten((header) => {
      expect(header.abi).toBe(ABI_HASH)
      header.abi = 'another'
    })
    expect(replayed(bytes).heard.drains).toEqual(DRAINS)
  })

  test('fields are found by name: here each event is 8 bytes longer and `conn` and `time` have changed places', () => {
    type Layout = Record<string, { name: string; offset: number; bytes: number; count: number }[]>
    const swap = (bytes: Buffer): Buffer => {
      const out: Buffer[] = []
      for (let at = 0; at < bytes.length; ) {
        const size = bytes.readUInt32LE(at + 4)
        const headSize = { 1: 64, 2: 336, 3: 40 }[bytes[at] as 1 | 2 | 3]
        const event = bytes.subarray(at, at + size)
        const head = Buffer.from(event.subarray(0, headSize))
        event.copy(head, 8, 16, 24)
        event.copy(head, 16, 8, 16)
        head.writeUInt32LE(size + 8, 4)
        out.push(head, Buffer.alloc(8, 0xaa), event.subarray(headSize))
        at += size
      }
      return Buffer.concat(out)
    }
    const bytes = rewritten((header) => {
      header.abi = 'another'
      const sizes = header.sizes as Record<string, number>
      for (const name of Object.keys(sizes)) sizes[name] = (sizes[name] as number) + 8
      for (const [name, fields] of Object.entries(header.layout as Layout)) {
        if (!name.endsWith('_event')) continue
        for (const field of fields) {
          if (field.name === 'conn') field.offset = 16
          else if (field.name === 'time') field.offset = 8
        }
      }
    }, swap)
    expect(replayed(bytes).heard.drains).toEqual(DRAINS)
  })

  test('a field that it lacks is zero', () => {
    const bytes = rewritten((header) => {
      header.abi = 'another'
      const layout = header.layout as Record<string, { name: string }[]>
      layout.data_event = (layout.data_event ?? []).filter(({ name }) => name !== 'tgid')
    })
    const [first] = replayed(bytes).heard.drains
    expect(first?.readUInt32LE(336 + 40)).toBe(0)
    expect(first?.subarray(336 + 64).toString()).toMatch(/^GET/)
  })
})
