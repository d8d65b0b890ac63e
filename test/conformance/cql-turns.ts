import { envelope, i32, int, longString, OP, rows, string, text, u8, u16 } from '../support/cql-bytes.js'
import { client, server, type Turn } from './example.js'

/** Version of the conversations that share a connection. */
export const VERSION = 4
export const ONE = u16(1)

export const ask = (stream: number, op: number, ...body: readonly Buffer[]): Turn =>
  client(envelope(VERSION, stream, op, Buffer.concat(body)))
export const answer = (stream: number, op: number, ...body: readonly Buffer[]): Turn =>
  server(envelope(VERSION | 0x80, stream, op, Buffer.concat(body)))
export const query = (stream: number, cql: string): Turn => ask(stream, OP.query, longString(cql), ONE, u8(0))
export const VOID = i32(1)
export const done = (stream: number): Turn => answer(stream, OP.result, VOID)
export const error = (code: number, message: string): Buffer => Buffer.concat([i32(code), string(message)])

export const FEW = rows([int('id'), text('name')], [i32(1), 'ü'], [i32(-2), null])
