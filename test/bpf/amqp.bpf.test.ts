import { join } from 'node:path'
import { jest } from '@jest/globals'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { type Program, program, python } from '../servers/packages.js'
import { run } from '../servers/process.js'
import { ACCOUNT, type Rabbit, startRabbit } from '../servers/rabbitmq.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const node: Program = { file: process.execPath, env: process.env }
const ROLES = ['server', 'client'] as const
const START_MS = 150_000
const TEST_MS = 120_000

/** A message as a client counts it: exchange, routing key, size. */
type Told = readonly [string, string, number]

interface Account {
  readonly published: readonly Told[]
  readonly received: readonly Told[]
  readonly returned: readonly Told[]
}

const amqp = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'amqp_events' && row.trace_role === role)

const sent = (rows: readonly Row[], method: string): Row[] => rows.filter((row) => row.req_method === method)
const came = (rows: readonly Row[], method: string): Row[] => rows.filter((row) => row.resp_method === method)

/** What the rows count, as a client does. */
function counted(rows: readonly Row[]): Account {
  const received = [...came(rows, 'basic.deliver'), ...came(rows, 'basic.get-ok')]
  return {
    published: pick(sent(rows, 'basic.publish'), 'exchange', 'routing_key', 'req_body_size') as Told[],
    received: pick(received, 'exchange', 'routing_key', 'resp_body_size') as Told[],
    returned: pick(came(rows, 'basic.return'), 'exchange', 'routing_key', 'resp_body_size') as Told[],
  }
}

describeBpf('AMQP, traced live', 4, () => {
  let db: Rabbit
  beforeAll(async () => {
    db = await startRabbit()
  }, START_MS)
  afterAll(() => db.stop(), START_MS)
  jest.setTimeout(TEST_MS)

  /** Traces while the work runs, and until both ends have seen as many connections end as began. */
  async function traced(work: () => Promise<unknown>): Promise<Traced> {
    const tracer = trace(['--connectors', 'amqp', '--port', `${db.port}`])
    await tracer.ready
    await work()
    const begun = (role: string): number => came(amqp(tracer.rows(), role), 'connection.start').length
    const over = (role: string): number =>
      amqp(tracer.rows(), role).filter(({ req_method, resp_method }) =>
        [req_method, resp_method].includes('connection.close'),
      ).length
    // What differs is told by the tests.
    await waitFor(() => ROLES.every((role) => begun(role) > 0 && over(role) >= begun(role)), 10_000).catch(() => 0)
    const result = await tracer.stop()
    expect(result.exitCode).toBe(0)
    expect(result.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    expect(result.rows.filter((row) => row.partial === true)).toEqual([])
    return result
  }

  /** The client's own account and both ends agree. */
  async function expectBothRoles(what: Program, args: readonly string[]): Promise<Traced> {
    let said = ''
    const result = await traced(async () => {
      const { code, stdout, stderr } = await run(what, args, { ms: TEST_MS })
      expect({ code, stderr }).toMatchObject({ code: 0 })
      said = stdout
    })
    const account = JSON.parse(said) as Account
    for (const role of ROLES) {
      const rows = counted(amqp(result.rows, role))
      for (const name of ['published', 'received', 'returned'] as const) expectMultiset(rows[name], account[name])
    }
    return result
  }

  test('amqplib: confirms, consumers, returned messages, large and empty ones, channels that the server closes', async () => {
    const result = await expectBothRoles(node, [client('amqp-client.mjs'), `${db.port}`])
    for (const role of ROLES) {
      const rows = amqp(result.rows, role)
      const published = sent(rows, 'basic.publish')
      expect(published.filter((row) => row.resp_method !== 'basic.ack')).toEqual([])
      for (let i = 0; i < 200; i++) {
        expect(published.find((row) => row.routing_key === `js.key.${i}`)).toMatchObject({ req_body: `message ${i}` })
      }
      expect(published.find((row) => row.routing_key === 'js.empty')).toMatchObject({ req_body: '', req_body_size: 0 })
      expect(published.find((row) => row.routing_key === 'js.large')).toMatchObject({
        req_body_size: 300_000,
        req_properties: {
          content_type: 'text/plain',
          headers: { Authorization: '[REDACTED]', 'x-n': 7, nested: { list: [1, 'two', true] } },
          correlation_id: 'corr-1',
          delivery_mode: 2,
        },
        truncated: ['req_body'],
      })
      expect(came(rows, 'basic.return')[0]).toMatchObject({ error: '312 NO_ROUTE', resp_body: 'comes back' })
      expectMultiset(pick(came(rows, 'channel.close'), 'req_method', 'error'), [
        ['queue.declare', "404 NOT_FOUND - no queue 'js.absent' in vhost '/'"],
        ['exchange.declare', "404 NOT_FOUND - no exchange 'js.absent' in vhost '/'"],
      ])
      expect([sent(rows, 'basic.ack').length, sent(rows, 'basic.nack').length]).toEqual([101, 101])
      const kept = published.filter((row) => row.routing_key === 'js.kept').length
      expect(await db.queues()).toContainEqual({ name: 'js.kept', messages: kept })
    }
    expect(result.text).not.toContain('secret-header')
  })

  test('pika: transactions, heartbeats, refusals', async () => {
    const result = await expectBothRoles(python(), [client('amqp-client.py'), `${db.port}`])
    for (const role of ROLES) {
      const rows = amqp(result.rows, role)
      const methods = rows.map((row) => row.req_method)
      for (const name of ['tx.select', 'tx.commit', 'tx.rollback', 'queue.purge', 'basic.recover', 'basic.cancel']) {
        expect(methods.filter((method) => method === name)).toHaveLength(1)
      }
      expect(rows.filter((row) => row.frame_type === 'heartbeat').length).toBeGreaterThan(0)
      const errors = rows.map((row) => row.error).filter((error) => error !== null && error !== 'no response')
      expect(errors.map((error) => String(error).slice(0, 13)).sort()).toEqual([
        '403 ACCESS_RE',
        '404 NOT_FOUND',
        '404 NOT_FOUND',
      ])
    }
    expect(result.text).not.toContain('wrong-password')
  })

  test('amqp-tools: a client in C', async () => {
    const url = ['--url', `amqp://${ACCOUNT.user}:${ACCOUNT.password}@127.0.0.1:${db.port}`]
    const tool = (name: string, ...args: readonly string[]) => run(program(name), [...url, ...args])
    const result = await traced(async () => {
      await tool('amqp-declare-queue', '-q', 'c.q')
      await tool('amqp-publish', '-r', 'c.q', '-b', 'from C')
      expect((await tool('amqp-get', '-q', 'c.q')).stdout).toBe('from C')
      await tool('amqp-delete-queue', '-q', 'c.q')
    })
    for (const role of ROLES) {
      const rows = amqp(result.rows, role).filter(({ channel }) => channel !== 0)
      expectMultiset(
        pick(
          rows.filter((row) => !String(row.req_method).startsWith('channel.')),
          'req_method',
          'resp_method',
          'queue',
          'req_body',
          'resp_body',
        ),
        [
          ['queue.declare', 'queue.declare-ok', 'c.q', null, null],
          ['basic.publish', null, null, 'from C', null],
          ['basic.get', 'basic.get-ok', 'c.q', null, 'from C'],
          ['queue.delete', 'queue.delete-ok', 'c.q', null, null],
        ],
      )
    }
  })

  test('what a row says', async () => {
    const url = `amqp://${ACCOUNT.user}:${ACCOUNT.password}@127.0.0.1:${db.port}`
    const result = await traced(() => run(program('amqp-declare-queue'), ['--url', url, '-q', 'row.q']))
    expect(sent(amqp(result.rows, 'server'), 'queue.declare')[0]).toMatchObject({
      pid: db.pid,
      comm: 'beam.smp',
      local_addr: '127.0.0.1',
      local_port: db.port,
      frame_type: 'method',
      channel: 1,
      req_class_id: 50,
      req_method_id: 10,
      resp_class_id: 50,
      resp_method_id: 11,
      queue: 'row.q',
      resp_msg: { queue: 'row.q', message_count: 0, consumer_count: 0 },
      error: null,
    })
    const [start] = sent(amqp(result.rows, 'client'), 'connection.start-ok')
    expect(start).toMatchObject({
      resp_method: 'connection.start',
      remote_port: db.port,
      req_msg: { response: '[REDACTED]' },
    })
  })
})
