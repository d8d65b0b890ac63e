import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'

/** A query as the server has logged it. */
export interface Logged {
  readonly name: string
  readonly type: string
  readonly clientPort: number
  readonly transport: 'udp' | 'tcp'
}

export interface NameServer {
  readonly port: number
  readonly pid: number
  /** All queries so far. */
  logged(): Logged[]
  stop(): Promise<void>
}

/** Hosts of the zone `test`: more than one message of a transfer holds. */
const HOSTS = 3000
const RECORDS = `
@ 60 IN SOA ns root 1 60 30 600 10
@ NS ns
ns A 127.0.0.1
www A 192.0.2.1
www AAAA 2001:db8::1
alias CNAME www
@ MX 10 mail
mail A 192.0.2.2
txt TXT "one" "say \\"two\\""
_sip._udp SRV 1 2 5060 www
@ CAA 0 issue "ca.test"
https HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.1
loc LOC 51 30 12.748 N 0 7 39.612 W 10.00m 1m 10000m 10m
big TXT ${Array.from({ length: 12 }, (_, i) => `"${`${i % 10}`.repeat(200)}"`).join(' ')}
`
const LINE = /#(\d+) \([^)]*\): query: (\S+) IN (\S+) (\S+) \(/

function parseLine(line: string): Logged[] {
  const [, port, name, type, flags] = LINE.exec(line) ?? []
  if (port === undefined || name === undefined || type === undefined) return []
  return [{ name, type, clientPort: Number(port), transport: flags?.includes('T') ? 'tcp' : 'udp' }]
}

/** Starts BIND's named for the zone `test` on a free port, UDP and TCP, of 127.0.0.1 and ::1; it logs every query. */
export async function startNamed(): Promise<NameServer> {
  const folder = await temporaryFolder('named')
  const port = await freePort()
  const log = join(folder.path, 'query.log')
  const hosts = Array.from({ length: HOSTS }, (_, i) => `h${i} A 10.0.${i >> 8}.${i & 255}`)
  await mkdir(join(folder.path, 'keys'))
  await writeFile(join(folder.path, 'test.zone'), `$ORIGIN test.\n$TTL 60\n${RECORDS}${hosts.join('\n')}\n`)
  const config = `
options { directory "${folder.path}"; key-directory "${folder.path}/keys"; pid-file none; session-keyfile none;
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 port ${port} { ::1; };
  recursion no; notify no; dnssec-validation no; allow-transfer { any; }; minimal-responses yes; rate-limit { exempt-clients { any; }; }; };
controls { };
logging { channel queries { file "${log}"; severity info; }; category queries { queries; }; };
zone "test" { type primary; file "test.zone"; allow-update { any; }; };
`
  await writeFile(join(folder.path, 'named.conf'), config)
  const server = start(program('named'), {
    args: ['-f', '-c', join(folder.path, 'named.conf'), '-n', '1'],
    cwd: folder.path,
  })
  const answers = async (): Promise<boolean> => (await dig(port, ['+short', 'www.test'])).trim() === '192.0.2.1'
  await ready('named', server, answers, folder, 30_000)
  return register({
    port,
    pid: server.pid,
    logged: () => readFileSync(log, 'utf8').split('\n').flatMap(parseLine),
    stop: async () => {
      await server.stop('SIGTERM')
      await folder.remove()
    },
  })
}

/** Runs `dig` against the server; → what it wrote. */
export async function dig(port: number, args: readonly string[], server = '127.0.0.1'): Promise<string> {
  const { stdout } = await run(program('dig'), [`@${server}`, '-p', `${port}`, '+tries=1', '+timeout=20', ...args])
  return stdout
}
