// Sends every line of stdin as a message, and writes every echo on stdout: ws-lines.mjs PORT
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const socket = new WebSocket(`ws://127.0.0.1:${process.argv[2]}/old`, { perMessageDeflate: false })
socket.on('message', (data) => process.stdout.write(`${data}\n`))
socket.on('open', () => createInterface({ input: process.stdin }).on('line', (line) => socket.send(line)))
