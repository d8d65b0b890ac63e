// RFC 7541 Appendix A, from index 1 on.
const ENTRIES = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`

/** A field of a header block, and its size in the dynamic table. */
export class Field {
  readonly name: string
  readonly value: string
  readonly size: number

  constructor(name: string, value: string, size: number) {
    this.name = name
    this.value = value
    this.size = size
  }
}

/** What every field has besides its name and value. RFC 7541 §4.1. */
export const OVERHEAD = 32

/** The static table; index 0 is not used. */
export const STATIC: readonly Field[] = ['', ...ENTRIES.split('\n')].map((line) => {
  const [name = '', ...value] = line.split(' ')
  return new Field(name, value.join(' '), line.length + OVERHEAD)
})
