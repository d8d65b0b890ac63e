import type { Json } from '../../records/table.js'
import { COMMANDS, CONTAINERS, OPTIONS, type Part } from './syntax.js'

/** Arguments that options may precede, which their place does not tell. */
const AFTER_OPTIONS: ReadonlySet<string> = new Set(['id', 'score member', 'longitude latitude member'])

/** The command that these words begin, in upper case, and how many of them its name takes. */
export function commandOf(
  first: string,
  second: string | undefined,
): { readonly name: string; readonly length: number } {
  const name = first.toUpperCase()
  if (second === undefined || !CONTAINERS.has(name)) return { name, length: 1 }
  const both = `${name} ${second.toUpperCase()}`
  return COMMANDS.has(both) ? { name: both, length: 2 } : { name, length: 1 }
}

/** Arguments by their documented names, or as they are where they do not fit. `count`: how many there were, with those not kept. */
export function nameArguments(name: string, args: readonly string[], count: number): Json {
  const parts = COMMANDS.get(name)
  if (parts === undefined || count === 0) return args
  const pairs: [string, Json][] = []
  let at = 0
  for (const part of parts) {
    const n = timesOf(part, count - at - part.later, args[at - 1])
    if (n < part.least || n % part.group.length !== 0) return args
    if (AFTER_OPTIONS.has(part.name) && OPTIONS.has(args[at]?.toUpperCase() ?? '')) return args
    if (n > 0 && at < args.length) pairs.push([part.name, named(part, args.slice(at, at + n))])
    at += n
  }
  return at === count ? Object.fromEntries(pairs) : args
}

// How many arguments a part takes of the `free` ones that no later part needs.
function timesOf({ times }: Part, free: number, before: string | undefined): number {
  if (times === '1') return Math.min(free, 1)
  if (times === '?') return free > 0 ? 1 : 0
  if (times !== '#') return free
  const n = Number(before)
  return Number.isInteger(n) && n >= 0 && n <= free ? n : -1
}

function named(part: Part, args: readonly string[]): Json {
  if (part.times === '1' || part.times === '?') return args[0] as string
  if (part.group.length > 1) return groupsOf(part.group, args)
  return part.name === 'options' ? optionsOf(args) : args
}

function groupsOf(names: readonly string[], args: readonly string[]): Json {
  const groups: Json[] = []
  for (let i = 0; i < args.length; i += names.length) {
    const values = args.slice(i, i + names.length)
    groups.push(Object.fromEntries(values.map((value, k) => [names[k] as string, value])))
  }
  return groups
}

// `EX 10`, `NX`: a word of an option and what belongs to it.
function optionsOf(args: readonly string[]): Json {
  const options: string[] = []
  for (const arg of args) {
    if (options.length === 0 || OPTIONS.has(arg.toUpperCase())) options.push(arg)
    else options.push(`${options.pop()} ${arg}`)
  }
  return options
}
