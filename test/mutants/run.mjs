// make test-mutants: puts faults into a copy of the tree, one at a time; each must turn a suite red.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { MUTANTS } from './list.mjs'

const HELP = `usage: node test/mutants/run.mjs [--check] [WORD…]
Puts each mutant of list.mjs (whose file and name have all the words) into a copy of the tree and runs its suite, which must
fail. With --check, only looks whether each has its place in the tree.
`
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NOT_COPIED = new Set(['.git', 'node_modules', '.cache', '.output', 'dist', 'coverage'])
const LINKED = ['node_modules', '.cache']
const COMPILER = 'clang-14'
const SUITE_MS = 180_000
const JEST_ENV = { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning', BPF_REQUIRED: '' }

const say = (line) => process.stdout.write(`${line}\n`)
const placesOf = (text, { find }) => text.split(find).length - 1
const printable = (text = '') => text.replace(/[^\x20-\x7e]+/g, '?')
const isC = ({ file }) => file.startsWith('bpf/')
const isLive = ({ suite }) => suite.project === 'bpf'

function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'stirling-mutants-'))
  const filter = (path) => !NOT_COPIED.has(basename(path))
  cpSync(ROOT, copy, { recursive: true, preserveTimestamps: true, filter })
  for (const name of LINKED) if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(copy, name))
  return copy
}

function run(copy, file, args) {
  const env = { ...process.env, ...JEST_ENV }
  return spawnSync(file, args, { cwd: copy, encoding: 'utf8', timeout: SUITE_MS, maxBuffer: 1 << 28, env })
}

/** Runs suites of one project → how many tests passed, the first that failed, what was said on stderr. */
function test(copy, suites) {
  const result = join(copy, 'jest.json')
  rmSync(result, { force: true })
  const filters = suites.flatMap(({ test }) => test ?? [])
  const which = ['--runTestsByPath', ...new Set(suites.map(({ path }) => path))]
  const names = filters.length > 0 ? [`--testNamePattern=${filters.join('|')}`] : []
  const report = ['--json', '--outputFile', result, '--reporters', 'default', '--runInBand']
  const jest = join('node_modules', '.bin', 'jest')
  const { error, stderr } = run(copy, jest, ['--selectProjects', suites[0].project, ...which, ...names, ...report])
  if (error?.code === 'ETIMEDOUT') return { passed: 0, failure: `nothing within ${SUITE_MS / 1000} s`, stderr }
  if (!existsSync(result)) throw new Error(`Jest did not run: ${error ?? stderr}`)
  return { ...summary(JSON.parse(readFileSync(result, 'utf8'))), stderr }
}

function summary({ numPassedTests, testResults }) {
  const broken = testResults.find(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const failed = testResults.flatMap((file) => file.assertionResults).find(({ status }) => status === 'failed')
  return { passed: numPassedTests, failure: failed?.fullName, broken: broken?.message }
}

// The unit tests run the sources; the live ones the command line, which is built.
function build(copy, mutant) {
  if (!isLive(mutant)) return
  // The packages are the checkout's: not to be installed anew from here.
  const args = isC(mutant) ? ['-f', 'bpf/build.mk', 'bpf'] : ['-o', 'node_modules/.complete', 'build']
  const { status, stdout, stderr } = run(copy, 'make', args)
  if (status !== 0) throw new Error(`${mutant.name}: make ${args.at(-1)} failed: ${stdout}${stderr}`)
}

/** Why a mutant cannot be tried here; undefined = it can. */
function obstacle(mutant, liveObstacle) {
  if (isC(mutant) && run('.', COMPILER, ['--version']).status !== 0) return `no ${COMPILER}`
  return isLive(mutant) ? liveObstacle : undefined
}

// A run has one filter for all its files.
function runs(suites) {
  const alike = (project, filtered) =>
    suites.filter((suite) => suite.project === project && (suite.test !== undefined) === filtered)
  return [alike('unit', false), alike('unit', true), alike('bpf', false), alike('bpf', true)].filter(([any]) => any)
}

/** The suites of the mutants on the tree as it is; throws if they are not green. → why the live ones cannot run. */
function expectGreen(copy, mutants) {
  let why
  if (mutants.some(isLive)) build(copy, { name: 'the tree', file: 'src', suite: { project: 'bpf' } })
  for (const suites of runs(mutants.map(({ suite }) => suite))) {
    const [{ project }] = suites
    const { passed, failure, broken, stderr } = test(copy, suites)
    if (failure ?? broken)
      throw new Error(`without a mutant, the ${project} suites are not green: ${failure ?? broken}`)
    if (passed === 0) why = /^skipped: (.*)$/m.exec(stderr)?.[1] ?? 'no test ran'
    if (passed === 0 && project === 'unit') throw new Error(why)
    say(`without a mutant: ${project} suites green, ${passed} tests`)
  }
  return why
}

/** → the test that killed it; undefined: none did. */
function attempt(copy, mutant) {
  const path = join(copy, mutant.file)
  const original = readFileSync(path, 'utf8')
  try {
    if (placesOf(original, mutant) !== 1) throw new Error(`${mutant.name} has no single place in ${mutant.file}`)
    writeFileSync(path, original.replace(mutant.find, mutant.put))
    build(copy, mutant)
    const { failure, broken } = test(copy, [mutant.suite])
    if (failure === undefined && broken !== undefined) throw new Error(`${mutant.name}: no test could run: ${broken}`)
    return failure
  } finally {
    writeFileSync(path, original)
  }
}

function tryAll(copy, mutants) {
  const counts = { killed: 0, survived: 0, skipped: 0 }
  const liveObstacle = expectGreen(copy, mutants)
  for (const mutant of mutants) {
    const label = `mutant ${mutant.file}: ${mutant.name}:`
    const why = obstacle(mutant, liveObstacle)
    const since = performance.now()
    const killer = why === undefined ? attempt(copy, mutant) : undefined
    const outcome = why !== undefined ? 'skipped' : killer === undefined ? 'survived' : 'killed'
    counts[outcome]++
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    const words = {
      skipped: `skipped: ${why}`,
      survived: `SURVIVED ${mutant.suite.path}`,
      killed: `killed by ${printable(killer)}`,
    }
    say(`${label} ${words[outcome]}${outcome === 'skipped' ? '' : ` (${seconds} s)`}`)
  }
  return counts
}

function check() {
  const stale = MUTANTS.flatMap((mutant) => {
    const places = placesOf(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)
    if (places !== 1) return `${mutant.name}: its text is ${places} times in ${mutant.file}`
    return existsSync(join(ROOT, mutant.suite.path)) ? [] : `${mutant.name}: no ${mutant.suite.path}`
  })
  for (const line of stale) say(line)
  if (stale.length > 0) throw new Error('adapt test/mutants/list.mjs')
  say(`${MUTANTS.length} mutants have their place`)
}

function runAll(words) {
  const mutants = MUTANTS.filter(({ name, file }) => words.every((word) => `${file} ${name}`.includes(word)))
  const copy = copyTree()
  try {
    const { killed, survived, skipped } = tryAll(copy, mutants)
    say(`${killed} killed, ${survived} survived, ${skipped} skipped`)
    process.exitCode = survived > 0 ? 1 : 0
  } finally {
    rmSync(copy, { recursive: true })
  }
}

const options = { help: { type: 'boolean' }, check: { type: 'boolean' } }
const { values, positionals } = parseArgs({ options, allowPositionals: true })
if (values.help) process.stdout.write(HELP)
else if (values.check) check()
else runAll(positionals)
