import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { jest } from '@jest/globals'
import { select } from '../../src/connectors/selection.js'
import { openFile } from '../../src/kernel/replay.js'
import { Pipeline } from '../../src/pipeline/pipeline.js'
import { REPLAY_OPTIONS } from '../../src/pipeline/settings.js'
import { SINKS, terminalOptions } from '../../src/sinks/index.js'
import { stopAll } from '../servers/process.js'
import { FOLDER, SCENARIOS } from './recordings.js'

// UPDATE_GOLDEN=1 writes the expected rows anew. RECORD_GOLDEN=1 makes the recordings anew, from real servers (as root).
const UPDATE = process.env.UPDATE_GOLDEN === '1' || process.env.RECORD_GOLDEN === '1'
const RECORDING_BYTES = 50_000

interface Replayed {
  readonly text: string
  readonly damage: string | undefined
}

/** What `replay FILE --format ndjson` writes. */
async function replay(file: string): Promise<Replayed> {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(chunk)
      done()
    },
  })
  const kernel = openFile(file)
  const sink = await SINKS.ndjson(stream, { ...terminalOptions({}, {}), columns: () => undefined })
  const options = { ...REPLAY_OPTIONS, bodyBytes: 1024, redact: true }
  const connectors = select(['socket_tracer'])
  const pipeline = new Pipeline({
    kernel,
    connectors,
    sink,
    options,
    shows: () => true,
    limit: undefined,
    durationMs: undefined,
  })
  pipeline.open()
  await pipeline.run()
  pipeline.close()
  return { text: Buffer.concat(chunks).toString(), damage: kernel.damage }
}

if (process.env.RECORD_GOLDEN === '1') {
  jest.setTimeout(60_000)
  afterAll(stopAll)
  test.each(Object.entries(SCENARIOS))('records %s', (_name, record) => record())
}

describe.each(Object.keys(SCENARIOS))('%s', (name) => {
  const recording = join(FOLDER, `${name}.rec`)
  const expected = join(FOLDER, `${name}.ndjson`)

  test('gives the rows that it gave', async () => {
    const { text, damage } = await replay(recording)
    expect(damage).toBeUndefined()
    if (UPDATE) writeFileSync(expected, text)
    expect(text.split('\n')).toEqual(readFileSync(expected, 'utf8').split('\n'))
  })

  test('gives the same bytes each time', async () => {
    const [one, two] = [await replay(recording), await replay(recording)]
    expect(one.text).toBe(two.text)
    expect(one.text.length).toBeGreaterThan(0)
  })

  test('is small, and names no machine', () => {
    expect(statSync(recording).size).toBeLessThan(RECORDING_BYTES)
    const bytes = readFileSync(recording, 'latin1')
    expect(/"hostname":"(\w+)"/.exec(bytes)?.[1]).toBe('host')
    expect(bytes).not.toMatch(/\/(root|home|work)\//)
  })
})
