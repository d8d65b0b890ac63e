// node test/bench/decode-alone.mjs CAPTURE PROTOCOL: CPU seconds of decoding alone, of the events that follow from a capture file.
// What reads the capture and puts its segments together has ended before the time begins, rows go nowhere.
import { select } from '../../dist/connectors/selection.js'
import { openFile } from '../../dist/kernel/replay.js'
import { Pipeline } from '../../dist/pipeline/pipeline.js'
import { decodeOptions, REPLAY_OPTIONS } from '../../dist/pipeline/settings.js'

/** The engine compiles on the first of the events. */
const WARM_UP = 0.1

/** A kernel whose events are in memory: `ticks` of [time, events]. */
class Remembered {
  source = 'capture'
  #ticks
  #events

  constructor(host, ticks) {
    this.host = host
    this.#ticks = ticks.values()
    this.ended = false
  }

  tick() {
    if (this.#events !== undefined) throw new Error('events that nobody has taken would be lost')
    const { value = [0], done } = this.#ticks.next()
    this.ended = done === true
    this.#events = value[1]
    return value[0]
  }

  open() {
    return {
      attach: (probe) => ({ probe, error: undefined, detach() {} }),
      drain: (into) => {
        const events = this.#events
        this.#events = undefined
        if (events !== undefined && events.length > into.length) throw new Error('events that do not fit would be lost')
        return events?.copy(into) ?? 0
      },
      watch() {},
      readMap: () => 0,
      writeMap: () => 0,
      losses: () => ({}),
      programs: () => ({}),
      close() {},
    }
  }

  cgroupOf() {}
  close() {}
}

function remember(path) {
  const kernel = openFile(path)
  const object = kernel.open()
  const into = Buffer.alloc(8 * 2 ** 20)
  const ticks = []
  while (!kernel.ended) {
    const time = kernel.tick()
    for (let bytes = object.drain(into); bytes > 0; bytes = object.drain(into)) {
      ticks.push([time, Buffer.from(into.subarray(0, bytes))])
    }
  }
  kernel.close()
  return { host: kernel.host, ticks }
}

const SINK = { open() {}, write() {}, close: async () => undefined, broken: undefined }

/** → CPU seconds. */
async function run(host, ticks, protocol) {
  const kernel = new Remembered(host, ticks)
  const options = { ...REPLAY_OPTIONS, ...decodeOptions({ 'body-bytes': '1Ki', redact: true }) }
  const [limit, durationMs] = []
  const shows = () => false
  const pipeline = new Pipeline({
    kernel,
    connectors: select([protocol]),
    sink: SINK,
    options,
    shows,
    limit,
    durationMs,
  })
  const before = process.cpuUsage()
  pipeline.open()
  await pipeline.run()
  const { user, system } = process.cpuUsage(before)
  pipeline.close()
  return (user + system) / 1e6
}

const [path, protocol] = process.argv.slice(2)
const { host, ticks } = remember(path)
await run(host, ticks.slice(0, Math.ceil(ticks.length * WARM_UP)), protocol)
process.stdout.write(`${await run(host, ticks, protocol)}\n`)
