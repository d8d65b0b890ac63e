import { isSecretHeader, redactForm, redactUrl } from './redact.js'

test.each([
  ['authorization', true],
  ['proxy-authorization', true],
  ['cookie', true],
  ['set-cookie', true],
  ['x-api-key', true],
  ['x-auth-token', true],
  ['x-amz-security-token', true],
  ['x-client-secret', true],
  ['content-type', false],
  ['sec-websocket-key', false],
  ['idempotency-key', false],
  ['__proto__', false],
  ['', false],
])('header %s: %s', (name, secret) => {
  expect(isSecretHeader(name)).toBe(secret)
})

test.each([
  ['/a/b', '/a/b'],
  ['/a?page=2&x=1', '/a?page=2&x=1'],
  ['/a?token=t', '/a?token=[REDACTED]'],
  ['/a?x=1&API_KEY=k&y=2#f', '/a?x=1&API_KEY=[REDACTED]&y=2#f'],
  ['/a?code=1&sig=2', '/a?code=[REDACTED]&sig=[REDACTED]'],
  ['/a?mytoken=1&keyboard=2', '/a?mytoken=1&keyboard=2'],
  ['/a?token=a=b=c&x=1', '/a?token=[REDACTED]&x=1'],
  ['/a?token=', '/a?token=[REDACTED]'],
  ['/cb#access_token=x', '/cb#access_token=[REDACTED]'],
  ['/token=1', '/token=1'],
  ['http://user:pw@host/x', 'http://[REDACTED]@host/x'],
  ['http://host/x@y', 'http://host/x@y'],
  ['/a?next=http://u:p@h/', '/a?next=http://[REDACTED]@h/'],
])('%s → %s', (url, clean) => {
  expect(redactUrl(url)).toBe(clean)
})

test('a form without its credentials', () => {
  expect(redactForm('user=me&password=a%20b&x=')).toBe('user=me&password=[REDACTED]&x=')
  expect(redactForm('plain text')).toBe('plain text')
})
