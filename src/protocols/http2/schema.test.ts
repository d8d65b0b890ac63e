import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Driver, OPTIONS } from '../../../test/conformance/driver.js'
import { answer, ask, data, headers, message, plain } from '../../../test/conformance/http2-frames.js'
import type { Schema } from '../protocol.js'
import { http2 } from './index.js'
import { loadSchema } from './schema.js'

const SERVICE = `syntax = "proto3";
package shop.v1;
import "shop/v1/item.proto";
import "google/protobuf/timestamp.proto";
message Ask { string item_name = 1; repeated int64 ids = 2; google.protobuf.Timestamp since = 3; }
service Shop { rpc Find (Ask) returns (stream Item); }
`
const ITEM = `syntax = "proto3";
package shop.v1;
enum Colour { NONE = 0; RED = 1; }
message Item { string name = 1; Colour colour = 2; bytes raw = 3; }
`
const ASK = Buffer.from('0a036a6172120205071a020809', 'hex')
const ASK_TEXT = '{"item_name":"jar","ids":["5","7"],"since":{"seconds":"9"}}'
const RED = Buffer.from('0a036c696410011a02ff00', 'hex')
const RED_TEXT = '{"name":"lid","colour":"RED","raw":"/wA="}'
const PATH = '/shop.v1.Shop/Find'

let folder: string
let schema: Schema

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'schema-'))
  mkdirSync(join(folder, 'shop/v1'), { recursive: true })
  writeFileSync(join(folder, 'shop/v1/shop.proto'), SERVICE)
  writeFileSync(join(folder, 'shop/v1/item.proto'), ITEM)
  schema = (await loadSchema([join(folder, 'shop/v1/shop.proto')])) as Schema
})
afterAll(() => rmSync(folder, { recursive: true }))

test('messages by the path of their call, also of imported files', () => {
  expect(schema.describe(PATH, 'request', ASK)).toBe(ASK_TEXT)
  expect(schema.describe(`/behind/a/proxy${PATH}`, 'response', RED)).toBe(RED_TEXT)
})

test.each([
  '/shop.v1.Shop/Lose',
  '/shop.v1.Ask/item_name',
  '/shop.v1.Shop',
  '/shop.v1/Shop',
  '/constructor/__proto__',
  '',
])('%j is not known', (path) => {
  expect(schema.describe(path, 'request', ASK)).toBeUndefined()
})

test('what is not of the type is not named', () => {
  expect(schema.describe(PATH, 'request', Buffer.from('0aff', 'hex'))).toBeUndefined()
})

test('a call, and one that the schema does not know', () => {
  const driver = new Driver(http2, true, { ...OPTIONS, schema })
  const grpc = [['content-type', 'application/grpc']] as const
  for (const [id, path] of [
    [1, PATH],
    [3, '/shop.v1.Shop/Lose'],
  ] as const) {
    driver.feed('request', Buffer.concat([headers(id, ask('POST', path, grpc)), data(id, message(ASK), true)]))
    driver.feed(
      'response',
      Buffer.concat([headers(id, answer(200, grpc)), data(id, message(RED)), data(id, message(RED))]),
    )
    driver.feed('response', headers(id, plain([['grpc-status', '0']]), true))
  }
  expect(driver.emitted.map(({ row, cut }) => [row.req_body, row.resp_body, cut])).toEqual([
    [ASK_TEXT, `${RED_TEXT}\n${RED_TEXT}`, 0],
    [expect.stringMatching(/^1: "jar"\n2/), expect.stringMatching(/^1: "lid"\n2: 1\n/), 0],
  ])
})

test('nothing to read is no schema; what cannot be read is a usage error', async () => {
  expect(await loadSchema([])).toBeUndefined()
  await expect(loadSchema([join(folder, 'absent.proto')])).rejects.toMatchObject({ code: 'usage' })
  writeFileSync(join(folder, 'broken.proto'), 'message {')
  await expect(loadSchema([join(folder, 'broken.proto')])).rejects.toMatchObject({ code: 'usage' })
  writeFileSync(join(folder, 'dangling.proto'), 'syntax = "proto3"; message A { Nobody b = 1; }')
  await expect(loadSchema([join(folder, 'dangling.proto')])).rejects.toMatchObject({ code: 'usage' })
})
