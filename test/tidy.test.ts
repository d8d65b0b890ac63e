import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from '@oclif/core'
import { CONNECTORS, tablesOf } from '../src/connectors/index.js'
import { StirlingErrors } from '../src/connectors/stirling_error/index.js'
import { PROTOCOLS } from '../src/protocols/index.js'
import { exchangeTable } from '../src/records/columns.js'
import type { Column, Table } from '../src/records/table.js'

const ROOT = join(import.meta.dirname, '..')
const FILE_LINES = 500
const FUNCTION_LINES = 70
/** A room imports itself and rooms to its right. */
const ROOMS = 'commands pipeline sinks connectors connections protocols kernel objtools system records lib'.split(' ')
const TEST_SUPPORT = 'test/'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

function filesUnder(folder: string, name: RegExp): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile() && name.test(entry.name))
  return files.map((entry) => relative(ROOT, join(entry.parentPath, entry.name))).sort()
}

const SOURCES = filesUnder('src', /\.ts$/)
const TESTS = filesUnder('test', /\.(ts|mjs|js)$/).filter((path) => !path.includes('/captures/'))
const BIN = filesUnder('bin', /\.js$/)
const BPF = filesUnder('bpf', /\.[ch]$/)
const ALL = [...SOURCES, ...TESTS, ...BIN]
// What is shipped; bin/build.js is not.
const PRODUCT = [...SOURCES.filter((path) => !isTest(path)), ...BIN.filter((path) => path !== 'bin/build.js')]

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith(TEST_SUPPORT)
}

interface Import {
  readonly path: string
  /** A file of the project, or the name of a package. */
  readonly target: string
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g

function importsOf(path: string): Import[] {
  return [...read(path).matchAll(IMPORT)].map((match) => {
    const name = match[1] ?? match[2] ?? ''
    return { path, target: name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(path), name)) : name }
  })
}

const roomOf = (path: string): string => /^(?:src|dist)\/(\w+)\//.exec(path)?.[1] ?? ''

function mayImport({ path, target }: Import): boolean {
  if (target.startsWith(TEST_SUPPORT)) return isTest(path)
  if (!target.startsWith('src/')) return !target.includes('/') || !/^(bpf|bin|dist|prebuilt)\//.test(target)
  const [from, to] = [ROOMS.indexOf(roomOf(path)), ROOMS.indexOf(roomOf(target))]
  return to >= 0 && from <= to
}

describe('rooms', () => {
  test('every folder of src is one', () => {
    const folders = readdirSync(join(ROOT, 'src'))
    expect(folders.filter((name) => !ROOMS.includes(name))).toEqual([])
  })

  test('a file imports its room and rooms to the right', () => {
    const wrong = SOURCES.flatMap(importsOf).filter((each) => !mayImport(each))
    expect(wrong.map(({ path, target }) => `${path} imports ${target}`)).toEqual([])
  })

  test('the rule bites', () => {
    const path = 'src/protocols/x.ts'
    const refused = ['src/connections/row.js', 'src/commands/trace.js', 'test/support/bench.js', 'src/nowhere/x.js']
    for (const target of refused) expect(mayImport({ path, target })).toBe(false)
    for (const target of ['src/protocols/y.js', 'src/lib/log.js', 'chalk'])
      expect(mayImport({ path, target })).toBe(true)
  })

  test.each<[string, RegExp]>([
    ['ffi-rs', /^src\/kernel\/ffi\.ts$/],
    ['chalk', /^src\/sinks\//],
    ['cli-table3', /^src\/sinks\//],
    ['@oclif/core', /^(src\/commands\/|src\/lib\/(base-command|trace-flags|main)\.ts$|bin\/)/],
  ])('%s is imported only where it belongs', (name, place) => {
    const importers = PRODUCT.flatMap(importsOf).filter(
      ({ target }) => target === name || target.startsWith(`${name}/`),
    )
    expect(importers.length).toBeGreaterThan(0)
    expect(importers.map(({ path }) => path).filter((path) => !place.test(path))).toEqual([])
  })

  test('packages are those of package.json', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const used = new Set(PRODUCT.flatMap(importsOf).map(({ target }) => target))
    const targets = [...used].filter((target) => !/^(src|dist|node:)/.test(target) && !target.endsWith('.js'))
    const packages = targets.map((target) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target)
    expect(packages.filter((name) => dependencies[name] === undefined)).toEqual([])
  })
})

describe('size', () => {
  const lines = (path: string): number => read(path).split('\n').length - 1

  test.each([
    ['TypeScript', ALL],
    ['C', BPF],
  ])(`no file of more than ${FILE_LINES} lines: %s`, (_name, paths) => {
    expect(paths.filter((path) => lines(path) > FILE_LINES)).toEqual([])
  })

  test(`no function of more than ${FUNCTION_LINES} lines`, () => {
    const product = [...SOURCES, ...TESTS].filter((path) => !path.endsWith('.test.ts'))
    const long = product.flatMap((path) => functionsOf(read(path)).map((each) => ({ ...each, path })))
    expect(long.length).toBeGreaterThan(500)
    expect(long.filter((each) => each.lines > FUNCTION_LINES).map(({ path, line }) => `${path}:${line}`)).toEqual([])
  })

  test('the scan finds functions, their ends and their lengths', () => {
    const text = `class A {\n  #b(\n    c: string,\n  ): void {\n    if (c) {\n    }\n  }\n}\nconst d = () => {\n  e({\n  })\n}\n`
    expect(functionsOf(text)).toEqual([
      { line: 2, lines: 6 },
      { line: 9, lines: 4 },
    ])
  })
})

interface Found {
  readonly line: number
  readonly lines: number
}

const STATEMENT =
  /^\s*(if|for|while|switch|do|else|try|catch|finally|return|throw|case|default|describe|class|interface)\b/
const HEAD = /^\s*(?:export |async |static |override |readonly |function\b|get |set )*[#\w$.\s=:<>,?*]*\(.*$/

// Formatted code: a function ends at the first line that begins with a brace at the indentation of its first line.
function functionsOf(text: string): Found[] {
  const lines = text.split('\n')
  const found: Found[] = []
  lines.forEach((head, i) => {
    if (!HEAD.test(head) || STATEMENT.test(head) || head.trimStart().startsWith('.')) return
    const indent = /^ */.exec(head)?.[0] ?? ''
    const opening = lines.findIndex((line, k) => k >= i && opens(line, indent, k === i))
    if (opening < 0 || (opening > i && !lines.slice(i + 1, opening).every((line) => line.startsWith(`${indent}  `))))
      return
    const end = lines.findIndex((line, k) => k > opening && line.startsWith(`${indent}}`))
    if (end >= 0) found.push({ line: i + 1, lines: end - i + 1 })
  })
  return found
}

function opens(line: string, indent: string, first: boolean): boolean {
  return first ? /[)>\w]\s*(?::.*|=>)?\s*\{$/.test(line) : line.startsWith(`${indent})`) && line.endsWith('{')
}

describe('words', () => {
  const findings = (paths: readonly string[], pattern: RegExp): string[] =>
    paths.flatMap((path) => (pattern.test(read(path)) ? [path] : []))
  const own = 'test/tidy.test.ts'

  test('stdout and stderr belong to sinks and the log', () => {
    expect(findings(ALL, /\bconsole\s*\./).filter((path) => path !== own)).toEqual([])
  })

  test('nothing is put off', () => {
    expect(findings([...ALL, ...BPF], /\b(TODO|FIXME|XXX|HACK)\b/).filter((path) => path !== own)).toEqual([])
  })

  test('named exports only, but for what oclif loads', () => {
    const paths = SOURCES.filter((path) => !path.startsWith('src/commands/'))
    expect(findings(paths, /^export default\b/m)).toEqual([])
  })

  test('files have plain names', () => {
    const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.bpf)?(\.test|\.gen)?\.(ts|mjs|js)$/
    expect(ALL.filter((path) => !name.test(path.split('/').at(-1) ?? ''))).toEqual([])
    expect(ALL.filter((path) => /\b(utils?|helpers?|managers?|misc)\b/.test(path))).toEqual([])
  })

  test('no state outside objects in connections and protocols', () => {
    const paths = SOURCES.filter((path) => /^src\/(connections|protocols)\//.test(path) && !isTest(path))
    expect(findings(paths, /^(export )?(let|var)\b/m)).toEqual([])
    expect(findings(paths, /^(export )?const \w+(: [^=]+)? = (new (Map|Set|WeakMap)\(\)|\[\]$|\{\}$)/m)).toEqual([])
  })

  test('regular expressions that remember where they were are not shared', () => {
    const paths = SOURCES.filter((path) => /^src\/(connections|protocols)\//.test(path) && !isTest(path))
    expect(findings(paths, /^(export )?const \w+ = \/.*\/[a-z]*y[a-z]*$/m)).toEqual([])
  })

  test('every file of bpf says its licence', () => {
    const paths = filesUnder('bpf', /\.(c|h|mk|sh|mjs)$/)
    expect(
      paths.filter((path) => !read(path).split('\n').slice(0, 2).join().includes('SPDX-License-Identifier: ')),
    ).toEqual([])
  })

  test('generated files say so', () => {
    const generated = SOURCES.filter((path) => path.endsWith('.gen.ts'))
    expect(generated.length).toBeGreaterThan(0)
    for (const path of generated)
      expect(read(path)).toMatch(/^\/\/ Generated from .* by bpf\/build\/[\w-]+\.mjs\. Do not edit\.\n/)
  })
})

describe('registries', () => {
  const folders = (room: string): string[] => {
    const entries = readdirSync(join(ROOT, 'src', room)).filter((name) =>
      statSync(join(ROOT, 'src', room, name)).isDirectory(),
    )
    return entries.filter((name) => existsSync(join(ROOT, 'src', room, name, 'index.ts'))).sort()
  }

  test('a protocol is its folder and one line', () => {
    expect(PROTOCOLS.map(({ name }) => name).sort()).toEqual(folders('protocols'))
  })

  test('a connector is its folder and one line; stirling_error is always on', () => {
    expect([...CONNECTORS.map(({ name }) => name), 'stirling_error'].sort()).toEqual(folders('connectors'))
  })
})

const TABLES: readonly Table[] = [
  ...CONNECTORS.flatMap((entry) => tablesOf(entry)),
  ...new StirlingErrors(() => []).tables,
]

describe('tables', () => {
  const columns = TABLES.flatMap((table) => table.columns.map((column) => ({ table: table.name, column })))

  test('have names of their own, a sentence, and each column once', () => {
    expect(new Set(TABLES.map(({ name }) => name)).size).toBe(TABLES.length)
    for (const { name, desc, columns } of TABLES) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(desc).toMatch(/^[A-Z].*\.$/)
      expect(new Set(columns.map((column) => column.name)).size).toBe(columns.length)
    }
  })

  test('a protocol has room for a bit of each own column', () => {
    for (const { table } of PROTOCOLS) {
      expect(table.columns.length).toBeLessThanOrEqual(31)
      expect(TABLES.map(({ name }) => name)).toContain(exchangeTable(table).name)
    }
  })

  test('every column has a description: a sentence', () => {
    const bare = columns.filter(({ column }) => !/^.{2,}\.$/.test(column.desc))
    expect(bare.map(({ table, column }) => `${table}.${column.name}`)).toEqual([])
  })

  // An enum is written as its word, a string: lines of several tables can be loaded into one.
  test('one name has one type, as it is written, and one unit everywhere', () => {
    const meaning = ({ type, unit }: Column): string => JSON.stringify([type === 'enum' ? 'string' : type, unit])
    const first = new Map<string, string>()
    const differing: string[] = []
    for (const { table, column } of columns) {
      const known = first.get(column.name) ?? meaning(column)
      first.set(column.name, known)
      if (known !== meaning(column)) differing.push(`${table}.${column.name}: ${meaning(column)}, elsewhere ${known}`)
    }
    expect(differing).toEqual([])
  })

  test('enums have words, others have none; what has a unit is a number', () => {
    const wrong = columns.filter(({ column: { type, words, unit } }) => {
      const number = type === 'int' || type === 'float'
      return (type === 'enum') !== (words !== undefined) || (unit !== undefined && !number)
    })
    expect(wrong.map(({ table, column }) => `${table}.${column.name}`)).toEqual([])
  })
})

test('every command has a summary, a description and an example', async () => {
  for (const path of SOURCES.filter((path) => path.startsWith('src/commands/') && !isTest(path))) {
    const command = ((await import(pathToFileURL(join(ROOT, path)).href)) as { default: typeof Command }).default
    const { summary, description, examples } = command
    expect({ path, text: description ?? summary, examples }).toEqual({
      path,
      text: expect.stringMatching(/^[A-Z].*\.$/s),
      examples: expect.arrayContaining([expect.stringContaining('<%= config.bin %> ')]),
    })
    const bare = Object.entries(command.flags ?? {}).filter(([, flag]) => !flag.description)
    expect([path, bare.map(([name]) => name)]).toEqual([path, []])
  }
})
