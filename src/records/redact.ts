/** What stands where a credential stood. */
export const REDACTED = '[REDACTED]'

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  'api-key',
  'apikey',
  'authentication-info',
  'proxy-authentication-info',
  'x-authorization',
  'x-auth',
  'x-access-key',
  'x-functions-key',
  'x-forwarded-authorization',
  'x-original-authorization',
  'x-ms-token-aad-access-token',
])

/** Does the value of this header (lower-case name) grant access? */
export function isSecretHeader(name: string): boolean {
  if (SECRET_HEADERS.has(name)) return true
  switch (name.charCodeAt(name.length - 1)) {
    case 110: // n
      return name.endsWith('-token')
    case 116: // t
      return name.endsWith('-secret')
    case 121: // y
      return name.endsWith('api-key') || name.endsWith('-apikey') || name.endsWith('subscription-key')
    case 100: // d
      return name.endsWith('-password')
    default:
      return false
  }
}

const SECRET_PARAMETERS: ReadonlySet<string> = new Set(
  (
    'access_token accesstoken api_key api-key apikey auth auth_token authtoken client_assertion client_secret code ' +
    'code_verifier credential id_token jwt key pass passwd password pwd refresh_token samlresponse secret session ' +
    'session_id sessionid sid sig signature token x-amz-credential x-amz-security-token x-amz-signature ' +
    'x-goog-credential x-goog-signature'
  ).split(' '),
)
const USERINFO = /(:\/\/)[^/?#@\s]*@/g

/** A URL or request target without its userinfo and without the values of well-known token parameters. */
export function redactUrl(url: string): string {
  const clean = url.includes('@') ? url.replace(USERINFO, `$1${REDACTED}@`) : url
  return clean.includes('=') && (clean.includes('?') || clean.includes('#')) ? redactForm(clean) : clean
}

/** `a=b&token=c` without the values of well-known token parameters. */
export function redactForm(form: string): string {
  let out = ''
  let copied = 0
  for (let equals = form.indexOf('='); equals >= 0; equals = form.indexOf('=', equals + 1)) {
    let start = equals
    while (start > copied && !isSeparator(form.charCodeAt(start - 1))) start--
    if (!SECRET_PARAMETERS.has(form.slice(start, equals).toLowerCase())) continue
    out += form.slice(copied, equals + 1) + REDACTED
    copied = equals + 1
    while (copied < form.length && !isSeparator(form.charCodeAt(copied))) copied++
    equals = copied - 1
  }
  return copied === 0 ? form : out + form.slice(copied)
}

// One of ? & ; # or a space.
function isSeparator(c: number): boolean {
  return c === 63 || c === 38 || c === 59 || c === 35 || c === 32
}
