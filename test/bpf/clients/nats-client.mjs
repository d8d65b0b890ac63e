// nats.js: nats-client.mjs PORT
import { connect, headers, StringCodec } from 'nats'

const { encode, decode } = StringCodec()
const nc = await connect({ servers: `127.0.0.1:${process.argv[2]}`, name: 'js' })

// a service, and requests under way at once
nc.subscribe('js.svc', {
  queue: 'workers',
  callback: (_error, message) => message.respond(encode(`re: ${decode(message.data)}`)),
})
await nc.flush()
const replies = await Promise.all(Array.from({ length: 100 }, (_, i) => nc.request('js.svc', encode(`question ${i}`))))
if (replies.some((reply, i) => decode(reply.data) !== `re: question ${i}`)) throw new Error('wrong reply')
await nc.request('js.nobody', encode('anyone?')).catch(() => undefined)

// messages with headers, empty, large, and with what looks like commands inside
const sub = nc.subscribe('js.data.*')
const h = headers()
h.append('X-Trace', 'one')
h.append('X-Trace', 'two')
h.set('Authorization', 'Bearer secret-header')
nc.publish('js.data.headers', encode('with headers'), { headers: h })
nc.publish('js.data.empty')
nc.publish('js.data.inside', encode('\r\nPUB js.fake 2\r\nhi\r\nPING\r\n+OK\r\n'))
nc.publish('js.data.large', new Uint8Array(3_000_000).fill(120))
sub.unsubscribe(4)
let received = 0
for await (const _message of sub) received++
if (received !== 4) throw new Error(`${received} messages`)

// JetStream: a stream, messages with their acknowledgements, a consumer, an error
const jsm = await nc.jetstreamManager()
await jsm.streams.add({ name: 'JS', subjects: ['js.stream.>'] })
await jsm.streams.info('NONE').catch(() => undefined)
const js = nc.jetstream()
for (let i = 0; i < 20; i++) await js.publish('js.stream.a', encode(`stored ${i}`))
await jsm.consumers.add('JS', { durable_name: 'C', ack_policy: 'explicit' })
const consumer = await js.consumers.get('JS', 'C')
for (const _ of [1, 2]) {
  const messages = await consumer.fetch({ max_messages: 5, expires: 5000 })
  for await (const message of messages) message.ack()
}
await jsm.streams.delete('JS')
await nc.close()
