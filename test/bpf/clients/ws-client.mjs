// Messages of all kinds and sizes; ends when all echoes are back: ws-client.mjs PORT deflate|plain
import { once } from 'node:events'
import { WebSocket } from 'ws'

const [, , port, mode] = process.argv
const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${mode}?token=secret`, {
  perMessageDeflate: mode === 'deflate' ? { threshold: 0 } : false,
})

const words = 'one two three four five six seven eight nine ten '
const texts = ['', 'a', 'é€😀', ...[124, 125, 126, 65_535, 65_536, 200_000].map((n) => words.repeat(5000).slice(0, n))]
const many = Array.from({ length: 200 }, (_, i) => `message ${i}: ${words}`)
const binaries = [Buffer.from('binary'), Buffer.from(words.repeat(100))]

// The server greets with 21 messages, and sends back every one that it gets.
let expected = 21
let wake = () => undefined
socket.on('message', () => {
  if (--expected === 0) wake()
})
const echoed = (count) =>
  new Promise((resolve) => {
    wake = resolve
    expected += count
    if (expected === 0) resolve()
  })

await once(socket, 'open')
await echoed(0)
for (const message of [...texts, ...binaries]) {
  socket.send(message)
  await echoed(1)
}
for (const text of many) socket.send(text)
await echoed(many.length)
// A ping between the frames of a message.
socket.send('frag', { fin: false })
socket.ping('are you there?')
socket.send('men', { fin: false })
socket.send('ted', { fin: true })
await echoed(1)
socket.close(4001, 'bye')
await once(socket, 'close')
