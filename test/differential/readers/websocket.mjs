import { oneLine, some } from './common.mjs'

const OPCODES = { 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' }
const CONTINUATION = '0'
// A long text the other reader cuts.
const start = (text) => oneLine(text).slice(0, 200)
const COMPRESSED = '0x04'

export const websocket = {
  name: 'websocket',
  folder: 'websocket',
  tables: ['websocket_events'],
  ours: (row) => [
    row.opcode,
    ...(row.opcode === 'text' && row.frames === 1 && !row.compressed ? [`text ${start(row.payload)}`] : []),
    ...some(row.close_code, (code) => `close ${code}`),
  ],
  theirs: (record) => {
    const opcode = record['websocket.opcode']
    if (opcode === CONTINUATION) return []
    const whole = record['websocket.fin'] === 'True' && record['websocket.rsv'] !== COMPRESSED
    return [
      OPCODES[opcode],
      ...(opcode === '1' && whole ? some(record['websocket.payload.text'], (text) => `text ${start(text)}`) : []),
      ...some(record['websocket.payload.close.status_code'], (code) => `close ${code}`),
    ]
  },
}
