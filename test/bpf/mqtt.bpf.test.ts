import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { ACCOUNT, type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { type Program, program, python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const NODE: Program = { file: process.execPath, env: process.env }
const DEADLINE_MS = 20_000

const mqtt = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'mqtt_events' && row.trace_role === role)

const bit = (flag: unknown): number => (flag === true ? 1 : 0)

/** The lines that the server wrote for the packets of an exchange; acknowledgements are in it as the answer. */
function linesOf(row: Row): string[] {
  const who = row.client_id
  const toServer = row.sender === 'client'
  const [asked, answered] = toServer
    ? [`Received ${row.packet_type} from ${who}`, `Sending ${row.resp_type} to ${who}`]
    : [`Sending ${row.packet_type} to ${who}`, `Received ${row.resp_type} from ${who}`]
  if (row.packet_type === 'CONNECT') return [`${answered} (0, ${row.reason_code})`]
  if (row.packet_type === 'PUBLISH') {
    const flags = `d${bit(row.dup)}, q${row.qos}, r${bit(row.retain)}, m${row.packet_id ?? 0}`
    const line = `${asked} (${flags}, '${row.topic}', ... (${row.payload_size} bytes))`
    return row.qos === 0 ? [line] : [line, `${answered} ${row.packet_id}`]
  }
  return row.resp_type === 'none' ? [asked] : [asked, answered]
}

/** PUBREC and PUBREL are within an exchange; of acknowledgements only the identifier is compared; what is denied is received. */
function logged(lines: readonly string[]): string[] {
  const packets = lines.filter((line) => !/ (?:PUBREC|PUBREL) /.test(line))
  const plain = packets.map((line) => line.replace(/^Denied/, 'Received'))
  return plain.map((line) => line.replace(/ \((?:m|Mid: )(\d+)(?:, (?:rc|RC:)\d+)?\)$/, ' $1'))
}

describeBpf('MQTT, traced live', 8, () => {
  let broker: Mosquitto
  beforeAll(async () => {
    broker = await startMosquitto()
  })
  afterAll(() => broker.stop())

  /** Each packet in the server's log is in a row, once as the server saw it and once as the client did. */
  async function expectBothRoles(atLeast: number, work: () => Promise<unknown>): Promise<Traced> {
    const before = broker.packets().length
    const tracer = trace(['--connectors', 'mqtt', '--port', `${broker.port}`])
    await tracer.ready
    await work()
    const enough = (): boolean =>
      ROLES.every((role) => mqtt(tracer.rows(), role).flatMap(linesOf).length >= logged(log()).length)
    const log = (): string[] => broker.packets().slice(before)
    await waitFor(enough, DEADLINE_MS).catch(() => undefined)
    const result = await tracer.stop()
    expect(result.exitCode).toBe(0)
    expect(log().length).toBeGreaterThanOrEqual(atLeast)
    for (const role of ROLES) expectMultiset(mqtt(result.rows, role).flatMap(linesOf), logged(log()))
    expect(result.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    return result
  }

  async function expectExit(code: number, what: Program, args: readonly string[]): Promise<void> {
    const result = await run(what, args)
    expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code })
  }

  const find = (rows: readonly Row[], columns: object): Row | undefined =>
    rows.find((row) => Object.entries(columns).every(([name, value]) => row[name] === value))

  test.each([
    ['31', '3.1'],
    ['311', '3.1.1'],
    ['5', '5.0'],
  ])('paho-mqtt, version %s: all QoS both ways, a large message, a denied one', async (version, word) => {
    const { user, password } = ACCOUNT
    const args = [client('paho-client.py'), `${broker.port}`, version, user, password]
    const result = await expectBothRoles(40, () => expectExit(0, python(), args))
    expect(result.text).not.toContain(password)
    for (const role of ROLES) {
      const rows = mqtt(result.rows, role)
      expect(rows.filter((row) => row.partial === true || row.error === 'no response')).toEqual([])
      expect(rows.map((row) => row.mqtt_version)).toEqual(rows.map(() => word))
      expect(find(rows, { packet_type: 'CONNECT' })).toMatchObject({
        connect: {
          keep_alive: 60,
          username: user,
          password: '[REDACTED]',
          will: { topic: 'wills/paho', payload: 'gone', qos: 1, retain: true },
        },
        resp_type: 'CONNACK',
      })
      for (const sender of ['client', 'server']) {
        const message = { packet_type: 'PUBLISH', sender, payload: 'größe 3' }
        expect(find(rows, { ...message, topic: 'paho/0/3' })).toMatchObject({ resp_type: 'none' })
        expect(find(rows, { ...message, topic: 'paho/1/3' })).toMatchObject({ resp_type: 'PUBACK' })
        expect(find(rows, { ...message, topic: 'paho/2/3' })).toMatchObject({ resp_type: 'PUBCOMP' })
        expect(find(rows, { sender, topic: 'paho/large' })).toMatchObject({
          payload_size: 2_000_000,
          payload: 'x'.repeat(1024),
          truncated: ['payload'],
          resp_type: 'PUBCOMP',
        })
        if (version !== '5') continue
        expect(find(rows, { sender, topic: 'paho/alias', payload: 'second' })).toBeDefined()
      }
      const denied = find(rows, { topic: 'secret/plan' })
      expect(denied?.error).toBe(version === '5' ? '135: Not authorized' : null)
    }
  })

  test.each([['3'], ['4'], ['5']])('MQTT.js, version %s: many exchanges under way at once', async (version) => {
    const args = [client('mqtt-client.mjs'), `${broker.port}`, version]
    const result = await expectBothRoles(600, () => expectExit(0, NODE, args))
    for (const role of ROLES) {
      const rows = mqtt(result.rows, role)
      expect(rows.filter((row) => row.partial === true || row.error !== null)).toEqual([])
      const sent = rows.filter((row) => row.packet_type === 'PUBLISH' && row.sender === 'client')
      const wanted = Array.from({ length: 300 }, (_, i) => [`js/${i}`, `message ${i}`, i % 3])
      expectMultiset(
        sent.map((row) => [row.topic, row.payload, row.qos]),
        wanted,
      )
    }
  })

  test('mosquitto_pub: a login that is refused', async () => {
    const args = ['-p', `${broker.port}`, '-i', 'refused', '-u', 'tester', '-P', 'not-this', '-t', 'a', '-m', 'b']
    const tracer = trace(['--connectors', 'mqtt', '--port', `${broker.port}`])
    await tracer.ready
    await expectExit(5, program('mosquitto_pub'), args)
    await waitFor(() => tracer.rows().filter((row) => row.table_ === 'mqtt_events').length >= 2, DEADLINE_MS)
    const result = await tracer.stop()
    expect(result.text).not.toContain('not-this')
    for (const role of ROLES) {
      expect(mqtt(result.rows, role)).toMatchObject([
        { packet_type: 'CONNECT', client_id: 'refused', error: '5: Connection Refused, not authorized' },
      ])
    }
  })

  test('mosquitto_sub: a connection that is older than the trace', async () => {
    const topic = ['-t', 'older/#', '-q', '1']
    const args = ['-p', `${broker.port}`, '-i', 'older', '-V', 'mqttv5', ...topic, '-v']
    const subscriber = start(program('mosquitto_sub'), { args, stdout: 'pipe' })
    await waitFor(() => broker.packets().includes('Sending SUBACK to older'), DEADLINE_MS)
    const tracer = trace(['--connectors', 'mqtt', '--pid', `${subscriber.pid}`])
    await tracer.ready
    for (let i = 0; i < 6; i++) {
      const message = ['-t', `older/${i}`, '-m', `message ${i}`, '-q', '1']
      await expectExit(0, program('mosquitto_pub'), ['-p', `${broker.port}`, ...message])
    }
    const messages = (): Row[] => tracer.rows().filter((row) => row.table_ === 'mqtt_events')
    await waitFor(() => messages().length >= 6, DEADLINE_MS).catch(() => undefined)
    const { rows } = await tracer.stop()
    const received = rows.filter((row) => row.table_ === 'mqtt_events')
    expect(received.map((row) => [row.trace_role, row.sender, row.topic, row.payload, row.resp_type])).toEqual(
      Array.from({ length: 6 }, (_, i) => ['client', 'server', `older/${i}`, `message ${i}`, 'PUBACK']),
    )
    await subscriber.stop()
  })
})
