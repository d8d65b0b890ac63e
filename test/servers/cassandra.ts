import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { jars } from './java.js'
import { freePort, type Output, ready, register, run, start, temporaryFolder } from './process.js'

/** An operation as the server's audit log tells it. */
export interface Audited {
  /** SELECT, UPDATE, PREPARE_STATEMENT, BATCH, REQUEST_FAILURE … */
  readonly type: string
  readonly operation: string
}

export interface Cassandra {
  readonly port: number
  readonly pid: number
  /** What was done so far; still there after `stop`. */
  audited(): Audited[]
  /** Runs the Java source of a client to its end, with the driver that the server brings along. */
  java(source: string, args: readonly string[]): Promise<Output>
  stop(): Promise<void>
}

/** The account that a new server has. */
export const ACCOUNT = { user: 'cassandra', password: 'cassandra' } as const

const START_MS = 180_000
const LEAN = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
// What the server reaches for inside of Java 17; as in its own jvm17-server.options.
const EXPORTS = [
  'java.base/jdk.internal.misc java.base/jdk.internal.ref java.base/sun.nio.ch java.base/java.lang.ref',
  'java.base/jdk.internal.util java.management.rmi/com.sun.jmx.remote.internal.rmi java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server java.sql/java.sql jdk.unsupported/sun.misc jdk.naming.dns/com.sun.jndi.dns',
].flatMap((line) => line.split(' '))
const OPENS = [
  'java.base/java.lang.module java.base/jdk.internal.loader java.base/jdk.internal.ref java.base/jdk.internal.reflect',
  'java.base/jdk.internal.math java.base/jdk.internal.module java.base/jdk.internal.util.jar java.base/sun.nio.ch',
  'jdk.management/com.sun.management.internal java.base/java.io java.base/java.nio java.base/java.util java.base/java.net',
  'java.base/java.util.concurrent java.base/java.util.concurrent.atomic java.base/java.lang java.base/java.math',
  'java.base/java.lang.reflect',
].flatMap((line) => line.split(' '))
const OPENED = [
  ...EXPORTS.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
  ...OPENS.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
]
// Nobody else is in the cluster: nothing is waited for.
const ALONE = ['skip_wait_for_gossip_to_settle=0', 'ring_delay_ms=100', 'superuser_setup_delay_ms=0']

const settings = (port: number, storage: number): string => `
cluster_name: test
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
commitlog_sync: periodic
commitlog_sync_period: 10000ms
endpoint_snitch: SimpleSnitch
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: ${storage}
native_transport_port: ${port}
auto_snapshot: false
hinted_handoff_enabled: false
authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
batch_size_warn_threshold: 1KiB
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:${storage}"
audit_logging_options:
  enabled: true
  logger:
    - class_name: FileAuditLogger
`

const LOGGING = `<configuration>
<appender name="out" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%logger{0} %msg%n</pattern></encoder></appender>
<appender name="err" class="ch.qos.logback.core.ConsoleAppender"><target>System.err</target><encoder><pattern>%-5level %msg%n%xEx{4}</pattern></encoder></appender>
<logger name="org.apache.cassandra.audit" level="INFO" additivity="false"><appender-ref ref="out"/></logger>
<root level="WARN"><appender-ref ref="err"/></root>
</configuration>`

/** Why there is no server here; undefined = there is one. Fetches it at the first call. */
export function whyNoCassandra(): string | undefined {
  const needs = 'needs the JDK 17 (package openjdk-17-jdk-headless)'
  const { status, stdout, stderr, error } = spawnSync('java', ['--list-modules'], { encoding: 'utf8' })
  if (status !== 0) return `${needs}: ${error?.message ?? stderr.trim()}`
  // The client is compiled as it is started.
  if (!/^jdk\.compiler@17/m.test(stdout)) return `${needs}: this is ${stdout.split('\n')[0]}`
  return jars('cassandra').why
}

const JAVA = { file: 'java', env: process.env }

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

// A statement may have several lines.
const AUDIT = /^FileAuditLogger (?=user:)/m
const FIELDS = /\|type:(\w+)\|.*?\|operation:([\s\S]*)$/

function parse(log: string): Audited[] {
  return log.split(AUDIT).flatMap((entry) => {
    const [, type, operation] = FIELDS.exec(entry.trimEnd()) ?? []
    return type === undefined || operation === undefined ? [] : [{ type, operation }]
  })
}

/** Starts Cassandra alone on the loopback, empty, with logins and an audit log. */
export async function startCassandra(): Promise<Cassandra> {
  const path = `${jars('cassandra').folder}/*`
  const folder = await temporaryFolder('cassandra')
  const [port, storage] = [await freePort(), await freePort()]
  const [config, logging] = [join(folder.path, 'cassandra.yaml'), join(folder.path, 'logback.xml')]
  await writeFile(config, settings(port, storage))
  await writeFile(logging, LOGGING)
  const places = [`storagedir=${folder.path}`, `config=file:${config}`, ...ALONE].map((each) => `-Dcassandra.${each}`)
  const memory = ['-Xms256m', '-Xmx768m', `-Djava.io.tmpdir=${folder.path}`, '-Djdk.attach.allowAttachSelf=true']
  const args = [
    ...LEAN,
    ...memory,
    ...OPENED,
    `-Dlogback.configurationFile=file:${logging}`,
    '-Dcassandra-foreground=yes',
  ]
  const main = ['-cp', path, 'org.apache.cassandra.service.CassandraDaemon']
  const server = start(JAVA, { args: [...args, ...places, ...main], stdout: 'pipe', cwd: folder.path })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('cassandra', server, () => accepts(port), folder, START_MS)
  return register({
    port,
    pid: server.pid,
    audited: () => parse(said),
    java: (source, more) => run(JAVA, [...LEAN, '-Xmx256m', '-cp', path, source, ...more], { ms: 90_000 }),
    stop: async () => {
      await server.stop()
      await folder.remove()
    },
  })
}
