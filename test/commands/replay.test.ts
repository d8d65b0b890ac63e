import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import { expectFailure, RECORDING, RUN, stirling } from './cli.js'

jest.setTimeout(30_000)

const USAGE = 2
const DATA_LOST = 4
const whole = readFileSync(RECORDING)
const folder = mkdtempSync(join(tmpdir(), 'stirling-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Row = Readonly<Record<string, unknown>>

function file(name: string, bytes: Buffer | string): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

// Each line must be one whole JSON object.
function exchanges(stdout: string): Row[] {
  const rows = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row)
  return rows.filter((row) => row.table_ === 'http_events')
}

describe('what cannot be read', () => {
  test.each([
    ['no file', () => join(folder, 'absent'), 'cannot read'],
    ['a folder', () => folder, 'cannot read'],
    ['an empty file', () => file('empty', ''), 'is neither a recording'],
    ['another file', () => RUN, 'is neither a recording'],
    ['a newer recording', () => file('newer', Buffer.from('STIRLING-RECORDING-2\n')), 'is neither a recording'],
  ])('%s', async (_, path, words) => {
    expectFailure(await stirling(['replay', path()]), USAGE, words)
  })

  test('no name', async () => {
    expectFailure(await stirling(['replay']), USAGE, 'file')
  })

  test('empty standard input', async () => {
    expectFailure(await stirling(['replay', '-'], { input: Buffer.alloc(0) }), USAGE, 'is neither a recording')
  })
})

describe('a damaged recording', () => {
  let all: Row[]
  beforeAll(async () => {
    all = exchanges((await stirling(['replay', RECORDING])).stdout)
  })

  function flipped(at: number): Buffer {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] as number) ^ 0xff
    return bytes
  }

  const middle = Math.floor(whole.length / 2)

  test.each([
    ['cut in the header', whole.subarray(0, 40), 0, 'cut off'],
    ['cut in the middle', whole.subarray(0, middle), 10, 'cut off'],
    ['without its end', whole.subarray(0, -1), 40, 'cut off'],
    ['one byte wrong in the middle', flipped(middle), 10, 'damaged'],
    ['zeros at the end', Buffer.concat([whole.subarray(0, middle), Buffer.alloc(4096)]), 10, /damaged|cut off/],
    ['noise at the end', Buffer.concat([whole.subarray(0, middle), Buffer.alloc(4096, 0xa5)]), 10, 'damaged'],
  ])('%s', async (name, bytes, atLeast, words) => {
    const ended = await stirling(['replay', file(name.replaceAll(' ', '-'), bytes)])
    expectFailure(ended, DATA_LOST, words)
    const answered = exchanges(ended.stdout).filter((row) => row.latency !== null)
    expect(answered.length).toBeGreaterThanOrEqual(atLeast)
    expect(answered).toEqual(all.slice(0, answered.length))
  })
})

describe('a whole recording', () => {
  test('both sides of every exchange, with credentials hidden', async () => {
    const { code, stdout, stderr } = await stirling(['replay', RECORDING])
    expect(code).toBe(0)
    expect(stderr).toMatch(/seen = /)
    const rows = exchanges(stdout)
    const seen = (role: string): string[] =>
      rows
        .filter((row) => row.trace_role === role && row.latency !== null)
        .map((row) => `${row.req_method} ${row.req_path} ${row.resp_status}`)
        .sort()
    expect(seen('client').length).toBeGreaterThan(15)
    expect(seen('client')).toEqual(seen('server'))
    expect(seen('client')).toContain('POST /login 204')
    expect(stdout).not.toMatch(/Z3Vlc3Q|5f2a9c/)
  })

  test('from standard input', async () => {
    const { code, stdout } = await stirling(['replay', '-'], { input: whole })
    expect(code).toBe(0)
    expect(stdout).toBe((await stirling(['replay', RECORDING])).stdout)
  })

  test('--no-redact reveals', async () => {
    expect((await stirling(['replay', RECORDING, '--no-redact'])).stdout).toMatch(/Basic Z3Vlc3Q6Z3Vlc3Q=/)
  })

  test('--columns and --limit', async () => {
    const args = ['--tables', 'http_events', '--columns', 'req_method,http_events.resp_status', '--limit', '3']
    const { code, stdout } = await stirling(['replay', RECORDING, ...args])
    expect(code).toBe(0)
    const rows = exchanges(stdout)
    expect(rows).toHaveLength(3)
    for (const row of rows) expect(Object.keys(row)).toEqual(['table_', 'req_method', 'resp_status'])
  })

  test('--quiet says nothing', async () => {
    expect(await stirling(['replay', RECORDING, '--quiet'])).toMatchObject({ code: 0, stderr: '' })
  })

  test('a reader that leaves early is no error', () => {
    const line = '"$0" "$1" replay "$2" --format ndjson | head -1; echo $PIPESTATUS'
    const { stdout, stderr } = spawnSync('bash', ['-c', line, process.execPath, RUN, RECORDING], { encoding: 'utf8' })
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/^\{"table_":/), '0', ''])
    expect(stderr).not.toMatch(/error|bug|EPIPE/)
  })
})

describe('the table', () => {
  const ESCAPE = String.fromCharCode(27)

  test.each([
    ['in a pipe', {}],
    ['with NO_COLOR', { NO_COLOR: '1' }],
  ])('is plain %s', async (_, env) => {
    const { code, stdout } = await stirling(['replay', RECORDING, '--format', 'table'], { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/POST +\/orders +201/)
    expect(stdout).not.toContain(ESCAPE)
  })

  test('is coloured on a terminal, but not with NO_COLOR', () => {
    const onTerminal = (env: Record<string, string>): string => {
      const command = `'${process.execPath}' '${RUN}' replay '${RECORDING}'`
      const options = { encoding: 'utf8', env: { ...process.env, TERM: 'xterm', ...env } } as const
      return spawnSync('script', ['-qec', command, '/dev/null'], options).stdout
    }
    expect(onTerminal({})).toContain(ESCAPE)
    const plain = onTerminal({ NO_COLOR: '1' })
    expect(plain).toContain('/orders')
    expect(plain).not.toContain(ESCAPE)
  })
})
