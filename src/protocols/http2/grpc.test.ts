import { gzipSync } from 'node:zlib'
import { addValue, Headers } from '../http/headers.js'
import { grpcFailure, Messages } from './grpc.js'
import { Writer, writeMessage } from './protobuf.js'

const hex = (bytes: string): Buffer => Buffer.from(bytes.replace(/\s/g, ''), 'hex')

function read(bytes: Buffer, cut = false, limit = 1000): [boolean, string] {
  const writer = new Writer(limit)
  return [writeMessage(bytes, 0, bytes.length, cut, writer), writer.out]
}

test.each<[string, string, string]>([
  ['nothing', '', ''],
  ['text', '0a05 68656c6c6f', '1: "hello"'],
  ['text that could be a message', '0a09 706978 69656c616273', '1: "pixielabs"'],
  ['text with lines and quotes', '0a05 610a2209 5c', '1: "a\\n\\"\\t\\\\"'],
  ['a message in a message', '0a04 0802 1003', '1 {\n  1: 2\n  2: 3\n}'],
  ['a message that could be text', '0a03 0a0161', '1 {\n  1: "a"\n}'],
  [
    'numbers',
    '08ac02 10ffffffffffffffffff01 1d00000001 2101000000000000c0',
    '1: 300\n2: 18446744073709551615\n3: 0x01000000\n4: 0xc000000000000001',
  ],
  ['bytes', '0a03 00ff41', '1: "\\x00\\xffA"'],
  ['fields again', '0a0161 0a0162', '1: "a"\n1: "b"'],
])('a message: %s', (_name, bytes, text) => {
  expect(read(hex(bytes))).toEqual([true, text])
})

test.each([
  ['field 0', '0001'],
  ['a group', '0b0c'],
  ['a length beyond the end', '0a05 61'],
  ['a varint without an end', '08ff'],
  ['a tag without an end', 'ff'],
])('no message: %s', (_name, bytes) => {
  expect(read(hex(bytes))[0]).toBe(false)
})

test('of a message that is cut, what is there', () => {
  expect(read(hex('08010a0a 6162'), true)).toEqual([true, '1: 1\n1: "ab"'])
  expect(read(hex('0801 0a'), true)).toEqual([true, '1: 1'])
  expect(read(hex('0a0a 61626364'), false, 8)).toEqual([false, ''])
  expect(read(hex('0a08 6162636465666768'), false, 8)).toEqual([true, '1: "abcd'])
})

test('depth is bounded', () => {
  let bytes = hex('0801')
  for (let i = 0; i < 60; i++) bytes = Buffer.concat([Buffer.from([10, bytes.length]), bytes])
  expect(read(bytes)[0]).toBe(true)
})

function bodyOf(fields: Record<string, string>, limit = 100): Messages {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) addValue(headers, name, value)
  return new Messages(headers, limit)
}

const message = (payload: Buffer, flags = 0): Buffer =>
  Buffer.concat([Buffer.from([flags, 0, 0, 0, payload.length]), payload])
const A = hex('0a0161')

test.each<[string, Record<string, string>, Buffer, string | null, boolean]>([
  ['an empty message', {}, message(hex('')), '', false],
  ['two', {}, Buffer.concat([message(A), message(A)]), '1: "a"\n1: "a"', false],
  ['compressed', { 'grpc-encoding': 'gzip' }, message(gzipSync(A), 1), '1: "a"', false],
  ['compressed, but not said how', {}, message(gzipSync(A), 1), null, true],
  ['compressed, but it is not', { 'grpc-encoding': 'gzip' }, message(A, 1), null, true],
  ['JSON', { 'content-type': 'application/grpc+json' }, message(Buffer.from('{"a":1}')), '{"a":1}', false],
  ['no message behind one', {}, Buffer.concat([message(A), message(hex('00'))]), '1: "a"', true],
  [
    'longer than what is kept',
    {},
    message(Buffer.concat([hex('0a78'), Buffer.alloc(120, 97)])),
    `1: "${'a'.repeat(93)}"`,
    true,
  ],
])('a body: %s', (_name, fields, bytes, text, cut) => {
  const body = bodyOf(fields)
  for (let at = 0; at < bytes.length; at += 7) body.take(bytes, at, Math.min(bytes.length, at + 7))
  expect(body.show()).toEqual({ text, cut })
  expect(body.size).toBe(bytes.length)
})

test.each<[Record<string, string>, string | null]>([
  [{}, null],
  [{ 'grpc-status': '0', 'grpc-message': 'fine' }, null],
  [{ 'grpc-status': '5' }, 'grpc 5 NOT_FOUND'],
  [{ 'grpc-status': '13', 'grpc-message': 'a%20%C3%A9%zz%ff' }, 'grpc 13 INTERNAL: a é%zz\udcff'],
  [{ 'grpc-status': '99', 'grpc-message': 'odd' }, 'grpc 99: odd'],
  [{ 'grpc-status': 'x' }, null],
])('%j fails with %j', (fields, failure) => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(fields)) addValue(headers, name, value)
  expect(grpcFailure(headers)).toBe(failure)
})
