import { stands } from '../words.js'

const NONE = ['speculativeAuthenticate']
const ALL = 'speculativeAuthenticate payload pwd password credentials key nonce authenticator'.split(' ')
// Commands that log in, and that make or show accounts.
const COMMANDS: ReadonlySet<string> = new Set(
  (
    'saslstart saslcontinue authenticate getnonce createuser updateuser usersinfo copydbgetnonce copydbsaslstart copydb ' +
    'clonecollection _mergeauthzcollections'
  ).split(' '),
)

/** Names of elements whose values are credentials, in this command and in its answer. */
export function secretsOf(command: string | null, collection: string | null, redact: boolean): readonly string[] {
  if (!redact) return []
  const accounts = collection === 'system.users' || collection?.endsWith('.system.users') === true
  return accounts || command === null || COMMANDS.has(command.toLowerCase()) ? ALL : NONE
}

/** Whether one of these names is `buf[start, end)`. */
export function isAmong(names: readonly string[], buf: Buffer, start: number, end: number): boolean {
  for (const name of names) if (stands(name, buf, start, end)) return true
  return false
}
