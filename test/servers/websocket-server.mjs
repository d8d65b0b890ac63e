// A WebSocket echo for the live tests; says every message that it sent or got, one JSON object a line: websocket-server.mjs PORT
import { WebSocketServer } from 'ws'

const say = (direction, opcode, body) =>
  process.stdout.write(`${JSON.stringify({ direction, opcode, body: body.toString('utf8').slice(0, 1024) })}\n`)

const server = new WebSocketServer({
  port: Number(process.argv[2]),
  host: '127.0.0.1',
  perMessageDeflate: { threshold: 100 },
})

server.on('connection', (socket, request) => {
  const send = (body, options = {}) => {
    say('to client', options.binary ? 'binary' : 'text', Buffer.from(body))
    socket.send(body, options)
  }
  socket.on('message', (data, binary) => {
    say('to server', binary ? 'binary' : 'text', data)
    send(binary ? data : data.toString(), { binary })
  })
  socket.on('ping', (data) => {
    say('to server', 'ping', data)
    say('to client', 'pong', data)
  })
  socket.on('close', (code, reason) => {
    say('to server', 'close', `${code} ${reason}`)
    say('to client', 'close', `${code} ${reason}`)
  })
  // Right behind the upgrade.
  send(`welcome to ${request.url}`)
  for (let i = 0; i < 20; i++) send(`news ${i}`)
})
server.on('listening', () => process.stdout.write('ready\n'))
process.on('SIGTERM', () => process.exit(0))
