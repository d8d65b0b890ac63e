import { Driver } from '../../../test/conformance/driver.js'
import { answer, batch, int, request, sized, string } from '../../../test/support/kafka-bytes.js'
import { ByteCursor } from '../cursor.js'
import type { InferHint } from '../protocol.js'
import { kafka } from './index.js'
import { KAFKA_EVENTS, type KafkaRow } from './table.js'

const CONN = {
  transport: 'stream',
  fromStart: true,
  options: { bodyBytes: 1024, redact: true },
  become: () => undefined,
} as const

function produce(id: number, acks: number, ...partitions: readonly Buffer[]): Buffer {
  const sets = partitions.flatMap((records, index) => [int(4, index), sized(records)])
  return request(
    0,
    3,
    id,
    int(2, -1),
    int(2, acks),
    int(4, 1000),
    int(4, 1),
    string('t'),
    int(4, partitions.length),
    ...sets,
  )
}

function fetch(id: number): Buffer {
  const session = [int(4, -1), int(4, 500), int(4, 1), int(4, 1 << 20), int(1, 0)]
  return request(1, 4, id, ...session, int(4, 0))
}

function fetched(id: number, error: number, ...partitions: readonly Buffer[]): Buffer {
  const sets = partitions.flatMap((records, index) => {
    return [int(4, index), int(2, error), int(6, 0), int(2, 9), int(6, 0), int(2, 9), int(4, 0), sized(records)]
  })
  return answer(id, int(4, 0), int(4, 1), string('t'), int(4, partitions.length), ...sets)
}

const produced = (id: number, error = 0): Buffer =>
  answer(
    id,
    int(4, 1),
    string('t'),
    int(4, 1),
    int(4, 0),
    int(2, error),
    int(6, 0),
    int(2, 1),
    int(6, -1),
    int(2, -1),
    int(4, 0),
  )

function rowsOf(driver: Driver): (KafkaRow & { lost: boolean; cut: number })[] {
  return driver.emitted.map(({ row, lost, cut }) => ({ ...(row as KafkaRow), lost, cut }))
}

const talk = (fromStart = true): Driver => new Driver(kafka as never, fromStart)

describe('records', () => {
  test('of several batches and partitions are counted; markers of transactions are not', () => {
    const d = talk()
    d.feed('request', fetch(1))
    const marker = batch(1, 10)
    marker.writeInt16BE(0x20, 21)
    d.feed('response', fetched(1, 0, Buffer.concat([batch(7, 100), batch(3, 5), marker]), batch(90, 4000)))
    expect(rowsOf(d)).toMatchObject([
      { record_count: 100, record_bytes: 161 + 66 + 71 + 4061, partitions: ['t-0', 't-1'], resp_result: 2 },
    ])
  })

  test('a batch that is cut off at the end is not counted', () => {
    const d = talk()
    d.feed('request', fetch(1))
    d.feed(
      'response',
      fetched(1, 0, Buffer.concat([batch(7, 100), batch(3, 500).subarray(0, 200)]), batch(2, 9).subarray(0, 10)),
    )
    expect(rowsOf(d)).toMatchObject([{ record_count: 7, record_bytes: 161 + 200 + 10, partitions: ['t-0', 't-1'] }])
  })

  test('messages of formats 0 and 1 are counted one by one; compressed ones are not', () => {
    const message = (attributes: number): Buffer =>
      Buffer.concat([int(6, 0), int(2, 0), sized(int(4, 1), int(1, 1), int(1, attributes), Buffer.alloc(20))])
    const d = talk()
    d.feed('request', produce(1, 1, Buffer.concat([message(0), message(0), message(0)])))
    d.feed('response', produced(1))
    d.feed('request', produce(2, 1, message(2)))
    d.feed('response', produced(2))
    expect(rowsOf(d)).toMatchObject([{ record_count: 3 }, { record_count: null, record_bytes: 38 }])
  })

  test('a batch that makes no sense leaves the count unknown, and the frame whole', () => {
    const d = talk()
    d.feed('request', Buffer.concat([produce(1, 1, Buffer.alloc(100, 0xff)), produce(2, 1, batch(4, 20))]))
    d.feed('response', produced(1))
    d.feed('response', produced(2))
    expect(rowsOf(d)).toMatchObject([
      { record_count: null, record_bytes: 100, resp_result: 2 },
      { record_count: 4, record_bytes: 81 },
    ])
  })
})

describe('a large frame', () => {
  test('is eaten piece by piece; what is in a batch is not needed, and may be missing', () => {
    const state = kafka.newState({ ...CONN, whole: false })
    const frame = produce(1, 1, Buffer.concat([batch(5, 3_000_000), batch(6, 2_000_000)]))
    const cursor = new ByteCursor(frame, 0, 5000)
    expect(kafka.parse('request', cursor, state, [])).toBe(5000)
    const first = frame.indexOf(batch(5, 0).subarray(0, 8)) + 61 + 3_000_000
    expect(cursor.skip).toBe(first - 5000)
    expect(kafka.gap('request', cursor.skip, state, false)).toBe(true)
    const out: object[] = []
    const second = new ByteCursor(frame, first, first + 100)
    expect(kafka.parse('request', second, state, out as never)).toBe(100)
    // The last byte tells the time.
    expect(second.skip).toBe(frame.length - first - 101)
    expect(kafka.gap('request', second.skip, state, false)).toBe(true)
    expect(kafka.parse('request', new ByteCursor(frame, frame.length - 1), state, out as never)).toBe(1)
    expect(out).toMatchObject([{ lost: false, content: { records: 11, recordBytes: 5_000_122 } }])
  })

  test('whose end is missing is whole where nothing else can be there', () => {
    const compact = (records: Buffer): Buffer => {
      const topic = [int(1, 2), int(1, 2), Buffer.from('t'), int(1, 2), int(4, 0)]
      const tags = int(3, 0)
      return request(
        0,
        9,
        1,
        int(1, 0),
        int(1, 0),
        int(2, 1),
        int(4, 9),
        ...topic,
        Buffer.from([((records.length + 1) & 0x7f) | 0x80, (records.length + 1) >> 7]),
        records,
        tags,
      )
    }
    const frame = compact(batch(5, 1000))
    for (const [cut, records] of [
      [0, 5],
      [3, 5],
      [400, 5],
      [1003, 5],
      [1004, -1],
    ] as const) {
      const state = kafka.newState({ ...CONN, whole: false })
      const out: object[] = []
      const eaten = kafka.parse('request', new ByteCursor(frame, 0, frame.length - cut), state, out as never)
      if (cut > 0) {
        expect(kafka.gap('request', frame.length - eaten, state, false)).toBe(true)
        kafka.parse('request', new ByteCursor(frame, 0, 0), state, out as never)
      }
      expect(out).toMatchObject([{ content: { records, recordBytes: 1061, broken: false } }])
    }
  })

  test('whose batches were not seen (sendfile) has a size, and no count', () => {
    const state = kafka.newState({ ...CONN, whole: false })
    kafka.parse('request', new ByteCursor(fetch(1)), state, [])
    const records = batch(5, 100_000)
    const frame = fetched(1, 0, records, records)
    const at = frame.indexOf(records.subarray(0, 61))
    const out: object[] = []
    expect(kafka.parse('response', new ByteCursor(frame, 0, at), state, out as never)).toBe(at)
    expect(kafka.gap('response', records.length, state, false)).toBe(true)
    const rest = frame.subarray(at + records.length)
    expect(kafka.parse('response', new ByteCursor(rest), state, out as never)).toBe(rest.length)
    expect(out).toMatchObject([{ lost: false, content: { records: -1, recordBytes: 2 * records.length } }])
  })

  test('with a hole where its fields are is shown as far as it came', () => {
    const d = talk()
    const frame = produce(1, 1, batch(5, 100), batch(6, 100))
    d.feed('request', frame.subarray(0, 40))
    d.lose('request', 20)
    d.feed('request', frame.subarray(60))
    d.feed('response', produced(1, 6))
    expect(rowsOf(d)).toMatchObject([
      { record_count: null, record_bytes: null, topics: ['t'], error_codes: ['NOT_LEADER_OR_FOLLOWER'], lost: true },
    ])
  })
})

describe('an answer', () => {
  test('to nothing that was asked is not the protocol', () => {
    const d = talk()
    d.feed('request', produce(1, 1, batch(1, 1)))
    d.feed('response', produced(7))
    expect(d.faults).toBeGreaterThan(0)
  })

  test('that was lost in its midst is not awaited any more', () => {
    const d = talk()
    d.feed('request', fetch(1))
    d.feed('response', fetched(1, 0, batch(7, 1000)).subarray(0, 500))
    d.lose('response', 5000)
    d.feed('request', fetch(2))
    // Of the lost bytes, by chance.
    d.feed('response', fetched(1, 0, batch(9, 100)))
    d.feed('response', fetched(2, 0, batch(7, 100)))
    expect(rowsOf(d)).toMatchObject([
      { resp_result: null, lost: true },
      { resp_result: 2, record_count: 7, lost: false },
    ])
  })

  test('is not begun by bytes that only might, once others were passed over', () => {
    const d = talk()
    const handshake = request(17, 0, 1, string('PLAIN'))
    d.feed('request', handshake)
    d.lose('response', 10)
    // A size, the number 1, an error, and 26 880 names to come.
    d.feed('response', Buffer.from('78787878787878787878001b001b0000000195000000690000', 'hex'))
    d.feed('response', Buffer.from('000000000f10507202'.repeat(9), 'hex'))
    d.feed('request', produce(2, 1, batch(1, 1)))
    d.feed('response', produced(2))
    expect(rowsOf(d).at(-1)).toMatchObject({ req_cmd: 0, resp_result: 2, lost: false })
  })

  test('that does not come is said so, one that was lost is not', () => {
    const d = talk()
    d.feed(
      'request',
      Buffer.concat([produce(1, 1, batch(1, 1)), produce(2, 1, batch(2, 1)), produce(3, 1, batch(3, 1))]),
    )
    d.lose('response', produced(1).length)
    d.feed('response', produced(2))
    d.end()
    const rows = rowsOf(d)
    expect(rows.map((row) => [row.record_count, row.resp_result, row.lost])).toEqual([
      [1, null, true],
      [2, 2, false],
      [3, null, true],
    ])
    expect(KAFKA_EVENTS.error?.({ ...rows[1], resp_result: 0 } as KafkaRow)).toBe('no response')
  })

  test('that was lost before the protocol was known, is not said to be none', () => {
    const d = talk(false)
    d.feed('request', produce(1, 1, batch(1, 1)))
    d.feed('request', produce(2, 1, batch(2, 1)))
    d.feed('response', produced(2))
    d.end()
    expect(rowsOf(d).map((row) => [row.record_count, row.resp_result, row.lost])).toEqual([
      [1, null, true],
      [2, 2, false],
    ])
  })

  test('that names no API is not one to ApiVersions, but zeros among others', () => {
    const d = talk()
    const asked = request(18, 0, 0)
    d.feed('request', asked)
    d.lose('response', 400)
    d.lose('request', 60)
    d.feed(
      'response',
      Buffer.concat([answer(1, Buffer.alloc(7, 9)), Buffer.from('0000000a00000000000000000000', 'hex')]),
    )
    d.end()
    expect(rowsOf(d)).toMatchObject([{ req_cmd: 18, resp: null, lost: true }])
  })

  test('with errors: the first is the reason', () => {
    const d = talk()
    d.feed('request', fetch(1))
    d.feed('response', fetched(1, 3, Buffer.alloc(0)))
    const [row] = rowsOf(d)
    expect(KAFKA_EVENTS.error?.(row as KafkaRow)).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(KAFKA_EVENTS.endpoint?.(row as KafkaRow)).toBe('Fetch t')
  })
})

test('after a loss nothing is a token without a header', () => {
  const d = talk()
  const handshake = request(17, 0, 1, string('PLAIN'))
  d.feed('request', handshake)
  d.feed('response', answer(1, int(2, 0), int(4, 1), string('PLAIN')))
  d.lose('request', 1000)
  d.feed('request', Buffer.from(produce(2, 1, batch(1, 1)).toString('latin1').replace('me', 'ME'), 'latin1'))
  d.feed('response', produced(2))
  expect(rowsOf(d).at(-1)).toMatchObject({ req_cmd: 0, client_id: 'ME', resp_result: 2 })
})

describe('what a known client sends', () => {
  const future = (key: number, version: number, id: number): Buffer => request(key, version, id, int(4, 0))

  test('may be of any API and version, and numbered below zero', () => {
    const d = talk()
    d.feed('request', produce(1, 1, batch(1, 1)))
    d.feed('response', produced(1))
    for (const [key, version, id] of [
      [0, 300, 2],
      [999, 0, 3],
      [32_767, 32_767, -4],
    ] as const) {
      d.feed('request', future(key, version, id))
      d.feed('response', answer(id, int(6, 0)))
    }
    expect(d.faults).toBe(0)
    expect(rowsOf(d).map((row) => [row.req_cmd, row.api_version, row.resp_size])).toEqual([
      [0, 3, expect.any(Number)],
      [0, 300, 14],
      [999, 0, 14],
      [32_767, 32_767, 14],
    ])
    expect(KAFKA_EVENTS.endpoint?.(rowsOf(d)[2] as KafkaRow)).toBe('UNKNOWN_999')
  })

  test('twice with one number: the answer belongs to the first', () => {
    const d = talk()
    d.feed(
      'request',
      Buffer.concat([produce(1, 1, batch(1, 1)), produce(1, 1, batch(2, 1)), produce(2, 1, batch(3, 1))]),
    )
    d.feed('response', Buffer.concat([produced(1, 7), produced(1, 6), produced(2)]))
    d.end()
    expect(rowsOf(d).map((row) => [row.record_count, row.error_codes, row.lost])).toEqual([
      [2, null, true],
      [1, ['REQUEST_TIMED_OUT'], false],
      [3, [], false],
    ])
  })

  test('in great number at once: the oldest are given up, and none is paired wrongly', () => {
    const d = talk()
    const ids = Array.from({ length: 1100 }, (_, i) => i + 1)
    d.feed('request', Buffer.concat(ids.map((id) => produce(id, 1, batch(id, 1)))))
    d.feed('response', Buffer.concat(ids.map((id) => produced(id))))
    expect(d.faults).toBe(0)
    const rows = rowsOf(d)
    expect(rows.filter((row) => row.lost).map((row) => row.record_count)).toEqual(ids.slice(0, 76))
    expect(rows.filter((row) => !row.lost).map((row) => row.record_count)).toEqual(ids.slice(76))
  })
})

test('bodies are cut to their limit', () => {
  const d = new Driver(kafka as never, true, { bodyBytes: 30, redact: true })
  d.feed('request', request(12, 1, 1, string('grüppe'.repeat(9)), int(4, 1), string('m')))
  d.feed('response', answer(1, int(4, 0), int(2, 0)))
  const [row] = rowsOf(d)
  expect(Buffer.byteLength(row?.req_body ?? '')).toBeLessThanOrEqual(30)
  expect(row?.req_body).toMatch(/^\{"group_id":"grüppegr/)
  expect(row).toMatchObject({ resp: '{"throttle_time_ms":0,"error_c', cut: (1 << 7) | (1 << 10) })
})

describe('infer', () => {
  const guess = (sent: Buffer, received: Buffer, hint: Partial<InferHint> = {}): string =>
    kafka.infer(new ByteCursor(sent), new ByteCursor(received), {
      role: 'unknown',
      localPort: 1,
      remotePort: 2,
      fromStart: true,
      ...hint,
    })
  const NOTHING = Buffer.alloc(0)

  test('a request that is one to the last byte', () => {
    expect(guess(fetch(5), NOTHING)).toBe('client')
    expect(guess(NOTHING, fetch(5))).toBe('server')
    expect(guess(fetch(5).subarray(0, 30), NOTHING)).toBe('need-more')
  })

  test('without a client id the answer must tell', () => {
    const nameless = sized(int(2, 18), int(2, 0), int(4, 3), int(2, -1))
    expect(guess(nameless, NOTHING)).toBe('need-more')
    expect(guess(nameless, answer(3, int(2, 0), int(4, 0)))).toBe('client')
    expect(guess(nameless, answer(4, int(2, 0), int(4, 0)))).toBe('no')
  })

  test('joined in the middle of a frame, and while an answer is under way', () => {
    const middle = { fromStart: false }
    expect(guess(Buffer.concat([Buffer.alloc(99, 0x61), fetch(5)]), NOTHING, middle)).toBe('client')
    expect(guess(NOTHING, Buffer.concat([Buffer.alloc(99, 0x61), fetch(5)]), middle)).toBe('server')
    const other = Buffer.alloc(64, 8)
    expect(guess(Buffer.concat([Buffer.alloc(99, 0x61), fetch(5)]), other, middle)).toBe('need-more')
    expect(guess(Buffer.concat([Buffer.alloc(99, 0x61), fetch(5), fetch(6), fetch(7)]), other, middle)).toBe('client')
    // ApiVersions of nobody, and no error: both nearly nothing but zeros.
    const [zeros, none] = ['0000000a00120000000000000000', '0000000a00000000000000000000'].map((hex) =>
      Buffer.from(hex, 'hex'),
    ) as [Buffer, Buffer]
    expect(guess(zeros, none, middle)).toBe('need-more')
    expect(guess(NOTHING, produced(1), middle)).toBe('need-more')
    expect(guess(Buffer.alloc(20_000, 0x61), NOTHING, middle)).toBe('no')
  })

  test('is not ZooKeeper, PostgreSQL or Thrift', () => {
    const hex = (bytes: string): Buffer => Buffer.from(bytes, 'hex')
    const zookeeper = hex(`0000002d${'00'.repeat(16)}00007530${'00'.repeat(8)}00000010${'00'.repeat(17)}`)
    expect(guess(zookeeper, hex(`00000025000000000000753001${'00'.repeat(28)}`))).toMatch(/no|need-more/)
    expect(guess(hex('0000002900030000757365720070670064617461626173650070670000'), NOTHING)).toBe('no')
    expect(guess(hex('000000118001000100000004706e6700000001'), NOTHING)).toBe('no')
  })
})

test('joined late: what is before the first request that is certain is passed over', () => {
  const d = talk(false)
  d.feed('response', fetched(4, 0, batch(1, 10)))
  d.feed('request', Buffer.concat([produce(4, 1, batch(9, 40)).subarray(30), produce(5, 1, batch(5, 10))]))
  d.feed('response', Buffer.concat([produced(4), produced(5)]))
  d.end()
  expect(rowsOf(d).filter((row) => !row.lost)).toMatchObject([{ record_count: 5, resp_result: 2 }])
})

test('the search for a request ends soon where any byte may begin one', () => {
  let seed = 7
  const digit = (): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % 3
  }
  const bytes = Buffer.from(Array.from({ length: 1 << 18 }, digit))
  const state = kafka.newState({ ...CONN, fromStart: false, whole: false })
  expect(kafka.findBoundary('request', new ByteCursor(bytes), state)).toBeGreaterThan(bytes.length - 64)
})
