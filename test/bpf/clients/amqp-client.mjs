// amqplib: amqp-client.mjs PORT; says as JSON what it has sent and received
import { connect } from 'amqplib'

const published = []
const received = []
const returned = []
const note = (list, { exchange, routingKey }, content) => list.push([exchange, routingKey, content.length])

const connection = await connect(`amqp://guest:guest@127.0.0.1:${process.argv[2]}?frameMax=8192`)
const channel = await connection.createConfirmChannel()
channel.on('return', ({ fields, content }) => note(returned, fields, content))
const send = (exchange, routingKey, content, options) => {
  note(published, { exchange, routingKey }, Buffer.from(content))
  return new Promise((resolve, reject) => {
    channel.publish(exchange, routingKey, Buffer.from(content), options, (error) => (error ? reject(error) : resolve()))
  })
}
await channel.assertExchange('js.ex', 'topic', { durable: false })
await channel.assertQueue('js.q', { durable: false, arguments: { 'x-max-length': 10_000 } })
await channel.bindQueue('js.q', 'js.ex', 'js.#')
await channel.prefetch(50)

// many at once: the server confirms several together
await Promise.all(Array.from({ length: 200 }, (_, i) => send('js.ex', `js.key.${i}`, `message ${i}`)))
// content of no, and of many frames; headers; a key that leads nowhere
await send('js.ex', 'js.empty', '')
await send('js.ex', 'js.large', 'x'.repeat(300_000), {
  contentType: 'text/plain',
  headers: { Authorization: 'Bearer secret-header', 'x-n': 7, nested: { list: [1, 'two', true] } },
  correlationId: 'corr-1',
  persistent: true,
})
await send('', 'js.nowhere', 'comes back', { mandatory: true })

// another channel at the same time: half is rejected, the rest acknowledged
const consumer = await connection.createChannel()
const wanted = 202
await new Promise((resolve) => {
  void consumer.consume(
    'js.q',
    (message) => {
      note(received, message.fields, message.content)
      if (received.length % 2 === 0) consumer.ack(message)
      else consumer.nack(message, false, false)
      if (received.length === wanted) resolve()
    },
    { consumerTag: 'js.tag' },
  )
})
await consumer.cancel('js.tag')
await channel.publish('js.ex', 'js.got', Buffer.from('to be fetched'))
note(published, { exchange: 'js.ex', routingKey: 'js.got' }, Buffer.from('to be fetched'))
await channel.waitForConfirms()
let got = false
while (!got) got = await consumer.get('js.q', { noAck: true })
note(received, got.fields, got.content)
if (await consumer.get('js.q', { noAck: true })) throw new Error('more than was sent')

// what the server refuses: it closes the channel
for (const wrong of [(each) => each.checkQueue('js.absent'), (each) => each.checkExchange('js.absent')]) {
  const refused = await connection.createChannel()
  refused.on('error', () => undefined)
  await wrong(refused).then(
    () => Promise.reject(new Error('not refused')),
    () => undefined,
  )
}
for (let i = 0; i < 5; i++) {
  note(published, { exchange: '', routingKey: 'js.kept' }, Buffer.from(`kept ${i}`))
  if (i === 0) await channel.assertQueue('js.kept', { durable: false })
  channel.sendToQueue('js.kept', Buffer.from(`kept ${i}`))
}
await channel.waitForConfirms()
await channel.close()
await connection.close()
process.stdout.write(JSON.stringify({ published, received, returned }))
