import { amqp } from './amqp/index.js'
import { cql } from './cql/index.js'
import { dns } from './dns/index.js'
import { http } from './http/index.js'
import { http2 } from './http2/index.js'
import { kafka } from './kafka/index.js'
import { memcached } from './memcached/index.js'
import { mongodb } from './mongodb/index.js'
import { mqtt } from './mqtt/index.js'
import { mux } from './mux/index.js'
import { mysql } from './mysql/index.js'
import { nats } from './nats/index.js'
import { pgsql } from './pgsql/index.js'
import type { Protocol } from './protocol.js'
import { redis } from './redis/index.js'
import { tls } from './tls/index.js'
import { websocket } from './websocket/index.js'

/** The registry: a new protocol is its folder and one line here. Order decides between two that both say yes. */
export const PROTOCOLS: readonly Protocol[] = [
  amqp,
  cql,
  dns,
  http,
  http2,
  kafka,
  memcached,
  mongodb,
  mqtt,
  mux,
  mysql,
  nats,
  pgsql,
  redis,
  tls,
  websocket,
]
