#!/usr/bin/env node
// Every hook layer on other kernels: the same load, the same rows; and what doctor says there.
// usage: [UPDATE_GOLDEN=1] matrix.mjs [--prepare | --write-budget] [KERNEL ...]
// Where no machine can run, that is said, and it is a failure only with VM_REQUIRED=1.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { wrongCalls, wrongMemory, wrongWithin } from './account.mjs'
import { missesIn, overBudget, programsIn, writeBudget } from './budget.mjs'
import {
  difference,
  exchangesOf,
  expectedRowsOf,
  isCompared,
  loosened,
  questionsOf,
  seenRows,
  servedOf,
} from './expect.mjs'
import { fetchFor, KERNELS, Missing } from './fetch.mjs'
import { wrongDiagnosis } from './golden.mjs'
import { boot, obstacle } from './machine.mjs'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, '.output/vm')
const COMPILERS = { x64: 'gcc', arm64: 'aarch64-linux-gnu-gcc' }
const PROGRAMS = ['load', 'ring-server', 'threads', 'waiting']
const LAYERS = ['fentry', 'sock', 'syscall', 'kprobe']
const EXCHANGES_MIN = 390
const CANNOT_TRACE = 3
/** 5.10 needs about half of it: it verifies every program for seconds. */
const TIMEOUT_MS = 1_200_000
const SHOWN = 3

const say = (line) => process.stdout.write(`${line}\n`)

/** → the programs that make the load, for an architecture. */
function buildLoad(arch) {
  const compiler = COMPILERS[arch]
  mkdirSync(OUT, { recursive: true })
  return PROGRAMS.map((name) => {
    const program = join(OUT, `${name}-${arch}`)
    const source = join(import.meta.dirname, `${name}.c`)
    try {
      execFileSync(compiler, ['-O2', '-static', '-pthread', '-o', program, source])
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
      throw new Missing(`needs ${compiler}, for the load`)
    }
    return program
  })
}

/** → what is wrong with the rows of a trace; none = all is well. */
function wrongRows({ layer, status, stdout, stderr }, release) {
  const exchanges = exchangesOf(stderr)
  const questions = questionsOf(stderr)
  const loose = loosened(exchanges, release)
  const compared = (rows) => rows.filter((row) => isCompared(row, layer, release)).map(loose)
  const { missing, unexpected } = difference(compared(expectedRowsOf(stderr, layer)), compared(seenRows(stdout)))
  const wrong = []
  if (status !== 0) wrong.push(`exit code ${status}`)
  const made = exchanges.length + questions.length + servedOf(stderr).length
  if (made < EXCHANGES_MIN) wrong.push(`the load made ${made} exchanges only`)
  for (const row of missing.slice(0, SHOWN)) wrong.push(`missing: ${row.slice(0, 200)}`)
  for (const row of unexpected.slice(0, SHOWN)) wrong.push(`unexpected: ${row.slice(0, 200)}`)
  if (missing.length + unexpected.length > 0)
    wrong.push(`${missing.length} rows missing, ${unexpected.length} unexpected`)
  return wrong
}

const absence = (stderr) => (/^error: (?:hook layer \w+: )?(.*)/m.exec(stderr)?.[1] ?? stderr).slice(0, 150)

/** → words for the table, whether it is a failure, and details. */
function judge(line, release, kernel, writes) {
  if (line === undefined) return { word: 'not run', failed: true, details: [] }
  if (line.status === CANNOT_TRACE) return { word: 'not here', failed: false, details: [absence(line.stderr)] }
  const grown = writes ? [] : overBudget(kernel, programsIn(line.stderr))
  const wrong = wrongRows(line, release)
  const misses = missesIn(line.stderr)
  // What the kernel itself does not call us for is no fault of ours; docs/kernels.md tells.
  if (misses > 0 && wrong.length > 0 && line.status === 0) {
    return { word: `${misses} missed`, failed: grown.length > 0, details: [wrong.at(-1), ...grown] }
  }
  const details = [...wrong, ...grown]
  const failed = details.length > 0
  return { word: failed ? 'WRONG' : `${seenRows(line.stdout).length} rows`, failed, details }
}

/** Prints it. → whether all is well with what the tracer says of itself. */
function accounts(lines, release) {
  const said = Object.assign({ calls: undefined, memory: undefined }, ...lines)
  const { wrong, missed } = said.calls === undefined ? { wrong: ['not run'] } : wrongCalls(said.calls)
  if (missed > 0) say(`  ${missed} of a known number of calls are not seen, and counted`)
  if (said.memory !== undefined) wrong.push(...wrongMemory(said.memory))
  else if (release.startsWith('5.10.')) wrong.push('not run with little memory')
  const within = lines.flatMap((line) => line.within ?? [])
  if (within.length < LAYERS.length) wrong.push(`begun within a call: ${within.length} layers only`)
  wrong.push(...within.flatMap(wrongWithin))
  for (const line of wrong) say(`  account: ${line}`)
  return wrong.length === 0
}

/** → whether all is well. */
async function runKernel(kernel, write) {
  const begun = Date.now()
  const guest = relative(process.cwd(), join(import.meta.dirname, 'guest.mjs'))
  const result = await boot(kernel, [guest, ...buildLoad(kernel.arch), ...LAYERS], TIMEOUT_MS)
  writeFileSync(join(OUT, `${kernel.name}.json`), result.stdout)
  const lines = result.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const { kernel: release = kernel.name, doctor = { stdout: '', stderr: '' } } = lines[0] ?? {}
  const diagnosis = wrongDiagnosis(kernel, doctor, release)
  const judged = LAYERS.map((layer) =>
    judge(
      lines.find((each) => each.layer === layer),
      release,
      kernel.name,
      write,
    ),
  )
  const seconds = `${Math.round((Date.now() - begun) / 1000)} s`
  say([release.padEnd(32), ...judged.map(({ word }) => word.padEnd(10)), seconds].join(' '))
  judged.forEach(({ details }, i) => {
    for (const detail of details) say(`  ${LAYERS[i]}: ${detail}`)
  })
  for (const line of diagnosis) say(`  doctor: ${line}`)
  const closed = accounts(lines, release)
  if (result.code !== 0) say(`  the machine: ${result.code}\n${result.stderr}${result.screen.slice(-2000)}`)
  if (write) writeBudget(kernel.name, Object.assign({}, ...lines.map(({ stderr }) => programsIn(stderr ?? ''))))
  return result.code === 0 && closed && diagnosis.length === 0 && !judged.some(({ failed }) => failed)
}

/** → whether all is well; what cannot be had is said, and well unless VM_REQUIRED=1. */
async function unlessMissing(what, run) {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    process.stderr.write(`skipped: ${what}: ${error.message}\n`)
    return process.env.VM_REQUIRED !== '1'
  }
}

/** Fetches and compiles all that the kernels need. */
function prepare(kernels) {
  for (const kernel of kernels) {
    buildLoad(kernel.arch)
    fetchFor(kernel)
  }
  return true
}

async function main(args) {
  const names = args.filter((arg) => !arg.startsWith('--'))
  const kernels = names.length === 0 ? KERNELS : KERNELS.filter(({ name }) => names.includes(name))
  const why = obstacle()
  if (why !== undefined) throw new Missing(why)
  if (!existsSync(join(ROOT, 'dist/.complete'))) throw new Error('run make build first')
  if (args.includes('--prepare')) return prepare(kernels)
  say(['kernel'.padEnd(32), ...LAYERS.map((layer) => layer.padEnd(10))].join(' '))
  let well = true
  for (const kernel of kernels)
    well = (await unlessMissing(kernel.name, () => runKernel(kernel, args.includes('--write-budget')))) && well
  return well
}

if (!(await unlessMissing('other kernels', () => main(process.argv.slice(2))))) process.exitCode = 1
