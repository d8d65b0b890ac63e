import { REDACTED } from '../../records/redact.js'
import type { Json } from '../../records/table.js'

/** Arguments that prove who a client is, by the method. */
const SECRETS: Readonly<Record<string, string>> = {
  'connection.start-ok': 'response',
  'connection.secure-ok': 'response',
  'connection.update-secret': 'new_secret',
}

/** The arguments of a method without credentials. */
export function redactArguments(method: string, args: Json): Json {
  const name = SECRETS[method]
  return name === undefined ? args : { ...(args as Readonly<Record<string, Json>>), [name]: REDACTED }
}
