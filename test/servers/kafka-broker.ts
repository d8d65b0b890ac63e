import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { jars } from './java.js'
import { freePort, type Output, ready, register, run, start, temporaryFolder } from './process.js'

/** A broker of Apache Kafka, and its own command line tools. */
export interface Broker {
  readonly port: number
  readonly pid: number
  /** Runs a tool to its end: a class of `org.apache.kafka.tools`. */
  tool(name: string, args: readonly string[], input?: string): Promise<Output>
  stop(): Promise<void>
}

const START_MS = 150_000
const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qg'
const LEAN = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']

/** Why there is no broker here; undefined = there is one. Fetches it at the first call. */
export function whyNoBroker(): string | undefined {
  const { status, stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  if (status !== 0) return `needs java (package openjdk-17-jre-headless): ${error?.message ?? stderr.trim()}`
  return jars('kafka').why
}

const settings = (port: number, controller: number, folder: string): string => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${folder}/logs
num.partitions=3
num.network.threads=1
num.io.threads=2
log.cleaner.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
`

const java = { file: 'java', env: process.env }

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Starts a broker that is its own controller, on the loopback, with three partitions a topic. */
export async function startBroker(): Promise<Broker> {
  const path = `${jars('kafka').folder}/*`
  const folder = await temporaryFolder('kafka')
  const [port, controller] = [await freePort(), await freePort()]
  const config = join(folder.path, 'server.properties')
  await writeFile(config, settings(port, controller, folder.path))
  const format = [...LEAN, '-Xmx128m', '-cp', path, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', config]
  const formatted = await run(java, format, { ms: START_MS })
  if (formatted.code !== 0) throw new Error(`kafka.tools.StorageTool: ${formatted.stdout}${formatted.stderr}`)
  const server = start(java, { args: [...LEAN, '-Xmx256m', '-cp', path, 'kafka.Kafka', config] })
  await ready('kafka', server, () => answers(port), folder, START_MS)
  const tool = (name: string, args: readonly string[], input?: string): Promise<Output> => {
    const all = [...LEAN, '-Xmx96m', '-cp', path, `org.apache.kafka.tools.${name}`]
    return run(java, [...all, '--bootstrap-server', `127.0.0.1:${port}`, ...args], {
      ms: START_MS,
      ...(input === undefined ? {} : { input }),
    })
  }
  return register({
    port,
    pid: server.pid,
    tool,
    stop: async () => {
      await server.stop()
      await folder.remove()
    },
  })
}
