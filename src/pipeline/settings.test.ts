import { TracerError } from '../lib/errors.js'
import type { CaptureValues, OutputValues } from '../lib/trace-flags.js'
import { withRoot } from './scope.js'
import { captureOptions, outputSettings } from './settings.js'

const FLAGS: OutputValues & CaptureValues = {
  connectors: ['default'],
  tables: undefined,
  columns: undefined,
  format: undefined,
  duration: undefined,
  limit: undefined,
  'body-bytes': '1Ki',
  redact: true,
  strict: false,
  verbose: false,
  quiet: false,
  pid: undefined,
  comm: undefined,
  port: undefined,
  container: undefined,
  cgroup: undefined,
  netns: undefined,
  'host-path': undefined,
  unix: false,
  record: undefined,
  'capture-bytes': undefined as string | undefined,
  'infer-bytes': '16Ki',
  'ring-bytes': '32Mi',
  connections: '65536',
  stats: false,
  'max-overhead': undefined as string | undefined,
  attach: 'auto',
  btf: undefined,
}
const options = (flags: Partial<typeof FLAGS>) => captureOptions({ ...FLAGS, ...flags })

test('what is shown', () => {
  const settings = outputSettings({ ...FLAGS, tables: ['a,b', 'c'], duration: '1.5', limit: '10', format: 'table' })
  expect(settings).toMatchObject({ tables: ['a', 'b', 'c'], durationMs: 1500, limit: 10, format: 'table', columns: [] })
})

test('a program gets ndjson', () => {
  expect(outputSettings(FLAGS).format).toBe(process.stdout.isTTY ? 'table' : 'ndjson')
})

test('sizes are bytes', () => {
  expect(options({})).toMatchObject({
    bodyBytes: 1024,
    captureBytes: 65_536,
    inferBytes: 16_384,
    ringBytes: 2 ** 25,
    connections: 65_536,
    stats: false,
    maxOverhead: undefined,
    redact: true,
    attach: 'auto',
    btf: undefined,
  })
})

test('what is to be shown of a body is copied, unless a size is given', () => {
  expect(options({ 'body-bytes': '256Ki' }).captureBytes).toBeGreaterThan(256 * 1024)
  expect(options({ 'body-bytes': '256Ki', 'capture-bytes': '1Ki' }).captureBytes).toBe(1024)
})

test('an overhead is a share of one core', () => {
  expect(options({ 'max-overhead': '2.5%' }).maxOverhead).toBe(0.025)
  expect(() => options({ 'max-overhead': '0' })).toThrow(/"0" is not a percentage/)
})

test('whom: lists by comma or repeated; the tracer never itself', () => {
  const { scope } = options({ pid: [`${process.pid},1`], comm: ['a', 'fifteen-letters-and-more'], port: ['80,443'] })
  expect(scope).toMatchObject({ pids: [process.pid, 1], comms: ['a', 'fifteen-letters'], ports: [80, 443] })
  expect(scope.excluded).toContain(process.pid)
})

test.each<[string, Partial<typeof FLAGS>, boolean]>([
  ['nobody in particular', {}, false],
  ['--unix', { unix: true }, true],
  ['--pid', { pid: ['1'] }, true],
  ['--comm', { comm: ['x'] }, true],
  ['--port', { port: ['1'] }, false],
])('unix sockets with %s', (_name, flags, expected) => expect(options(flags).scope.unix).toBe(expected))

test('a command is traced with its unix sockets', () => {
  expect(withRoot(options({ port: ['1'] }).scope, 1)).toMatchObject({ root: 1, unix: true, ports: [1] })
})

test.each<[Partial<typeof FLAGS>, RegExp]>([
  [{ pid: ['0'] }, /"0" is not a process id/],
  [{ pid: ['x'] }, /"x" is not a process id/],
  [{ pid: ['4194304'] }, /no process 4194304/],
  [{ port: ['65536'] }, /"65536" is not a port/],
  [{ 'ring-bytes': '3Mi' }, /not a size of a ring/],
  [{ 'ring-bytes': '1Ki' }, /not a size of a ring/],
  [{ 'ring-bytes': '2Gi' }, /not a size of a ring/],
  [{ 'capture-bytes': 'much' }, /not a size/],
])('%j is a usage error', (flags, message) => {
  expect(() => options(flags)).toThrow(message)
  expect(() => options(flags)).toThrow(TracerError)
})

test.each([{ limit: '0' }, { limit: '-1' }, { limit: 'x' }, { duration: 'x' }])('%j is a usage error', (flags) => {
  expect(() => outputSettings({ ...FLAGS, ...flags })).toThrow(TracerError)
})
