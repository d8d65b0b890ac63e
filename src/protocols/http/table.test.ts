import { CUT_REQ_BODY, CUT_RESP_BODY, type HttpRow, httpEvents } from './table.js'

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

test.each([
  [{}, null],
  [{ resp_status: 399 }, null],
  [{ resp_status: 404, resp_message: 'Not Found' }, '404 Not Found'],
  [{ resp_status: 500, resp_message: '' }, '500'],
  [{ resp_status: null }, 'no response'],
])('error of %j: %s', (part, error) => {
  expect(httpEvents.error?.(row(part))).toBe(error)
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
  expect(httpEvents.columns[Math.log2(CUT_REQ_BODY)]?.name).toBe('req_body')
  expect(httpEvents.columns[Math.log2(CUT_RESP_BODY)]?.name).toBe('resp_body')
})
