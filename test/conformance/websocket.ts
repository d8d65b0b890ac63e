import { client, type Example, server } from './example.js'
import { asked, COMPRESSED, closing, FIN, OP, told } from './websocket-frames.js'

const hex = (bytes: string): Buffer => Buffer.from(bytes.replace(/\s/g, ''), 'hex')
const LONG = 'The quick brown fox jumps over the lazy dog. '.repeat(60)
const [TO_SERVER, TO_CLIENT] = [1, 2]

// RFC 7692 §7.2.3: `Hello`, and the same again with what was learnt.
const HELLO = hex('f248cdc9c90700')
const HELLO_AGAIN = hex('f200110000')

/** Conversations of WebSocket; every message occurs once, so that a wrong one shows. */
export const examples: readonly Example[] = [
  {
    name: 'a text each way',
    turns: [
      client(asked(OP.text, '{"op":"subscribe","channel":"prices","id":1}')),
      server(told(OP.text, '{"op":"subscribed","channel":"prices","id":1}')),
    ],
    rows: [
      {
        direction: TO_SERVER,
        req_path: null,
        opcode: OP.text,
        payload: '{"op":"subscribe","channel":"prices","id":1}',
        payload_size: 44,
        frames: 1,
        compressed: false,
        close_code: null,
        close_reason: null,
      },
      { direction: TO_CLIENT, payload: '{"op":"subscribed","channel":"prices","id":1}', payload_size: 45 },
    ],
  },
  {
    name: 'texts that are long enough to be told from noise',
    turns: [
      client(asked(OP.text, 'to be, or not to be, that is the question')),
      server(
        told(OP.text, 'whether it is nobler in the mind to suffer'),
        told(OP.text, 'the slings and arrows of fortune'),
      ),
    ],
    rows: [
      { direction: TO_SERVER, payload: 'to be, or not to be, that is the question' },
      { direction: TO_CLIENT, payload: 'whether it is nobler in the mind to suffer' },
      { direction: TO_CLIENT, payload: 'the slings and arrows of fortune' },
    ],
  },
  {
    name: 'fragments, and control frames between them',
    turns: [
      client(
        asked(OP.text, 'frag', OP.text),
        asked(OP.ping, 'still there?'),
        asked(OP.more, '-', OP.more),
        asked(OP.more, 'men', OP.more),
        asked(OP.pong, 'unasked'),
        asked(OP.more, 'ted', FIN | OP.more),
      ),
      server(told(OP.binary, 'pie', OP.binary), told(OP.pong, 'still there?'), told(OP.more, 'ces', FIN | OP.more)),
    ],
    rows: [
      { direction: TO_SERVER, opcode: OP.ping, payload: 'still there?' },
      { direction: TO_SERVER, opcode: OP.pong, payload: 'unasked' },
      { direction: TO_SERVER, opcode: OP.text, payload: 'frag-mented', payload_size: 11, frames: 4 },
      { direction: TO_CLIENT, opcode: OP.pong, payload: 'still there?' },
      { direction: TO_CLIENT, opcode: OP.binary, payload: 'pieces', frames: 2 },
    ],
  },
  {
    name: 'lengths of 7, 16 and 64 bits',
    turns: [
      client(asked(OP.binary, 'a'.repeat(125)), asked(OP.binary, 'b'.repeat(126)), asked(OP.text, '')),
      server(told(OP.text, LONG), told(OP.binary, 'c'.repeat(65_536))),
    ],
    rows: [
      { payload: 'a'.repeat(125), payload_size: 125 },
      { payload: 'b'.repeat(126), payload_size: 126 },
      { direction: TO_SERVER, payload: '', payload_size: 0 },
      { payload: LONG.slice(0, 1024), payload_size: LONG.length },
      { payload: 'c'.repeat(1024), payload_size: 65_536 },
    ],
  },
  {
    name: 'bytes that are no text',
    turns: [client(asked(OP.binary, hex('00 01 ff fe 41'))), server(told(OP.binary, Buffer.from('é€😀')))],
    rows: [
      { payload: '\0\x01\udcff\udcfeA', payload_size: 5 },
      { payload: 'é€😀', payload_size: 9 },
    ],
  },
  {
    name: 'compressed, with what was learnt, over frames',
    turns: [
      client(
        asked(OP.text, HELLO, FIN | COMPRESSED | OP.text),
        asked(OP.text, HELLO_AGAIN, FIN | COMPRESSED | OP.text),
        asked(OP.text, 'plain', FIN | OP.text),
      ),
      server(
        told(OP.text, HELLO.subarray(0, 3), COMPRESSED | OP.text),
        told(OP.ping, 'between'),
        told(OP.more, HELLO.subarray(3), FIN | OP.more),
        told(OP.text, hex('00'), FIN | COMPRESSED | OP.text),
      ),
    ],
    rows: [
      { direction: TO_SERVER, payload: 'Hello', payload_size: 7, compressed: true },
      { direction: TO_SERVER, payload: 'Hello', payload_size: 5, compressed: true },
      { direction: TO_SERVER, payload: 'plain', payload_size: 5, compressed: false },
      { direction: TO_CLIENT, opcode: OP.ping, payload: 'between', compressed: false },
      { direction: TO_CLIENT, payload: 'Hello', payload_size: 7, compressed: true, frames: 2 },
      { direction: TO_CLIENT, payload: '', payload_size: 1, compressed: true },
    ],
  },
  {
    name: 'closing',
    alone: true,
    turns: [client(asked(OP.close, closing(1001, 'gone'))), server(told(OP.close, closing(1001)), told(OP.close, ''))],
    rows: [
      { opcode: OP.close, payload: null, payload_size: 6, close_code: 1001, close_reason: 'gone' },
      { opcode: OP.close, payload_size: 2, close_code: 1001, close_reason: null },
      { opcode: OP.close, payload_size: 0, close_code: null, close_reason: null },
    ],
  },
  {
    name: 'a message without its end',
    alone: true,
    turns: [client(asked(OP.text, 'begun', OP.text)), server(told(OP.text, 'an answer that comes before'))],
    rows: [
      { direction: TO_CLIENT, payload: 'an answer that comes before' },
      { direction: TO_SERVER, payload: 'begun', payload_size: null, frames: 1 },
    ],
  },
]
