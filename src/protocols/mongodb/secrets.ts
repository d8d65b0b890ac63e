const NONE: ReadonlySet<string> = new Set(['speculativeAuthenticate'])
const ALL: ReadonlySet<string> = new Set(
  'speculativeAuthenticate payload pwd password credentials key nonce authenticator'.split(' '),
)
const NOTHING: ReadonlySet<string> = new Set<string>()
// Commands that log in, and that make or show accounts.
const COMMANDS: ReadonlySet<string> = new Set(
  (
    'saslstart saslcontinue authenticate getnonce createuser updateuser usersinfo copydbgetnonce copydbsaslstart copydb ' +
    'clonecollection _mergeauthzcollections'
  ).split(' '),
)

/** Names of elements whose values are credentials, in this command and in its answer. */
export function secretsOf(command: string | null, collection: string | null, redact: boolean): ReadonlySet<string> {
  if (!redact) return NOTHING
  const accounts = collection === 'system.users' || collection?.endsWith('.system.users') === true
  return accounts || command === null || COMMANDS.has(command.toLowerCase()) ? ALL : NONE
}
