// memcached over datagrams: memcached-udp.mjs PORT COUNT; so many requests at once, each with a number of its own
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const [port, count] = process.argv.slice(2).map(Number)
const socket = createSocket('udp4')
socket.connect(port, '127.0.0.1')
await once(socket, 'connect')

/** Sends requests and waits until each is answered; → the answers by number. */
async function askAll(requests) {
  const answers = new Map()
  const done = new Promise((resolve) => {
    socket.on('message', (message) => {
      answers.set(message.readUInt16BE(0), message.subarray(8).toString())
      if (answers.size === requests.length) resolve()
    })
  })
  requests.forEach((text, i) => {
    const header = Buffer.from([i >> 8, i & 0xff, 0, 0, 0, 1, 0, 0])
    socket.send(Buffer.concat([header, Buffer.from(text)]))
  })
  await done
  socket.removeAllListeners('message')
  return answers
}

const numbers = Array.from({ length: count }, (_, i) => i)
await askAll(numbers.map((i) => `set node:${i} 0 0 ${`${i}`.length}\r\n${i}\r\n`))
const answers = await askAll(numbers.map((i) => `get node:${i}\r\n`))
for (const i of numbers) if (!answers.get(i).includes(`\r\n${i}\r\nEND\r\n`)) throw new Error(`no ${i}`)
socket.close()
