// MQTT.js: mqtt-client.mjs PORT VERSION(3, 4, 5)
import { connectAsync } from 'mqtt'

const [port, version] = process.argv.slice(2).map(Number)
const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
  protocolVersion: version,
  ...(version === 3 ? { protocolId: 'MQIsdp' } : {}),
  clientId: `js${version}`,
  will: { topic: 'wills/js', payload: Buffer.from('gone'), qos: 2, retain: false },
})
let messages = 0
const all = new Promise((resolve) => {
  client.on('message', () => {
    if (++messages === 300) resolve()
  })
})
await client.subscribeAsync('js/#', { qos: 2 })
// Some at once: many packets in a segment, and many exchanges under way.
const publish = (i) => client.publishAsync(`js/${i}`, `message ${i}`, { qos: i % 3 })
for (let i = 0; i < 300; i += 30) await Promise.all(Array.from({ length: 30 }, (_, k) => publish(i + k)))
await all
await client.unsubscribeAsync('js/#')
await client.endAsync()
