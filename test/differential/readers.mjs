// What is compared of each protocol: from a row of ours and from a PDU of the other reader → the values that both should have.
// NATS and Mux the other reader does not know.
import { amqp } from './readers/amqp.mjs'
import { cql } from './readers/cql.mjs'
import { dns } from './readers/dns.mjs'
import { http } from './readers/http.mjs'
import { grpc, http2 } from './readers/http2.mjs'
import { kafka } from './readers/kafka.mjs'
import { memcached } from './readers/memcached.mjs'
import { mongodb } from './readers/mongodb.mjs'
import { mqtt } from './readers/mqtt.mjs'
import { mysql } from './readers/mysql.mjs'
import { pgsql } from './readers/pgsql.mjs'
import { redis } from './readers/redis.mjs'
import { tls } from './readers/tls.mjs'
import { websocket } from './readers/websocket.mjs'

export const READERS = [
  http,
  http2,
  grpc,
  websocket,
  mysql,
  pgsql,
  redis,
  memcached,
  mongodb,
  cql,
  kafka,
  amqp,
  mqtt,
  dns,
  tls,
]
