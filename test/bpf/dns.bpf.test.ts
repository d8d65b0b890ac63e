import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { parseRows, type Row, type Traced, type Tracer, trace, traceWhile } from '../harness/trace.js'
import { startDnsmasq } from '../servers/dnsmasq.js'
import { dig, type Logged, type NameServer, startNamed } from '../servers/named.js'
import { program, python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const LOOPBACKS = ['127.0.0.1', '::1'] as const
const ROLES = ['server', 'client'] as const
const NODE = { file: process.execPath, env: process.env }

const dnsRows = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'dns_events' && row.trace_role === role)

/** The root of a host that has the processes of this one, and mounts no cgroups. */
function withoutCgroups(): string {
  const root = mkdtempSync(join(tmpdir(), 'host-'))
  symlinkSync('/proc', join(root, 'proc'))
  mkdirSync(join(root, 'sys'))
  return root
}

describeBpf('DNS, traced live', 10, () => {
  let named: NameServer
  beforeAll(async () => {
    named = await startNamed()
  }, 60_000)
  const elsewhere = withoutCgroups()
  afterAll(() => named.stop())
  afterAll(() => rmSync(elsewhere, { recursive: true }))

  /** Each query that the server has logged is there once as the server saw it and once as the client did; no other is. */
  async function expectLogged(
    atLeast: number,
    work: () => Promise<unknown>,
    args: readonly string[] = [],
  ): Promise<Traced & { readonly log: readonly Logged[] }> {
    const before = named.logged().length
    const tracer = trace(['--connectors', 'dns', '--port', `${named.port}`, ...args])
    await tracer.ready
    await work()
    const log = named.logged().slice(before)
    await told(tracer, 2 * log.length)
    const traced = await tracer.stop()
    expect(log.length).toBeGreaterThanOrEqual(atLeast)
    const wanted = log.map(({ name, type, transport, clientPort }) => [name, type, transport, clientPort])
    for (const [role, port] of [
      ['server', 'remote_port'],
      ['client', 'local_port'],
    ] as const) {
      const rows = dnsRows(traced.rows, role)
      expectMultiset(pick(rows, 'query_name', 'query_type', 'transport', port), wanted)
      const own = role === 'server' ? 'local_port' : 'remote_port'
      for (const row of rows) expect(row).toMatchObject({ [own]: named.port, malformed: false, partial: false })
    }
    return { ...traced, log }
  }

  // Rows come with the answer; one that is missing shows in the comparison.
  async function told(tracer: Tracer, rows: number): Promise<void> {
    const enough = (): boolean => tracer.rows().filter((row) => row.table_ === 'dns_events').length >= rows
    await waitFor(enough, 10_000).catch(() => undefined)
  }

  test.each(LOOPBACKS)('dig over UDP and TCP: %s', async (address) => {
    const asked = ['www.test A', 'WwW.test AAAA', 'alias.test A', 'test MX', 'txt.test TXT', '_sip._udp.test SRV']
    const more = ['test CAA', 'https.test HTTPS', 'loc.test LOC', 'test SOA']
    const said: string[] = []
    const traced = await expectLogged(20, async () => {
      for (const question of [...asked, ...more]) {
        for (const how of ['+notcp', '+tcp']) {
          const out = await dig(named.port, [how, '+noall', '+answer', ...question.split(' ')], address)
          const lines = out.split('\n').filter(Boolean)
          said.push(lines.map((line) => line.split(/\s+/).slice(3).join(' ')).join('; '))
        }
      }
    })
    for (const role of ROLES) {
      const rows = dnsRows(traced.rows, role)
      expectMultiset(
        rows.map(({ answers }) => (answers as string[]).join('; ')),
        said,
      )
      for (const row of rows) expect(row).toMatchObject({ rcode: 'NOERROR', error: null })
      for (const row of rows) expect(Number(row.latency)).toBeGreaterThan(0)
      expect(rows.some((row) => JSON.stringify(row.resp_edns).includes('"COOKIE"'))).toBe(true)
    }
    const names = (role: string): unknown[] => dnsRows(traced.rows, role).map((row) => row.remote_addr)
    expect(new Set([...names('client'), ...names('server')])).toEqual(new Set([address]))
  })

  test.each(LOOPBACKS)('every call that moves datagrams: %s', async (address) => {
    let said: string[] = []
    const traced = await expectLogged(15, async () => {
      const { stdout, stderr } = await run(python(), [client('dns-calls.py'), `${named.port}`, address])
      expect(stderr).toBe('')
      said = stdout.trim().split('\n')
    })
    const rows = dnsRows(traced.rows, 'client')
    expectMultiset(
      rows.map((row) => `${row.query_name} ${row.local_port}`),
      said,
    )
    for (const row of rows) expect(row).toMatchObject({ remote_addr: address, rcode: 'NXDOMAIN', error: 'NXDOMAIN' })
  })

  const EXIT = ['datagram_exit']
  test.each([
    ['sock', 'sock', ['--verbose'], ['heard_udp4', 'heard_udp6']],
    ['sock, and nobody to ask who has sent a datagram', 'sock', ['--verbose', '--host-path', elsewhere], EXIT],
    ['syscall', 'syscall', ['--verbose'], EXIT],
  ])('hook layer %s', async (_, layer, flags, programs) => {
    const work = () => run(python(), [client('dns-calls.py'), `${named.port}`, '127.0.0.1'])
    const { stderr } = await expectLogged(16, work, ['--attach', layer, ...flags])
    const loaded = [...stderr.matchAll(/program name=(\w+)/g)].map(([, name]) => name)
    expect(loaded.filter((name) => /^(heard|datagram)_/.test(name ?? ''))).toEqual(programs)
  })

  test.each(['sock', 'syscall'])('unix sockets, with what they are called: layer %s', async (layer) => {
    const directory = mkdtempSync(join(tmpdir(), 'datagrams-'))
    const command = [python().file, client('unix-datagrams.py'), directory]
    const traced = await trace(['--attach', layer, '--connectors', 'dns', '--', ...command]).ended
    rmSync(directory, { recursive: true })
    // The command's own output comes on stderr, between the tracer's words.
    const said = [...traced.stderr.matchAll(/^(\S+\.\S+) (\S+) (\S+)$/gm)].map(([, ...words]) => words)
    expect(said).toHaveLength(13)
    const rows = parseRows(traced.text)
    for (const [role, own, peer] of [
      ['client', 1, 2],
      ['server', 2, 1],
    ] as const) {
      const named = (words: readonly string[], at: number): string | null => words[at]?.replace(/^-$/, '') || null
      expectMultiset(
        pick(dnsRows(rows, role), 'query_name', 'local_addr', 'remote_addr', 'local_port', 'rcode'),
        said.map((words) => [words[0], named(words, own), named(words, peer), null, 'NOERROR']),
      )
    }
    expect(traced.stderr).toMatch(/events: (\d+) seen = \1 emitted/)
  })

  test("Node's resolver", async () => {
    let answers: unknown
    const traced = await expectLogged(5, async () => {
      const { stdout } = await run(NODE, [client('dns-resolve.mjs'), `${named.port}`, '127.0.0.1'])
      answers = JSON.parse(stdout)
    })
    expect(answers).toEqual([
      ['192.0.2.1'],
      ['2001:db8::1'],
      [{ exchange: 'mail.test', priority: 10 }],
      [['one', 'say "two"']],
      'ENOTFOUND',
    ])
    for (const role of ROLES) {
      expectMultiset(pick(dnsRows(traced.rows, role), 'answers', 'error'), [
        [['A 192.0.2.1'], null],
        [['AAAA 2001:db8::1'], null],
        [['MX 10 mail.test.'], null],
        [['TXT "one" "say \\"two\\""'], null],
        [[], 'NXDOMAIN'],
      ])
    }
  })

  test('truncated, then over TCP; a zone in many messages', async () => {
    let records = 0
    const traced = await expectLogged(3, async () => {
      await dig(named.port, ['+ignore', 'big.test', 'TXT', '+noedns'])
      await dig(named.port, ['+tcp', 'big.test', 'TXT'])
      const zone = await dig(named.port, ['+noall', '+answer', 'test', 'AXFR'])
      records = zone.split('\n').filter(Boolean).length
    })
    expect(records).toBeGreaterThan(3000)
    for (const role of ROLES) {
      const [udp, tcp, zone] = dnsRows(traced.rows, role)
      expect(udp).toMatchObject({ transport: 'udp', resp_header: { tc: 1 }, answers: [] })
      expect(tcp).toMatchObject({
        transport: 'tcp',
        resp_header: { tc: 0, num_answers: 1 },
        resp_size: expect.any(Number),
      })
      expect(Number(tcp?.resp_size)).toBeGreaterThan(2400)
      expect(zone).toMatchObject({ query_type: 'AXFR', resp_header: { num_answers: records } })
      expect(Number(zone?.resp_messages)).toBeGreaterThan(1)
    }
  })

  test('an update, and nobody answers', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address()
    const tracer = trace(['--connectors', 'dns', '--port', `${named.port},${port}`])
    await tracer.ready
    const input = `server 127.0.0.1 ${named.port}\nzone test\nupdate add new.test 60 A 192.0.2.9\nsend\n`
    await run(program('nsupdate'), [], { input })
    await dig(port, ['silent.test', '+timeout=1'])
    const { rows } = await tracer.stop()
    silent.close()
    for (const role of ROLES) {
      const update = dnsRows(rows, role).find((row) => row.opcode === 'UPDATE')
      expect(update).toMatchObject({ query_name: 'test', rcode: 'NOERROR', error: null })
      expect(update?.req_body).toContain('"updates":[{"name":"new.test","type":"A","ttl":60,"addr":"192.0.2.9"}]')
    }
    const unanswered = dnsRows(rows, 'client').filter((row) => row.query_name === 'silent.test')
    expect(unanswered).toMatchObject([{ remote_port: port, rcode: null, error: 'no response' }])
  })

  test('--netns is the namespace of the socket', async () => {
    const unshare = { file: '/usr/bin/unshare', env: python().env }
    const held = start(unshare, {
      args: ['--net', '--', '/bin/sh', '-c', 'ip link set lo up && echo && exec sleep 600'],
      stdout: 'pipe',
    })
    await new Promise((resolve) => held.child.stdout?.once('data', resolve))
    const netns = `/proc/${held.pid}/ns/net`
    const nsenter = { file: '/usr/bin/nsenter', env: python().env }
    const { rows } = await traceWhile(['--connectors', 'dns', '--netns', netns], async () => {
      await dig(named.port, ['outside.test'])
      await run(nsenter, [`--net=${netns}`, '--', python().file, client('dns-alone.py'), 'inside.test'])
    })
    await held.stop('SIGKILL')
    const asked = rows.filter((row) => row.table_ === 'dns_events')
    expectMultiset(pick(asked, 'trace_role', 'query_name'), [
      ['server', 'inside.test'],
      ['client', 'inside.test'],
    ])
  })

  test('dnsmasq between: server and client at once', async () => {
    const forwarder = await startDnsmasq(named.port)
    const before = named.logged().length
    const tracer = trace(['--connectors', 'dns', '--port', `${named.port},${forwarder.port}`])
    await tracer.ready
    for (let i = 0; i < 20; i++) await dig(forwarder.port, [`h${i}.test`, i % 4 === 0 ? '+tcp' : '+notcp'])
    await told(tracer, 80)
    const { rows } = await tracer.stop()
    const log = named.logged().slice(before)
    const asked = Array.from({ length: 20 }, (_, i) => `h${i}.test`)
    const names = (role: string, comm: string): unknown[] =>
      dnsRows(rows, role)
        .filter((row) => row.comm === comm)
        .map((row) => row.query_name)
    expectMultiset(names('server', 'dnsmasq'), asked)
    expectMultiset(
      names('client', 'dnsmasq'),
      log.map(({ name }) => name),
    )
    expectMultiset(names('client', 'isc-net-0000').concat(names('client', 'dig')), asked)
    for (const row of rows.filter(({ table_ }) => table_ === 'dns_events'))
      expect(row).toMatchObject({ rcode: 'NOERROR' })
  })
})
