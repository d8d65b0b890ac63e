import { HOST } from '../../test/support/bench.js'
import { connEvent } from '../../test/support/events.js'
import { EventBatch } from '../kernel/events.js'
import { Family, Role } from '../kernel/intf.gen.js'
import { ROLE } from '../records/columns.js'
import { address, readFacts, readProcess } from './facts.js'

type Fields = Parameters<typeof connEvent>[0]
const factsOf = (fields: Fields) => readFacts(new EventBatch(connEvent(fields)), 0)

// RFC 5952 §4, §5.
test.each([
  ['00000000000000000000ffff7f000001', '127.0.0.1'],
  ['00000000000000000000ffff00000000', '0.0.0.0'],
  ['00000000000000000000fffe7f000001', '::fffe:7f00:1'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
  ['20010000000000010000000000000001', '2001:0:0:1::1'],
  ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['20010db800010001000100010001abcd', '2001:db8:1:1:1:1:1:abcd'],
  ['fe800000000000000000000000000000', 'fe80::'],
  ['00000001000200030004000500060007', '0:1:2:3:4:5:6:7'],
  ['00010002000300040005000600070000', '1:2:3:4:5:6:7:0'],
])('the address %s is %s', (hex, text) => {
  expect(address(Buffer.from(`ee${hex}ee`, 'hex'), 1)).toBe(text)
})

test('of an internet socket', () => {
  expect(factsOf({ role: Role.CLIENT, ports: [40_000, 65_535] })).toEqual({
    family: Family.INET,
    role: ROLE.client,
    netns: 0,
    localAddr: '127.0.0.1',
    localPort: 40_000,
    remoteAddr: '10.0.0.2',
    remotePort: 65_535,
  })
})

test.each([
  ['a path', '/run/x.sock', '/run/x.sock'],
  ['an abstract name', '\0dbus', '@dbus'],
  ['none', '', null],
  ['one of all 108 bytes', 'x'.repeat(108), 'x'.repeat(108)],
])('of a unix socket with %s', (_name, path, expected) => {
  const facts = factsOf({ family: Family.UNIX, paths: [path, path] })
  expect(facts).toMatchObject({ localAddr: expected, remoteAddr: expected, localPort: null, remotePort: null })
})

test('a process is known by pid and start in clock ticks, as in /proc/PID/stat', () => {
  const event = connEvent({ tgid: 4_194_304, comm: 'fifteen-letters', startBoottime: 12_345_678_999 })
  const cgroupOf = (pid: number, start: number): string => `/docker/${'a'.repeat(59)}${pid % 10}${start}`
  expect(readProcess(new EventBatch(event), 0, HOST, cgroupOf)).toEqual({
    pid: 4_194_304,
    upid: '0:4194304:1234',
    comm: 'fifteen-letters',
    container: `docker:${'a'.repeat(59)}41234`,
  })
})
