import { join } from 'node:path'
import { ConnEvent, DataEvent } from '../../src/kernel/intf.gen.js'
import { type Dialogue, startDialogue } from '../harness/dialogue.js'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { type LossRow, type Traced, type Tracer, trace } from '../harness/trace.js'
import { python } from '../servers/packages.js'

const CLIENT = join(import.meta.dirname, 'clients/known-calls.py')
const KIB = 1024
const MIB = 1024 * KIB
const SETTLE_MS = 400

/** What the kernel's ring needs for a record besides its bytes. */
const RECORD = 8
/** A ring is full when the next record would leave no byte between its end and its beginning. */
const fitting = (ring: number, record: number): number => Math.floor((ring - 1) / (RECORD + record))
/** Of a call of up to 128 bytes. */
const SMALL = DataEvent.SIZE + 128

type Account = Readonly<Record<string, readonly [events: number, bytes: number]>>

/** The closing account, without the reasons that have nothing. */
function accountOf({ losses }: Traced): Account {
  const counted = losses.filter(({ events, bytes }) => events > 0 || bytes > 0)
  return Object.fromEntries(counted.map(({ reason, events, bytes }) => [reason, [events, bytes]]))
}

function difference(losses: readonly LossRow[], column: 'events' | 'bytes'): number {
  const sum = (...kinds: string[]): number =>
    losses.filter(({ kind }) => kinds.includes(kind)).reduce((all, line) => all + line[column], 0)
  return sum('seen') - sum('emitted', 'skipped', 'lost')
}

/** Of the line for people: `events: N seen = N emitted + …`. */
function summaryDifference(stderr: string): number {
  const [, seen, parts = ''] = /^events: (\d+) seen = (.*)$/m.exec(stderr) ?? []
  return Number(seen) - parts.split(' + ').reduce((sum, part) => sum + Number.parseInt(part, 10), 0)
}

/** A client whose calls are known, and a tracer of its process, and so of one end only. */
class Trial {
  readonly client: Dialogue
  readonly tracer: Tracer

  private constructor(client: Dialogue, tracer: Tracer) {
    this.client = client
    this.tracer = tracer
  }

  /** `before`: what the client does before it is traced. */
  static async start(args: readonly string[], ...before: readonly unknown[][]): Promise<Trial> {
    const client = startDialogue(python(), [CLIENT])
    const [port, pid] = (await client.next()) as [number, number]
    for (const order of before) await client.ask(order)
    const scope = ['--connectors', 'http', '--pid', `${pid}`, '--port', `${port}`]
    const tracer = trace([...scope, ...args])
    await tracer.ready
    return new Trial(client, tracer)
  }

  async ask(...orders: readonly unknown[][]): Promise<void> {
    for (const order of orders) await this.client.ask(order)
  }

  /** While the tracer does not run, nothing leaves the rings, and no verdict comes. */
  async askStopped(...orders: readonly unknown[][]): Promise<void> {
    process.kill(this.tracer.pid, 'SIGSTOP')
    await this.ask(...orders)
    process.kill(this.tracer.pid, 'SIGCONT')
    await sleep(SETTLE_MS)
  }

  /** → the account, which closes. */
  async end(): Promise<Account> {
    const traced = await this.tracer.stop()
    await this.client.stop()
    expect(traced.exitCode).toBe(0)
    const differences = [difference(traced.losses, 'events'), difference(traced.losses, 'bytes')]
    expect([...differences, summaryDifference(traced.stderr)]).toEqual([0, 0, 0])
    return accountOf(traced)
  }
}

// Not here: `--max-overhead`, which leaves out connections by chance (failures-load has its bounds), and `missed`, for only the
// kernel decides when it leaves a program out (test/vm compares it with the calls that are known, whatever their number).
describeBpf('What is not shown is counted to the byte', 32, () => {
  describe.each(['sock', 'syscall'])('layer %s', (layer) => {
    const begin = (...args: readonly string[]): Promise<Trial> => Trial.start(['--attach', layer, ...args])

    test('nothing is lost', async () => {
      const trial = await begin()
      await trial.askStopped(['open', 3], ['send', 0, 3, 5, 100])
      expect(await trial.end()).toEqual({ seen: [15, 1500], emitted: [15, 1500] })
    })

    test('nor is a call that was under way when the trace began', async () => {
      const trial = await Trial.start(['--attach', layer], ['begin-receive', 1000])
      await trial.ask(['end-receive'])
      expect(await trial.end()).toEqual({ seen: [1, 1000], emitted: [1, 1000] })
    })

    test('nor a buffer that was in no page of the process when the call began', async () => {
      const trial = await begin()
      await trial.ask(['send-untouched', 40_000])
      expect(await trial.end()).toEqual({ seen: [3, 40_000], emitted: [3, 40_000] })
    })

    test('lost_ring: calls for which the ring has no room', async () => {
      const calls = 1000
      const fit = fitting(64 * KIB, SMALL)
      const trial = await begin('--ring-bytes', '64Ki')
      await trial.askStopped(['open', 1], ['send', 0, 1, calls, 100])
      expect(await trial.end()).toEqual({
        seen: [calls, 100 * calls],
        emitted: [fit, 100 * fit],
        lost_ring: [calls - fit, 100 * (calls - fit)],
      })
    })

    test('lost_control: calls on connections whose facts have no room', async () => {
      const connections = 1000
      const fit = fitting(256 * KIB, ConnEvent.SIZE)
      const trial = await begin('--ring-bytes', '2Mi')
      await trial.askStopped(['open', connections], ['send', 0, connections, 2, 10])
      expect(await trial.end()).toEqual({
        seen: [2 * connections, 20 * connections],
        emitted: [2 * fit, 20 * fit],
        lost_control: [2 * (connections - fit), 20 * (connections - fit)],
      })
    })

    test('lost_control: the ends of connections, of which nobody is told', async () => {
      const connections = 1000
      const fit = fitting(256 * KIB, ConnEvent.SIZE)
      const trial = await begin('--ring-bytes', '2Mi')
      await trial.askStopped(['open', connections], ['send', 0, connections, 1, 10], ['reset', 0, connections])
      expect(await trial.end()).toEqual({
        seen: [connections + fit, 10 * connections],
        emitted: [fit, 10 * fit],
        lost_control: [connections, 10 * (connections - fit)],
      })
    })

    test('lost_map: calls on connections for which the map has no room', async () => {
      const trial = await begin('--connections', '64')
      await trial.askStopped(['open', 150], ['send', 0, 150, 3, 10], ['reset', 0, 64])
      // There is room again, for as many.
      await trial.askStopped(['open', 70], ['send', 150, 220, 2, 10])
      expect(await trial.end()).toMatchObject({
        seen: [450 + 140, 4500 + 1400],
        lost_map: [3 * 86 + 2 * 6, 2580 + 120],
      })
    })

    test('lost_shed: calls on connections that are new while the ring is filling up', async () => {
      const ring = 64 * KIB
      const fill = Math.ceil((ring * 3) / 4 / (RECORD + SMALL)) + 1
      const trial = await begin('--ring-bytes', `${ring}`)
      await trial.askStopped(['open', 21], ['send', 0, 1, fill, 100], ['send', 1, 21, 3, 10])
      // They stay left out; those that are new now do not.
      await trial.askStopped(['send', 1, 21, 2, 10], ['open', 5], ['send', 21, 26, 2, 10])
      expect(await trial.end()).toEqual({
        seen: [fill + 60 + 40 + 10, 100 * fill + 1100],
        emitted: [fill + 10, 100 * fill + 100],
        lost_shed: [100, 1000],
      })
    })

    describe('lost_fault', () => {
      // 16 KiB are copied at once: two such pieces are hidden, two are not, and more than 64 KiB of a call are not asked for.
      const wanted = { lost_fault: [2, 32 * KIB], emitted: [2, 32 * KIB] }

      test('a buffer that is sent, a part of which is unreadable when the call returns', async () => {
        const trial = await begin('--infer-bytes', '64Ki')
        await trial.ask(['send-and-hide', MIB, 0, 32 * KIB])
        expect(await trial.end()).toEqual({ seen: [5, MIB], ...wanted, skip_capture: [1, MIB - 64 * KIB] })
      })

      test('a buffer that is received into', async () => {
        const trial = await begin('--infer-bytes', '64Ki')
        await trial.ask(['receive-and-hide', 128 * KIB, 0, 32 * KIB])
        expect(await trial.end()).toEqual({ seen: [5, 128 * KIB], ...wanted, skip_capture: [1, 64 * KIB] })
      })

      test('the array that says where the buffers are', async () => {
        const trial = await begin('--infer-bytes', '64Ki')
        await trial.ask(['send-and-hide-array', MIB])
        expect(await trial.end()).toEqual({ seen: [1, MIB], lost_fault: [1, MIB] })
      })
    })

    test('skip_capture: bytes of a call beyond --capture-bytes', async () => {
      const trial = await begin('--capture-bytes', '1000', '--infer-bytes', '1000')
      await trial.askStopped(['open', 4], ['send', 0, 4, 1, 5000])
      expect(await trial.end()).toEqual({ seen: [8, 20_000], emitted: [4, 4000], skip_capture: [4, 16_000] })
    })

    test('before the protocol is known, a call is copied as far as --infer-bytes go', async () => {
      const trial = await begin('--capture-bytes', '1000')
      await trial.askStopped(['open', 1], ['send', 0, 1, 1, MIB])
      expect(await trial.end()).toEqual({
        seen: [17, MIB],
        emitted: [16, 256 * KIB],
        skip_capture: [1, MIB - 256 * KIB],
      })
    })

    test('skip_undecided: bytes of a run beyond --infer-bytes', async () => {
      const trial = await begin('--infer-bytes', '64Ki')
      await trial.askStopped(['open', 1], ['send', 0, 1, 32, 8 * KIB])
      expect(await trial.end()).toEqual({
        seen: [32, 256 * KIB],
        emitted: [8, 64 * KIB],
        skip_undecided: [24, 192 * KIB],
      })
    })

    describe('once the protocol is known', () => {
      const REQUEST = 'GET /x HTTP/1.1\r\nhost: x\r\n\r\n'
      const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

      async function beginKnown(): Promise<Trial> {
        const trial = await begin()
        await trial.ask(['open', 1], ['say', 0, REQUEST], ['answer', 0, ANSWER])
        await waitFor(() => trial.tracer.rows().some((row) => row.req_path === '/x'))
        return trial
      }
      const known = REQUEST.length + ANSWER.length

      test('skip_run: bytes beyond what is shipped one way', async () => {
        const trial = await beginKnown()
        await trial.askStopped(['send', 0, 1, 64, 8 * KIB])
        expect(await trial.end()).toMatchObject({
          seen: [2 + 64, known + 512 * KIB],
          emitted: [2 + 32, known + 256 * KIB],
          skip_run: [32, 256 * KIB],
        })
      })

      test('skip_verdict: bytes of a body that nobody wants', async () => {
        const trial = await beginKnown()
        const head = `POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: ${260 * KIB}\r\n\r\n`
        await trial.ask(['say', 0, head + 'x'.repeat(4 * KIB)])
        await sleep(SETTLE_MS)
        await trial.askStopped(['send', 0, 1, 32, 8 * KIB])
        // The last byte is wanted: with it the exchange ends.
        expect(await trial.end()).toEqual({
          seen: [4 + 32, known + head.length + 260 * KIB],
          emitted: [4, known + head.length + 4 * KIB + 1],
          skip_verdict: [32, 256 * KIB - 1],
        })
      })

      test(`bytes out of a socket into a pipe: ${layer === 'sock' ? 'unseen' : 'skip_nobuf'}`, async () => {
        const trial = await beginKnown()
        await trial.ask(['splice', 0, 50_000])
        await trial.ask(['say', 0, REQUEST], ['answer', 0, ANSWER])
        const { seen, emitted, ...rest } = await trial.end()
        expect(emitted).toEqual([4, 2 * known])
        if (layer === 'sock') expect([seen, rest.unseen]).toEqual([emitted, [0, 50_000]])
        else expect(rest.skip_nobuf?.[1]).toBe(50_000)
      })

      if (layer === 'sock') {
        test('bytes behind the last call that was seen: unseen, once the connection is closed', async () => {
          const trial = await beginKnown()
          await trial.ask(['say', 0, REQUEST], ['answer', 0, ANSWER], ['splice', 0, 50_000], ['reset', 0, 1])
          const { emitted, unseen } = await trial.end()
          expect([emitted, unseen]).toEqual([
            [4, 2 * known],
            [0, 50_000],
          ])
        })
      }
    })
  })
})
