// make bench: what the tracer costs and how fast it is, as ratios of runs that take turns. Asserts nothing.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { capture } from './capture.mjs'
import { decode } from './decode.mjs'
import { idle, soak } from './idle.mjs'
import { live } from './live.mjs'
import { Bench, program } from './programs.mjs'
import { start } from './start.mjs'

const PARTS = { decode, live, start, idle, soak, capture }
/** Those of a run that names none. */
const USUAL = ['decode', 'live', 'start', 'idle']
const FULL = {
  pairs: 9,
  exchanges: 200_000,
  seconds: 5,
  starts: 20,
  idleSeconds: 30,
  loadSeconds: 60,
  soakSeconds: 1800,
}
const QUICK = { pairs: 2, exchanges: 10_000, seconds: 1, starts: 3, idleSeconds: 3, loadSeconds: 3, soakSeconds: 20 }
const DOCUMENT = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
/** Where the tables of a run stand in it: those of the usual parts, and those of `capture`. */
const RESULTS = /(<!-- results -->\n).*(<!-- end of results -->)/s
const RESULTS_OF_CAPTURE = /(<!-- capture -->\n).*(<!-- end of capture -->)/s
const HELP = `usage: node test/bench/run.mjs [--quick] [--write] [${Object.keys(PARTS).join('|')}]…
As root. Everything it traces it has started itself, on the loopback.
  --quick       few and short rounds: does it work?
  --pairs N     rounds (${FULL.pairs})
  --write       put the tables into docs/performance.md
`

const say = (text) => process.stderr.write(`${text}\n`)

async function runPart(name, sizes) {
  const bench = new Bench()
  const interrupt = () => void bench.close().finally(() => process.exit(130))
  process.once('SIGINT', interrupt)
  try {
    say(`${name} …`)
    return await PARTS[name](bench, sizes, say)
  } finally {
    process.off('SIGINT', interrupt)
    await bench.close()
  }
}

async function main({ quick, write, pairs }, names) {
  if (process.getuid() !== 0) throw new Error('needs root')
  const missing = ['nginx', 'wrk'].filter((name) => program(name) === undefined)
  if (missing.length > 0) throw new Error(`no ${missing.join(' and ')}: run make servers`)
  const sizes = { ...(quick ? QUICK : FULL), ...(pairs ? { pairs: Number(pairs) } : {}) }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}, Node ${process.version}; ${sizes.pairs} rounds.`
  const texts = [machine]
  for (const name of names.length > 0 ? names : USUAL) {
    const tables = await runPart(name, sizes)
    texts.push(...tables)
    process.stdout.write(`${tables.join('\n\n')}\n\n`)
  }
  if (!write) return
  const document = readFileSync(DOCUMENT, 'utf8')
  writeFileSync(
    DOCUMENT,
    document.replace(
      names.includes('capture') ? RESULTS_OF_CAPTURE : RESULTS,
      (_, head, foot) => `${head}\n${texts.join('\n\n')}\n\n${foot}`,
    ),
  )
}

const options = {
  help: { type: 'boolean' },
  quick: { type: 'boolean' },
  write: { type: 'boolean' },
  pairs: { type: 'string' },
}
const { values, positionals } = parseArgs({ options, allowPositionals: true })
const unknown = positionals.filter((name) => !(name in PARTS))
if (values.help) process.stdout.write(HELP)
else if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}`)
else await main(values, positionals)
