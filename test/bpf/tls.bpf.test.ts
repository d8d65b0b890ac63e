import { existsSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { startNodeHttp } from '../servers/node-http.js'
import { type Program, program, python } from '../servers/packages.js'
import { run } from '../servers/process.js'
import {
  type Accepted,
  type Certificates,
  makeCertificates,
  type NodeTls,
  startNodeTls,
  startOpenssl,
} from '../servers/tls.js'

const ERLANG = join(import.meta.dirname, '../../.cache/root/usr/lib/erlang')
const ROLES = ['server', 'client'] as const
const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const
const V13 = { minVersion: 'TLSv1.3' } as const
const NAME = 'shop.example'
const COLUMNS = ['version', 'cipher', 'server_name', 'resumed', 'alpn'] as const
const client = (name: string): string => join(import.meta.dirname, 'clients', name)

const handshakes = (traced: Traced, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === 'tls_events' && row.trace_role === role)

/**
 * What the server saw, as the rows have it: in TLS 1.3 the chosen protocol is encrypted. Of a session of TLS 1.2 that is resumed
 * node does not tell the name; all clients that do so here send the same.
 */
function seen(log: readonly Accepted[]): unknown[] {
  return log.map((each) => [
    each.remotePort,
    each.version,
    each.cipher,
    each.resumed && each.version === 'TLSv1.2' ? NAME : each.serverName,
    each.resumed,
    each.version === 'TLSv1.3' ? null : each.alpn,
    null,
  ])
}

/** Erlang's own implementation of TLS. */
function erlang(): Program | undefined {
  if (!existsSync(ERLANG)) return undefined
  const runtime = readdirSync(ERLANG).find((name) => name.startsWith('erts-'))
  if (runtime === undefined) return undefined
  const bin = join(ERLANG, runtime, 'bin')
  const { env } = program('curl')
  return { file: join(bin, 'erlexec'), env: { ...env, ROOTDIR: ERLANG, BINDIR: bin, EMU: 'beam' } }
}

const erlangTalk = (port: number, version: string): string =>
  `ssl:start(), {ok, S} = ssl:connect("127.0.0.1", ${port}, [{verify, verify_none}, {active, false}, ` +
  `{versions, ['${version}']}, {server_name_indication, "shop.example"}, ` +
  '{alpn_advertised_protocols, [<<"http/1.1">>]}]), ssl:send(S, "erlang"), {ok, _} = ssl:recv(S, 6), halt().'

describeBpf('TLS, traced live', 6, () => {
  let certificates: Certificates
  let server: NodeTls
  beforeAll(async () => {
    certificates = await makeCertificates()
    const any = { ALPNProtocols: ['http/1.1', 'echo'] }
    const wantsCertificate = { ...V12, requestCert: true, rejectUnauthorized: true }
    server = await startNodeTls(certificates, [any, V13, wantsCertificate])
  })
  afterAll(async () => {
    await server.stop()
    await certificates.remove()
  })

  const port = (i: number): number => server.ports[i] as number
  const nodeClient = async (...list: readonly object[]): Promise<{ localPort: number; error: string | null }[]> => {
    const { stdout, stderr } = await run({ file: process.execPath, env: process.env }, [
      client('tls-client.mjs'),
      certificates.path,
      JSON.stringify(list),
    ])
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }
  const pythonClient = async (to: number, version: string, ca = 'ca.pem'): Promise<unknown> => {
    const args = [client('tls-client.py'), certificates.path, `${to}`, version, ca]
    const { stdout, stderr } = await run(python(), args)
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  /** Traces `work`, in which so many handshakes take place: → the rows, and what the servers logged. */
  async function during(count: number, work: () => Promise<unknown>, more: readonly number[] = []) {
    const before = server.log().length
    const ports = [...server.ports, ...more].join(',')
    const traced = await traceWhile(['--connectors', 'tls,http', '--port', ports], async () => {
      await work()
      await waitFor(() => server.log().length >= before + count, 20_000)
    })
    expect(traced.exitCode).toBe(0)
    expect(traced.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    return { traced, log: server.log().slice(before) }
  }

  function expectSeen(traced: Traced, log: readonly Accepted[]): void {
    const [atServer, atClient] = ROLES.map((role) => handshakes(traced, role)) as [Row[], Row[]]
    expectMultiset(pick(atServer, 'remote_port', ...COLUMNS, 'error'), seen(log))
    expectMultiset(pick(atClient, 'local_port', ...COLUMNS, 'error'), seen(log))
    for (const row of [...atServer, ...atClient]) expect(row).toMatchObject({ handshake: 'complete', partial: false })
  }

  test('node, OpenSSL: TLS 1.2 and 1.3, resumed and not', async () => {
    const alpn = { ALPNProtocols: ['h2', 'http/1.1'] }
    const { traced, log } = await during(6, () =>
      nodeClient(
        { port: port(0), ...V12, ...alpn },
        { port: port(0), ...V12, ...alpn, again: true },
        { port: port(0), ...V13, ...alpn },
        { port: port(0), ...V13, again: true },
        { port: port(1), servername: '' },
        { port: port(2), ...V12, withCertificate: true },
      ),
    )
    expect(log.map(({ resumed }) => resumed)).toEqual([false, true, false, true, false, false])
    expectSeen(traced, log)
    for (const role of ROLES) {
      const rows = handshakes(traced, role)
      const full = rows.filter((row) => row.version === 'TLSv1.2' && row.resumed === false)
      expect(full).toHaveLength(2)
      for (const row of full) {
        expect(row).toMatchObject({
          cert_subject: 'O=Shop, CN=shop.example',
          cert_issuer: 'CN=Test CA',
          cert_san: ['DNS:shop.example', 'IP Address:127.0.0.1'],
        })
      }
      expectMultiset(pick(full, 'client_cert_requested', 'client_cert_subject'), [
        [false, null],
        [true, 'O=Shop, CN=customer'],
      ])
    }
  })

  test('Python, curl', async () => {
    const curl = (...args: readonly string[]): Promise<unknown> => {
      const to = [
        '--connect-to',
        `shop.example:443:127.0.0.1:${port(0)}`,
        '--cacert',
        join(certificates.path, 'ca.pem'),
      ]
      return run(program('curl'), ['--silent', '--http0.9', ...to, ...args, 'https://shop.example/'])
    }
    const { traced, log } = await during(6, async () => {
      expect(await pythonClient(port(0), 'TLSv1_2')).toEqual([
        ['TLSv1.2', false],
        ['TLSv1.2', true],
      ])
      expect(await pythonClient(port(1), 'TLSv1_3')).toEqual([
        ['TLSv1.3', false],
        ['TLSv1.3', true],
      ])
      await curl('--tls-max', '1.2', '--no-alpn')
      await curl()
    })
    expectSeen(traced, log)
    for (const role of ROLES) {
      const rows = handshakes(traced, role).filter((row) => row.comm === 'curl')
      const fingerprints = rows.map(({ ja4 }) => String(ja4).slice(0, 4))
      if (role === 'client') expect(fingerprints.sort()).toEqual(['t12d', 't13d'])
    }
  })

  test("Erlang's own TLS", async () => {
    const erl = erlang()
    if (erl === undefined) throw new Error('live tests need Erlang in .cache/root')
    const { traced, log } = await during(2, async () => {
      for (const version of ['tlsv1.2', 'tlsv1.3']) {
        const args = ['-noshell', '-noinput', '-eval', erlangTalk(port(0), version)]
        const { code, stdout, stderr } = await run(erl, args)
        expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
      }
    })
    expect(log.map(({ version }) => version)).toEqual(['TLSv1.2', 'TLSv1.3'])
    expectSeen(traced, log)
  })

  test('what fails, by the name of the alert', async () => {
    const { traced } = await during(5, async () => {
      expect(await pythonClient(port(0), 'TLSv1_2', 'other-ca.pem')).toEqual(Array(2).fill('CERTIFICATE_VERIFY_FAILED'))
      const failed = await nodeClient({ port: port(1), ...V12 }, { port: port(2), ...V12 })
      expect(failed.map(({ error }) => error)).toEqual([
        'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
        'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      ])
      await new Promise((resolve) => {
        const plain = request({ port: port(0), host: '127.0.0.1', path: '/plain' }, resolve)
        plain.on('error', resolve).end()
      })
    })
    for (const role of ROLES) {
      expectMultiset(pick(handshakes(traced, role), 'version', 'handshake', 'alert', 'alert_sender', 'error'), [
        ...Array(2).fill(['TLSv1.2', 'alert', 'unknown_ca', 'client', 'unknown_ca (from the client)']),
        [null, 'alert', 'protocol_version', 'server', 'protocol_version (from the server)'],
        ['TLSv1.2', 'alert', 'handshake_failure', 'server', 'handshake_failure (from the server)'],
      ])
    }
    expect(traced.rows.filter((row) => row.table_ === 'http_events' && row.req_path === '/plain')).toHaveLength(2)
  })

  test('a server that does not speak TLS', async () => {
    const http = await startNodeHttp()
    const { traced } = await during(0, () => nodeClient({ port: http.port }), [http.port])
    for (const role of ROLES) {
      const rows = handshakes(traced, role)
      expect(rows).toEqual([expect.objectContaining({ handshake: 'not TLS', error: 'the response is not TLS' })])
    }
    await http.stop()
  })

  test('openssl s_server: session ids, a name that it does not have', async () => {
    const at = (name: string): string => join(certificates.path, name)
    const ids = await startOpenssl(certificates, '-no_ticket', '-no_tls1_3')
    const other = ['-key2', at('server.key'), '-cert2', at('server.pem')]
    const named = await startOpenssl(certificates, '-servername', 'other.example', '-servername_fatal', ...other)
    const { traced } = await during(0, async () => {
      const said = await nodeClient({ port: ids.port }, { port: ids.port, again: true }, { port: named.port })
      expect(said).toMatchObject([
        { version: 'TLSv1.2', resumed: false },
        { version: 'TLSv1.2', resumed: true },
        { error: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' },
      ])
    }, [ids.port, named.port])
    for (const role of ROLES) {
      expectMultiset(pick(handshakes(traced, role), 'version', 'resumed', 'error'), [
        ['TLSv1.2', false, null],
        ['TLSv1.2', true, null],
        [null, null, 'unrecognized_name (from the server)'],
      ])
    }
    await Promise.all([ids.stop(), named.stop()])
  })
})
