// How large our programs are for a kernel, and how much of them its verifier walked: both are limited, and grow unseen.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, 'budget.json')
const GROWTH = 1.1

const read = () => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {})

/** Program → [instructions, instructions walked by the verifier (0 before 5.16, which does not tell)], from the tracer's words. */
export function programsIn(stderr) {
  const found = stderr.matchAll(/^debug: program name=(\w+) .*\binsns=(\d+) verified=(\d+)$/gm)
  return Object.fromEntries([...found].map(([, name, insns, verified]) => [name, [Number(insns), Number(verified)]]))
}

/** How often the kernel left a program out, for it was active on the CPU already: in a thread that was preempted. */
export function missesIn(stderr) {
  return [...stderr.matchAll(/^debug: program .*\bmisses=(\d+)/gm)].reduce((sum, [, misses]) => sum + Number(misses), 0)
}

/** → what has grown by more than a tenth since the budget of this kernel was written. */
export function overBudget(kernel, programs) {
  const known = read()[kernel] ?? {}
  const what = ['instructions', 'instructions verified']
  return Object.entries(programs).flatMap(([name, sizes]) =>
    sizes.flatMap((size, i) => {
      const budget = known[name]?.[i]
      if (budget === undefined || size <= budget * GROWTH) return []
      return [`${name}: ${size} ${what[i]}, ${budget} in test/vm/budget.json`]
    }),
  )
}

/** Makes these the budget of the kernel. */
export function writeBudget(kernel, programs) {
  const all = { ...read(), [kernel]: programs }
  const ofKernel = (sizes) =>
    Object.entries(sizes)
      .map(([name, pair]) => `    ${JSON.stringify(name)}: [${pair.join(', ')}]`)
      .join(',\n')
  const lines = Object.entries(all).map(([name, sizes]) => `  ${JSON.stringify(name)}: {\n${ofKernel(sizes)}\n  }`)
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`)
}
