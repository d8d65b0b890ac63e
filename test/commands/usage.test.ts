import { jest } from '@jest/globals'
import { expectFailure, RECORDING, stirling, stirlingAsNobody } from './cli.js'

jest.setTimeout(30_000)

const USAGE = 2
const CANNOT_TRACE = 3
const COMMANDS = ['trace', 'replay', 'list', 'doctor', 'demo']

describe('names', () => {
  test.each([
    ['a command', ['trase'], 'unknown command "trase"\nhint: did you mean trace?'],
    ['a command unlike any', ['xyzzy'], 'unknown command "xyzzy"\nhint: stirling --help'],
    ['help for a command', ['help', 'lst'], 'did you mean list?'],
    ['a flag before the command', ['--verbose'], 'unknown command "--verbose"'],
    ['a flag', ['trace', '--porrt', '80'], 'Nonexistent flag: --porrt\nhint: stirling trace --help'],
    ['a protocol', ['trace', '--connectors', 'htpp'], /unknown connector "htpp"\nhint: did you mean http\?/],
    ['one of several', ['trace', '--connectors', 'http,mysq'], /unknown connector "mysq"\nhint: did you mean mysql\?/],
    ['a table', ['trace', '--tables', 'http_event'], /unknown table "http_event"\nhint: did you mean http_events\?/],
    ['a table of another connector', ['replay', RECORDING, '--tables', 'process_stats'], 'unknown table'],
    ['a column', ['trace', '--columns', 'req_pat'], /unknown column "req_pat"\nhint: did you mean req_path\?/],
    ['a column of a table', ['trace', '--columns', 'http_events.nothing'], 'unknown column "http_events.nothing"'],
    ['a format', ['trace', '--format', 'xml'], 'table, ndjson'],
    ['a hook layer', ['trace', '--attach', 'magic'], 'auto, fentry, sock, syscall, kprobe'],
    ['a file of types', ['trace', '--btf', '/nowhere/at/all'], 'cannot read /nowhere/at/all'],
    ['a topic', ['list', 'colums'], 'connectors, tables, columns'],
    ['a table to list', ['list', 'columns', '--tables', 'htp_events'], 'did you mean http_events?'],
  ])('%s that is not there', async (_, args, words) => {
    expectFailure(await stirling(args), USAGE, words)
  })
})

describe('values', () => {
  test.each([
    ['--duration', 'soon', 'is not a duration'],
    ['--duration', '5 weeks', 'is not a duration'],
    ['--limit', '0', 'is not a number of rows'],
    ['--limit', '-1', 'is not a number of rows'],
    ['--limit', 'all', 'is not a number of rows'],
    ['--port', '0', 'is not a port'],
    ['--port', '65536', 'is not a port'],
    ['--port', '80,http', 'is not a port'],
    ['--pid', 'init', 'is not a process id'],
    ['--pid', '0', 'is not a process id'],
    ['--pid', '4194304', 'no process 4194304'],
    ['--ring-bytes', '3000', 'is not a size of a ring'],
    ['--ring-bytes', '2Gi', 'is not a size of a ring'],
    ['--ring-bytes', 'big', 'is not a size'],
    ['--capture-bytes', '-1', 'is not a size'],
    ['--infer-bytes', '1X', 'is not a size'],
    ['--body-bytes', 'all', 'is not a size'],
    ['--proto', 'absent.proto', 'cannot use absent.proto'],
  ])('%s %s', async (flag, value, words) => {
    expectFailure(await stirling(['trace', `${flag}=${value}`]), USAGE, words)
  })

  test('-- without a command', async () => {
    expectFailure(await stirling(['trace', '--connectors', 'http', '--']), USAGE, 'no command after --')
  })

  test('what excludes each other', async () => {
    expectFailure(await stirling(['trace', '-v', '--quiet']), USAGE, '--quiet')
  })

  test('a flag of another topic', async () => {
    expectFailure(await stirling(['list', '--json-schema']), USAGE, 'list tables')
    expectFailure(await stirling(['list', 'tables', '--tables', 'http_events']), USAGE, 'list columns')
  })

  test('demo --duration', async () => {
    expectFailure(await stirling(['demo', '--duration', 'long']), USAGE, 'is not a duration')
  })
})

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('stirling %j names every command', async (args) => {
    const { code, stdout } = await stirling(args)
    expect(code).toBe(0)
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  })

  test.each(COMMANDS)('%s --help has an example', async (command) => {
    const { code, stdout } = await stirling([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`EXAMPLES\\n  \\$ .*stirling ${command}`))
    expect(await stirling(['help', command])).toMatchObject({ code: 0, stdout })
  })

  test('--version', async () => {
    expect(await stirling(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/\d+\.\d+\.\d+/) })
  })
})

describe('without permission', () => {
  const sudo = /^hint: sudo "\$\(command -v node\)" \S+ trace /m

  test('trace gives the exact line to type', async () => {
    const ended = await stirlingAsNobody(['trace', '--connectors', 'http', '--comm', "it's"])
    expectFailure(ended, CANNOT_TRACE, 'not permitted')
    expect(ended.stderr).toMatch(sudo)
    expect(ended.stderr).toMatch(`trace --connectors http --comm 'it'\\''s'\n`)
    expect(ended.stdout).toBe('')
  })

  test('usage errors come first', async () => {
    expectFailure(await stirlingAsNobody(['trace', '--connectors', 'htpp']), USAGE, 'unknown connector')
  })

  test('a command to trace is not run', async () => {
    const ended = await stirlingAsNobody(['trace', '--', 'sh', '-c', 'echo it ran >&2'])
    expectFailure(ended, CANNOT_TRACE, 'not permitted')
    expect(ended.stderr).not.toMatch(/^it ran/m)
  })
})
