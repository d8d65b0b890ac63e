import { CUT_REQ_BODY, CUT_REQ_PATH, CUT_RESP_BODY, type HttpRow, httpEvents } from './table.js'

const row = (part: Partial<HttpRow>): HttpRow => ({
  major_version: 1,
  minor_version: 1,
  content_type: 0,
  req_headers: {},
  req_method: 'GET',
  req_path: '/',
  req_body: null,
  req_body_size: 0,
  resp_headers: {},
  resp_status: 200,
  resp_message: 'OK',
  resp_body: null,
  resp_body_size: 0,
  ...part,
})

const noResponse = { resp_status: null, resp_headers: null, resp_body_size: null }
const te = { 'transfer-encoding': ['chunked'] }
const cl = (length: string) => ({ 'content-length': [length] })

test.each<[Partial<HttpRow>, string | null]>([
  [{}, null],
  [{ resp_status: 399 }, null],
  [{ resp_status: 404, resp_message: 'Not Found' }, '404 Not Found'],
  [{ resp_status: 500, resp_message: '' }, '500'],
  [noResponse, 'no response'],
  [{ resp_status: null, resp_headers: {} }, 'no response'],
  [{ major_version: 0, resp_status: null, resp_headers: {} }, null],
  [{ major_version: 0, resp_status: null, resp_headers: {}, req_headers: { host: ['a'] } }, 'the response is not HTTP'],
  [{ req_method: null, req_headers: null, resp_status: 408, resp_message: 'Timeout' }, '408 Timeout'],
  [{ major_version: 2, resp_message: null }, null],
  [{ major_version: 2, resp_message: 'grpc 5 NOT_FOUND' }, 'grpc 5 NOT_FOUND'],
  [{ major_version: 2, ...noResponse, resp_message: 'reset by the client: CANCEL' }, 'reset by the client: CANCEL'],
  [{ major_version: 2, ...noResponse, resp_message: null }, 'no response'],
  [{ major_version: 2, resp_status: 404, resp_message: null }, '404'],
  [{ req_headers: te }, null],
  [{ req_headers: { ...te, ...cl('1') } }, 'both Transfer-Encoding and Content-Length'],
  [{ resp_headers: { ...te, ...cl('1') } }, 'both Transfer-Encoding and Content-Length'],
  [{ resp_headers: cl('9'), resp_body_size: 9 }, null],
  [{ resp_headers: cl('9'), resp_body_size: 5 }, 'response ended after 5 of 9 bytes'],
  [{ resp_headers: cl('9'), req_method: 'HEAD' }, null],
  [{ resp_headers: cl('9'), resp_status: 304 }, null],
  [{ resp_headers: cl('9'), resp_body_size: null }, null],
  [{ resp_headers: cl('-9'), resp_body_size: null }, 'invalid Content-Length'],
  [{ req_headers: cl('1, 2'), req_body_size: null }, 'invalid Content-Length'],
])('error of %j: %s', (part, error) => {
  expect(httpEvents.error?.(row(part))).toBe(error)
})

test('a response that was lost is not one that never came', () => {
  const error = httpEvents.error as (row: HttpRow, partial: boolean) => string | null
  expect(error(row({ ...noResponse, req_headers: cl('1000'), req_body_size: 4 }), true)).toBe(
    'request ended after 4 of 1000 bytes',
  )
  expect(error(row(noResponse), true)).toBeNull()
})

test('a response that ends with the connection is partial; of one in HTTP/2 bytes may have been lost', () => {
  const error = httpEvents.error as (row: HttpRow, partial: boolean) => string | null
  const short = { resp_headers: cl('9'), resp_body_size: 5 }
  expect(error(row(short), true)).toBe('response ended after 5 of 9 bytes')
  expect(error(row({ ...short, major_version: 2, resp_message: null }), true)).toBeNull()
})

test.each([
  ['/users/12345?x=1', 'GET /users/:id'],
  ['/users/12345/posts/7', 'GET /users/:id/posts/:id'],
  ['/o/6fa459ea-ee8a-3ca4-894e-db77e160355e', 'GET /o/:id'],
  ['/v1/users', 'GET /v1/users'],
  ['*', 'GET *'],
])('endpoint of %s: %s', (path, endpoint) => {
  expect(httpEvents.endpoint?.(row({ req_path: path }))).toBe(endpoint)
})

test('the bits of the columns that are cut', () => {
  expect(httpEvents.columns[Math.log2(CUT_REQ_PATH)]?.name).toBe('req_path')
  expect(httpEvents.columns[Math.log2(CUT_REQ_BODY)]?.name).toBe('req_body')
  expect(httpEvents.columns[Math.log2(CUT_RESP_BODY)]?.name).toBe('resp_body')
})
