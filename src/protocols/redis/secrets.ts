import { REDACTED } from '../../records/redact.js'

// requirepass, masterauth, primaryauth, tls-key-file-pass, sentinel-pass, auth-pass …
const SECRET_PARAMETER = /(?:pass|auth|password)$/i
// A rule of ACL SETUSER that adds or removes a password or its hash.
const SECRET_RULE = /^[<>#!]./s
const QUOTED_RULE = /'([<>#!])[^']*'/g

/** Whether the configuration parameter is a credential. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name)
}

/** Replaces the credentials among the arguments of a command. */
export function redactArguments(name: string, args: string[]): void {
  if (name === 'AUTH') hide(args, args.length === 2 ? 1 : 0, args.length)
  else if (name === 'HELLO') hideAfterKeyword(args, 1)
  else if (name === 'MIGRATE') hideAfterKeyword(args, 5)
  else if (name === 'CONFIG SET') hideParameters(args, 0)
  else if (name === 'SENTINEL') hideParameters(args, 1)
  else if (name === 'ACL SETUSER') for (let i = 1; i < args.length; i++) args[i] = hideRule(args[i] as string)
}

function hide(args: string[], from: number, to: number): void {
  for (let i = from; i < Math.min(to, args.length); i++) args[i] = REDACTED
}

// HELLO 3 AUTH user password · MIGRATE … AUTH password · MIGRATE … AUTH2 user password
function hideAfterKeyword(args: string[], from: number): void {
  for (let i = from; i < args.length; i++) {
    const word = (args[i] as string).toUpperCase()
    if (word === 'AUTH2' || (word === 'AUTH' && from === 1)) hide(args, i + 2, i + 3)
    else if (word === 'AUTH') hide(args, i + 1, i + 2)
  }
}

function hideRule(rule: string): string {
  return SECRET_RULE.test(rule) ? rule.slice(0, 1) + REDACTED : rule
}

// SENTINEL SET master option value …, SENTINEL CONFIG SET parameter value …
function hideParameters(args: string[], from: number): void {
  for (let i = from; i + 1 < args.length; i++) if (isSecretParameter(args[i] as string)) hide(args, i + 1, i + 2)
}

/** Which text of a reply is secret. */
export const HIDE = { nothing: 0, parameters: 1, all: 2 } as const

/** What to hide in the reply to a command. */
export function hiddenIn(name: string | null | undefined): number {
  if (name === 'CONFIG GET') return HIDE.parameters
  return name === 'ACL GETUSER' || name === 'ACL LIST' || name === 'ACL GENPASS' ? HIDE.all : HIDE.nothing
}

/** The text of an error that may quote the rules of ACL SETUSER. */
export function redactError(text: string): string {
  return text.replace(QUOTED_RULE, `'$1${REDACTED}'`)
}
