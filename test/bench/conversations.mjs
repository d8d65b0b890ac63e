// What is said in the captures of `make bench-decode`: of each protocol a real conversation, and which part of it can be repeated.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { conversationOf } from './conversation.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CAPTURES = process.env.CAPTURES ?? join(ROOT, '../shared/pcaps')

/** Few connections that say much. */
const LONG = { groups: 10, connections: 4 }
/** Connections on which only one thing happens. */
const SHORT = { groups: 160, connections: 500, once: true }

/** Turns [from, to) of what the client at `port` of a capture and its server have said. */
function captured(name, port, from = 0, to = undefined) {
  const path = join(CAPTURES, name)
  if (!existsSync(path)) throw new Missing(`no ${path}`)
  const turns = conversationOf(path, port)
  if (turns.length === 0) throw new Error(`${path}: nothing of port ${port}`)
  return turns.slice(from, to)
}

/** Why a protocol cannot be measured here. */
export class Missing extends Error {}

/** The turns of conversations of the conformance suite, by their names. */
async function examples(bench, protocol, names) {
  const file = join(ROOT, `test/conformance/${protocol}.ts`)
  const flags = ['--module', 'nodenext', '--target', 'es2023', '--skipLibCheck', '--noCheck', '--ignoreConfig']
  const folder = ['--outDir', bench.path('examples'), '--rootDir', join(ROOT, 'test')]
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), [file, ...flags, ...folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stdout)
  const { examples } = await import(pathToFileURL(bench.path(`examples/conformance/${protocol}.js`)).href)
  return names.flatMap((name) => {
    const example = examples.find((each) => each.name === name)
    if (example === undefined) throw new Error(`${protocol}: no example '${name}'`)
    return example.turns
  })
}

// RFC 9113 §4.1: numbers of streams are not used twice.
function renumberStreams(perRound) {
  return ({ from, bytes }, round) => {
    const copy = Buffer.from(bytes)
    for (let at = 0; at < copy.length; at += 9 + copy.readUIntBE(at, 3)) {
      copy.writeUInt32BE(copy.readUInt32BE(at + 5) + perRound * round, at + 5)
    }
    return { from, bytes: copy }
  }
}

const AMQP = 'amqp/own__rabbit310_amqplib.pcap'
const CQL = 'cql/pb__cassandra__v4__cassandra'
const HTTP2 = 'http2/own__nghttpd_curl.pcap'
const KAFKA = 'kafka/own__librdkafka28mock_mixed.pcap'
const MONGODB = 'mongodb/own__mockupdb_pymongo.pcap'
const MQTT = 'mqtt/sv__mqtt-events-missing-connect__input.pcap'
const MYSQL = 'mysql/pb__mysql_int_string_operations.pcap'
const PGSQL = 'pgsql/own__pg15_pgbench_prepared.pcap'
const REDIS = 'redis/own__redis7_cli.pcap'
const WEBSOCKET = 'websocket/zeek__websocket__jupyter-websocket.pcap'

/**
 * By protocol: what is said, the port of the server, and the name of its records for tshark (undefined: it does not know it).
 * `size` is how many connections there are; how often each repeats itself is found by counting.
 */
export const CONVERSATIONS = {
  amqp: {
    what: 'published and delivered messages',
    port: 5672,
    tshark: 'amqp',
    size: LONG,
    said: () => ({ opening: captured(AMQP, 48540, 0, 24), turns: captured(AMQP, 48540, 28, 44) }),
  },
  cql: {
    what: 'an insert, two selects with rows',
    port: 9042,
    tshark: 'cql',
    size: LONG,
    said: () => ({
      opening: captured(`${CQL}_mixed_frame.pcap`, 60302, 0, 4),
      turns: [
        ...asClient(captured(`${CQL}_insert.pcap`, 9042)),
        ...asClient(captured(`${CQL}_select.pcap`, 9042)),
        ...captured(`${CQL}_mixed_frame.pcap`, 60302, 4),
      ],
    }),
  },
  dns: {
    what: 'answers of A, of 29 records, NXDOMAIN',
    port: 53,
    transport: 'udp',
    tshark: 'dns',
    size: LONG,
    said: () => ({ turns: captured('dns/own__bind918_dig.pcap', 39386) }),
  },
  http: {
    what: 'GET without headers of its own',
    port: 80,
    tshark: 'http',
    size: LONG,
    said: () => ({ turns: captured('http1/own__nginx_wrk_2000pkts.pcap', 43166) }),
  },
  http2: {
    what: 'ten streams at once',
    port: 80,
    tshark: 'http2',
    size: LONG,
    said: () => ({
      opening: captured(HTTP2, 43214, 0, 3),
      turns: captured(HTTP2, 43214, 3, 5),
      renumber: renumberStreams(20),
    }),
  },
  kafka: {
    what: 'Produce and Fetch',
    port: 9092,
    tshark: 'kafka',
    size: LONG,
    said: () => ({ opening: captured(KAFKA, 49882, 0, 4), turns: captured(KAFKA, 49882, 4, 16) }),
  },
  memcached: {
    what: 'three set, a get of three',
    port: 11211,
    tshark: 'memcache',
    size: LONG,
    said: () => ({ turns: captured('memcached/pb__memcache__memcache_text_tcp_multi_store_load.pcap', 55313, 0, 8) }),
  },
  mongodb: {
    what: 'OP_MSG: inserts, one of 3 KB, update, find',
    port: 27017,
    tshark: 'mongo',
    size: LONG,
    said: () => ({ opening: captured(MONGODB, 58400, 0, 4), turns: captured(MONGODB, 58400, 4, 14) }),
  },
  mqtt: {
    what: 'two PUBLISH of QoS 2, one of QoS 1',
    port: 1883,
    tshark: 'mqtt',
    size: LONG,
    said: () => ({
      opening: [...asClient(captured('mqtt/ndpi__mqtt.pcap', 1883, 0, 1)), ...captured(MQTT, 60105, 0, 5)],
      turns: captured(MQTT, 60105, 5, 15),
    }),
  },
  mux: {
    what: 'dispatches (of the conformance suite)',
    port: 9990,
    tshark: undefined,
    size: LONG,
    said: async (bench) => ({
      opening: await examples(bench, 'mux', ['captured: the start of a session of Finagle 24.2']),
      turns: await examples(bench, 'mux', ['dispatches']),
    }),
  },
  mysql: {
    what: 'queries with result sets',
    port: 3306,
    tshark: 'mysql',
    size: LONG,
    said: () => ({ opening: captured(MYSQL, 54811, 0, 3), turns: captured(MYSQL, 54811, 3, -1) }),
  },
  nats: {
    what: 'publications and their deliveries (of the conformance suite)',
    port: 4222,
    tshark: undefined,
    size: LONG,
    said: async (bench) => ({
      opening: await examples(bench, 'nats', ['the greeting']),
      turns: (await examples(bench, 'nats', ['subscribers'])).slice(1),
    }),
  },
  pgsql: {
    what: 'pgbench, prepared',
    port: 5432,
    tshark: 'pgsql',
    size: LONG,
    said: () => ({ opening: captured(PGSQL, 33876, 0, 32), turns: captured(PGSQL, 33876, 32, 298) }),
  },
  redis: {
    what: 'eight commands',
    port: 6379,
    tshark: 'resp',
    size: LONG,
    said: () => ({
      turns: [41894, 41900, 41906, 41910, 41918, 41926, 41946].flatMap((port) => captured(REDIS, port, 0, 2)),
    }),
  },
  tls: {
    what: 'handshakes of TLS 1.2, each on a connection of its own',
    port: 443,
    tshark: 'tls',
    size: SHORT,
    said: () => ({ turns: captured('tls/own__nginx122_seven_clients.pcap', 39452) }),
  },
  websocket: {
    what: 'Jupyter, 0.7 KB a message',
    port: 80,
    tshark: 'websocket',
    decodeAs: 'http',
    size: LONG,
    said: () => ({ opening: captured(WEBSOCKET, 40492, 0, 2), turns: captured(WEBSOCKET, 40492, 2, 6) }),
  },
}

// Of a capture that is known by the port of its server.
function asClient(turns) {
  return turns.map(({ from, bytes }) => ({ from: from === 'client' ? 'server' : 'client', bytes }))
}
