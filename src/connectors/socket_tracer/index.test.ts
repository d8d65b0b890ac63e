import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConnectorBench, OPTIONS } from '../../../test/support/connector-bench.js'
import { closeEvent, connEvent, dataEvent } from '../../../test/support/events.js'
import { FakeKernel } from '../../../test/support/fake-kernel.js'
import { Direction, Reason } from '../../kernel/intf.gen.js'
import { TracerError } from '../../lib/errors.js'
import { readHooks } from '../../system/machine.js'
import { SocketTracer } from './index.js'
import { LAYER_NAMES, type Layer, layerObstacle } from './layers.js'

const REQUEST = 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n'
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const EXCHANGE = Buffer.concat([
  connEvent(),
  dataEvent(Direction.RECV, 0, REQUEST, { time: 1_000_000 }),
  dataEvent(Direction.SEND, 0, RESPONSE, { time: 3_500_000 }),
])
const CLOSE = closeEvent([RESPONSE.length, REQUEST.length])
const LOSSES = {
  seen: { events: 3, bytes: 100 },
  emitted: { events: 2, bytes: 80 },
  skip_run: { events: 0, bytes: 10 },
  lost_ring: { events: 1, bytes: 10 },
}

test('bytes become a row with all that is known of the exchange', () => {
  const kernel = new FakeKernel({ ticks: [[EXCHANGE], [CLOSE]] })
  const bench = new ConnectorBench(new SocketTracer(['http'], false), kernel).tick(2).finish()
  expect(bench.rows).toHaveLength(1)
  expect(bench.rows[0]).toMatchObject({
    table_: 'http_events',
    upid: '0:100:500',
    pid: 100,
    comm: 'server',
    remote_addr: '10.0.0.2',
    remote_port: 5000,
    local_addr: '127.0.0.1',
    local_port: 80,
    trace_role: 2,
    latency: 2_500_000,
    error: null,
    partial: false,
  })
  expect(bench.rows[0]?.time_).toBe(1000 + 1_700_000_000_000_001)
})

test.each([
  ['nothing was lost', 0, 'no response', false],
  ['bytes were lost, perhaps those of an answer', 5, null, true],
])('no answer: %s', (_name, uncaptured, error, partial) => {
  const request = `POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n${uncaptured > 0 ? '' : 'hello'}`
  const bytes = Buffer.concat([
    connEvent(),
    dataEvent(Direction.RECV, 0, request, { uncaptured, reason: Reason.LOST_FAULT }),
  ])
  const close = closeEvent([0, request.length + uncaptured])
  const bench = new ConnectorBench(new SocketTracer(['http'], false), new FakeKernel({ ticks: [[bytes], [close]] }))
  expect(bench.tick(2).finish().rows).toMatchObject([{ req_path: '/x', resp_status: null, error, partial }])
})

test('totals of connections, if they were asked for', () => {
  const kernel = new FakeKernel({ ticks: [[EXCHANGE], [CLOSE]] })
  const bench = new ConnectorBench(new SocketTracer(['http'], true), kernel).tick(2).finish()
  expect(bench.of('conn_stats')).toEqual([
    expect.objectContaining({
      protocol: 'http',
      remote_port: 0,
      conn_open: 1,
      conn_close: 1,
      conn_active: 0,
      bytes_sent: RESPONSE.length,
      bytes_recv: REQUEST.length,
    }),
  ])
})

test('totals every ten seconds while there is news', () => {
  const kernel = new FakeKernel({ ticks: [[EXCHANGE]], tickNs: 4e9 })
  const bench = new ConnectorBench(new SocketTracer(['http'], true), kernel).tick(10)
  expect(bench.of('conn_stats')).toHaveLength(1)
})

test('what the kernel counted, and what was done about it', () => {
  const kernel = new FakeKernel({ ticks: [], losses: LOSSES })
  const tracer = new SocketTracer(['http'], false)
  new ConnectorBench(tracer, kernel).tick()
  const of = (reason: string) => tracer.losses().find((line) => line.reason === reason)
  expect(of('seen')).toMatchObject({ kind: 'seen', events: 3, bytes: 100 })
  expect(of('skip_run')).toMatchObject({ kind: 'skipped', bytes: 10 })
  expect(of('lost_ring')).toMatchObject({ kind: 'lost', events: 1 })
})

describe('hook layers', () => {
  const programs = ({ setups }: FakeKernel): (string | undefined)[] => setups.map((setup) => setup.programs[0])

  test('the first that attaches is taken', () => {
    const kernel = new FakeKernel({ ticks: [] })
    const bench = new ConnectorBench(new SocketTracer(['http'], false), kernel)
    expect(programs(kernel)).toHaveLength(1)
    expect(bench.reports).toEqual([])
  })

  test('one that is refused is reported, and the next is taken', () => {
    const first = new FakeKernel({ ticks: [] })
    new ConnectorBench(new SocketTracer(['http'], false), first)
    const refused = { [programs(first)[0] as string]: 'verifier says no' }
    const kernel = new FakeKernel({ ticks: [], refused })
    const bench = new ConnectorBench(new SocketTracer(['http'], false), kernel)
    expect(new Set(programs(kernel)).size).toBe(2)
    expect(kernel.closed).toBe(1)
    expect(bench.reports).toEqual([
      expect.objectContaining({ status: 13, error: 'verifier says no', context: 'attach' }),
    ])
  })

  function refusal(whys: (program: string) => string, hints: readonly string[]): TracerError {
    const kernel = new FakeKernel({ ticks: [] })
    let n = 0
    kernel.open = (_, { programs }) => {
      throw new TracerError('cannotTrace', whys(programs[0] as string), hints[n++ % hints.length])
    }
    try {
      new ConnectorBench(new SocketTracer(['http'], false), kernel)
    } catch (error) {
      return error as TracerError
    }
    throw new Error('was not refused')
  }

  test('all are refused for one reason: it is said once, and what to do', () => {
    expect(refusal(() => 'no memory', ['ask for some'])).toMatchObject({
      code: 'cannotTrace',
      message: 'no hook layer works here\nno memory',
      hint: 'ask for some',
    })
  })

  test('all are refused, each for its own reason', () => {
    const { message, hint } = refusal((program) => `no ${program}`, ['do this', 'do that'])
    expect(message).toMatch(/^no hook layer works here\nfentry: no fentry_inet_sendmsg\nsock: no sock_send\nsyscall: /)
    expect(hint).toBe('see `stirling doctor`')
  })

  test('one is asked for, and the kernel lacks what it needs: that is said, not what the verifier says', () => {
    const kernel = new FakeKernel({ ticks: [] })
    kernel.open = () => {
      throw new TracerError('cannotTrace', 'verifier says no')
    }
    const refused = (attach: Layer): string | undefined => {
      try {
        new ConnectorBench(new SocketTracer(['http'], false), kernel, { attach })
      } catch (error) {
        return (error as TracerError).message
      }
      return undefined
    }
    for (const layer of LAYER_NAMES) {
      expect(refused(layer)).toBe(`hook layer ${layer}: ${layerObstacle(layer, readHooks()) ?? 'verifier says no'}`)
    }
  })

  test.each([
    ['without IPv6', ['BPF_FUNC_loop'], ['fentry_inet_sendmsg'], ['fentry_inet6_sendmsg']],
    ['with it', ['BPF_FUNC_loop', 'inet6_sendmsg'], ['fexit_inet6_sendmsg'], ['fexit_inet6_recvmsg']],
    ['with loops, without sendpage', ['BPF_FUNC_loop'], ['fexit_inet_recvmsg'], ['fexit_inet_sendpage']],
    [
      'with both',
      ['BPF_FUNC_loop', 'inet_sendpage'],
      ['fexit_inet_recvmsg', 'fexit_inet_sendpage'],
      ['fexit_unix_sendpage'],
    ],
    ['before either', ['inet_sendpage'], ['fexit_inet_recvmsg_old', 'fexit_inet_sendpage'], ['fexit_inet_recvmsg']],
  ])('programs follow from what the kernel has: %s', (_, names, wanted, unwanted) => {
    const programs = programsWith('http', names)
    expect(programs).toEqual(expect.arrayContaining(wanted))
    expect(programs).not.toEqual(expect.arrayContaining(unwanted))
  })

  const four = ['udp_sendmsg', 'udp_recvmsg', 'unix_dgram_sendmsg', 'unix_dgram_recvmsg', 'unix_seqpacket_recvmsg']
  const calls = [...four, 'udpv6_sendmsg', 'udpv6_recvmsg']
  const begins = ['fentry_udpv6_recvmsg', 'fentry_unix_dgram_recvmsg', 'fexit_unix_seqpacket_recvmsg']
  const old = [
    'fentry_udp_recvmsg_old',
    'fexit_udp_sendmsg_old',
    'fentry_unix_dgram_sendmsg',
    'fexit_unix_dgram_sendmsg_old',
  ]
  const ofDatagrams = /udp|dgram|seqpacket|datagram/
  test.each([
    ['they have functions', 'dns', ['BPF_FUNC_loop', ...calls], begins, 'datagram_exit'],
    ['before bpf_loop', 'dns', calls, old, 'datagram_exit_old'],
    ['without IPv6', 'dns', ['BPF_FUNC_loop', ...four], ['datagram_exit'], 'fentry_udp_sendmsg'],
    ['for streams', 'http', ['BPF_FUNC_loop', ...calls], [], 'fentry_udp_sendmsg'],
  ])('programs for datagrams: %s', (_, protocol, names, wanted, unwanted) => {
    const programs = programsWith(protocol, names).filter((name) => ofDatagrams.test(name))
    expect(programs).toEqual(expect.arrayContaining(wanted))
    expect(programs).not.toContain(unwanted)
    expect(programs).toHaveLength(programs.length > 1 ? 2 * calls.length : wanted.length)
  })

  test('none of unix sockets where those are not traced', () => {
    const programs = programsWith('dns', ['BPF_FUNC_loop', ...calls], false)
    expect(programs).toEqual(expect.arrayContaining(['fentry_inet_sendmsg', 'fexit_udp_recvmsg']))
    expect(programs.filter((name) => name.includes('unix'))).toEqual([])
  })

  /** What is loaded for fentry where the kernel has these names in its BTF. */
  function programsWith(protocol: string, names: readonly string[], unix = true): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'btf-'))
    const btf = join(folder, 'btf')
    writeFileSync(btf, `\0${names.join('\0')}\0`)
    const kernel = new FakeKernel({ ticks: [] })
    const scope = { ...OPTIONS.scope, unix }
    new ConnectorBench(new SocketTracer([protocol], false), kernel, { btf, attach: 'fentry', scope })
    rmSync(folder, { recursive: true })
    expect(kernel.setups).toHaveLength(1)
    expect(kernel.setups[0]).toMatchObject({ btf })
    return kernel.setups[0]?.programs ?? []
  }

  test('none: it cannot trace here', () => {
    const kernel = new FakeKernel({ ticks: [], refused: { tcp_destroy: 'no tracepoint' } })
    expect(() => new ConnectorBench(new SocketTracer(['http'], false), kernel)).toThrow(TracerError)
    expect(kernel.closed).toBe(kernel.setups.length)
  })

  test('the filters are written before anything is attached', () => {
    const order: string[] = []
    const kernel = new FakeKernel({ ticks: [] })
    const attach = kernel.attach.bind(kernel)
    kernel.attach = (probe) => {
      order.push('attach')
      return attach(probe)
    }
    kernel.writeMap = () => order.push('write')
    new ConnectorBench(new SocketTracer(['http'], false), kernel)
    expect(order.lastIndexOf('write')).toBeLessThan(order.indexOf('attach'))
  })

  test('detach detaches all', () => {
    const kernel = new FakeKernel({ ticks: [] })
    const tracer = new SocketTracer(['http'], false)
    new ConnectorBench(tracer, kernel).finish()
    expect(kernel.detached).toEqual(kernel.setups[0]?.programs)
  })
})
