import { nearest } from './nearest.js'

const NAMES = ['http', 'mysql', 'socket_tracer', 'process_stats']

test.each([
  ['htpp', 'http'],
  ['HTTP', 'http'],
  ['msql', 'mysql'],
  ['socket_trace', 'socket_tracer'],
  ['processstats', 'process_stats'],
  ['redis', undefined],
  ['', undefined],
])('%j is nearest to %j', (name, expected) => expect(nearest(name, NAMES)).toBe(expected))

test('of none, none', () => expect(nearest('http', [])).toBeUndefined())
