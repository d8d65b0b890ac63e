import { log, printable, say, setLevel } from './log.js'

let said = ''
const write = process.stderr.write

beforeEach(() => {
  said = ''
  process.stderr.write = ((text: string) => {
    said += text
    return true
  }) as typeof write
})

afterEach(() => {
  process.stderr.write = write
  setLevel('info')
})

test.each([
  ['error', 'error: m\n'],
  ['info', 'error: m\nwarn: m\ninfo: m\nsummary'],
  ['debug', 'error: m\nwarn: m\ninfo: m\ndebug: m\nsummary'],
] as const)('the level %s', (level, expected) => {
  setLevel(level)
  for (const each of ['error', 'warn', 'info', 'debug'] as const) log(each, 'm')
  say('summary')
  expect(said).toBe(expected)
})

test('one line, with its fields', () => {
  log('info', 'attached', { layer: 'sock', n: 2 })
  expect(said).toBe('info: attached layer=sock n=2\n')
})

test('text of others does not drive the terminal', () => {
  log('info', 'x\u001b[2Jy', { comm: '\u009b1m\r' })
  expect(said).toBe('info: x\\x1b[2Jy comm=\\x9b1m\\x0d\n')
})

test.each([
  ['a\tb\n', 'a\tb\n'],
  ['ü😀', 'ü😀'],
  ['\u0000\u007f', '\\x00\\x7f'],
])('%j is printed as %j', (text, expected) => expect(printable(text)).toBe(expected))
