/** What is said to a person goes to stderr, one line each: `level: message key=value`. */
export type Level = 'error' | 'warn' | 'info' | 'debug'

const ORDER: readonly Level[] = ['error', 'warn', 'info', 'debug']

let limit = ORDER.indexOf('info')

/** `--quiet` → error, the default → info, `-v` → debug. */
export function setLevel(level: Level): void {
  limit = ORDER.indexOf(level)
}

export function log(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  if (ORDER.indexOf(level) > limit) return
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${String(value)}`)
  process.stderr.write(`${printable(`${level}: ${message}${pairs.join('')}`)}\n`)
}

/** A text for stderr as it is (the summary, a hint); nothing with `--quiet`. */
export function say(text: string): void {
  if (limit >= ORDER.indexOf('info')) process.stderr.write(text)
}

// Text of a traced process must not drive the terminal: control characters other than tab and newline are written as \xNN.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** The text with control characters written as `\xNN`. */
export function printable(text: string): string {
  return text.replace(CONTROL, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
