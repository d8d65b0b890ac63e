import { createInterface } from 'node:readline'
import type { Program } from '../servers/packages.js'
import { type Running, start } from '../servers/process.js'

const ANSWER_MS = 20_000

/** A process that is told what to do: a JSON value a line, each way. */
export interface Dialogue extends Running {
  /** The next line that it says, without asking. */
  next(): Promise<unknown>
  /** Writes a line, and waits for one. */
  ask(value: unknown): Promise<unknown>
}

/** Starts a program for a dialogue over its stdin and stdout. */
export function startDialogue(what: Program, args: readonly string[]): Dialogue {
  const running = start(what, { args, stdin: 'pipe', stdout: 'pipe' })
  const { stdin, stdout } = running.child
  if (stdin === null || stdout === null) throw new Error('no pipes')
  stdin.on('error', () => undefined)
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()

  async function next(): Promise<unknown> {
    const timer = setTimeout(() => void running.stop('SIGKILL'), ANSWER_MS)
    const { value, done } = await lines.next()
    clearTimeout(timer)
    if (done) throw new Error(`${args.join(' ')} has ended: ${running.stderr()}`)
    return JSON.parse(value)
  }

  return {
    ...running,
    next,
    ask: (value) => {
      stdin.write(`${JSON.stringify(value)}\n`)
      return next()
    },
  }
}
