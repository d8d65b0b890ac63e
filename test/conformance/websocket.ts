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
        body: '{"op":"subscribe","channel":"prices","id":1}',
        body_size: 44,
        frames: 1,
        compressed: false,
        close_code: null,
        close_reason: null,
      },
      { direction: TO_CLIENT, body: '{"op":"subscribed","channel":"prices","id":1}', body_size: 45 },
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
      { direction: TO_SERVER, body: 'to be, or not to be, that is the question' },
      { direction: TO_CLIENT, body: 'whether it is nobler in the mind to suffer' },
      { direction: TO_CLIENT, body: 'the slings and arrows of fortune' },
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
      { direction: TO_SERVER, opcode: OP.ping, body: 'still there?' },
      { direction: TO_SERVER, opcode: OP.pong, body: 'unasked' },
      { direction: TO_SERVER, opcode: OP.text, body: 'frag-mented', body_size: 11, frames: 4 },
      { direction: TO_CLIENT, opcode: OP.pong, body: 'still there?' },
      { direction: TO_CLIENT, opcode: OP.binary, body: 'pieces', frames: 2 },
    ],
  },
  {
    name: 'lengths of 7, 16 and 64 bits',
    turns: [
      client(asked(OP.binary, 'a'.repeat(125)), asked(OP.binary, 'b'.repeat(126)), asked(OP.text, '')),
      server(told(OP.text, LONG), told(OP.binary, 'c'.repeat(65_536))),
    ],
    rows: [
      { body: 'a'.repeat(125), body_size: 125 },
      { body: 'b'.repeat(126), body_size: 126 },
      { direction: TO_SERVER, body: '', body_size: 0 },
      { body: LONG.slice(0, 1024), body_size: LONG.length },
      { body: 'c'.repeat(1024), body_size: 65_536 },
    ],
  },
  {
    name: 'bytes that are no text',
    turns: [client(asked(OP.binary, hex('00 01 ff fe 41'))), server(told(OP.binary, Buffer.from('é€😀')))],
    rows: [
      { body: '\0\x01\udcff\udcfeA', body_size: 5 },
      { body: 'é€😀', body_size: 9 },
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
      { direction: TO_SERVER, body: 'Hello', body_size: 7, compressed: true },
      { direction: TO_SERVER, body: 'Hello', body_size: 5, compressed: true },
      { direction: TO_SERVER, body: 'plain', body_size: 5, compressed: false },
      { direction: TO_CLIENT, opcode: OP.ping, body: 'between', compressed: false },
      { direction: TO_CLIENT, body: 'Hello', body_size: 7, compressed: true, frames: 2 },
      { direction: TO_CLIENT, body: '', body_size: 1, compressed: true },
    ],
  },
  {
    name: 'closing',
    alone: true,
    turns: [client(asked(OP.close, closing(1001, 'gone'))), server(told(OP.close, closing(1001)), told(OP.close, ''))],
    rows: [
      { opcode: OP.close, body: null, body_size: 6, close_code: 1001, close_reason: 'gone' },
      { opcode: OP.close, body_size: 2, close_code: 1001, close_reason: null },
      { opcode: OP.close, body_size: 0, close_code: null, close_reason: null },
    ],
  },
  {
    name: 'a message without its end',
    alone: true,
    turns: [client(asked(OP.text, 'begun', OP.text)), server(told(OP.text, 'an answer that comes before'))],
    rows: [
      { direction: TO_CLIENT, body: 'an answer that comes before' },
      { direction: TO_SERVER, body: 'begun', body_size: null, frames: 1 },
    ],
  },
]
