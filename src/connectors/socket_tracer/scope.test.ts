import { FakeKernel } from '../../../test/support/fake-kernel.js'
import { TracerError } from '../../lib/errors.js'
import type { Scope } from '../connector.js'
import { scopeConstants, writeScope } from './scope.js'

const NONE: Scope = {
  pids: [],
  comms: [],
  ports: [],
  cgroups: [],
  netns: [],
  trees: [],
  root: undefined,
  excluded: [],
  unix: false,
}

test.each<[string, Partial<Scope>, object]>([
  ['nothing', {}, { scope_only: 0, scope_ports: 0, scope_comms: 0, trace_unix: 0 }],
  ['processes', { pids: [1] }, { scope_only: 1 }],
  ['a command', { root: 5 }, { scope_only: 1 }],
  ['names', { comms: ['a', 'b*'] }, { scope_comms: 2, scope_only: 0 }],
  ['ports', { ports: [80] }, { scope_ports: 1 }],
  ['cgroups', { cgroups: [{ id: 7, level: 2, path: '/a/b' }] }, { scope_cgroups: 1, scope_only: 0 }],
  ['containers of a host without cgroup v2', { trees: [5] }, { scope_only: 1 }],
  ['network namespaces', { netns: [4026531840] }, { scope_netns: 1 }],
  ['unix', { unix: true }, { trace_unix: 1 }],
])('the constants of %s', (_name, scope, expected) => {
  expect(scopeConstants({ ...NONE, ...scope })).toMatchObject(expected)
})

test('more names than the kernel side takes are a usage error', () => {
  const comms = Array.from({ length: 17 }, (_, i) => `n${i}`)
  expect(() => scopeConstants({ ...NONE, comms })).toThrow(TracerError)
})

class MapKernel extends FakeKernel {
  readonly maps: Record<string, string> = {}

  override writeMap(map: string, entries: Buffer, n: number): number {
    this.maps[map] = entries.toString('hex')
    return n
  }
}

test('the entries of the maps', () => {
  const kernel = new MapKernel({ ticks: [] })
  const [cgroups, netns, trees] = [[{ id: 2 ** 33 + 7, level: 3, path: '/a/b/c' }], [4_026_531_840], [0x0a]]
  const scope = { ...NONE, pids: [0x01_0102], excluded: [7, 8], root: 9, ports: [80, 65_535], comms: ['ng*'] }
  writeScope(kernel, { ...scope, cgroups, netns, trees })
  expect(kernel.maps).toEqual({
    scope: '0700000002000000' + '0800000002000000' + '0201010001000000' + '0a00000005000000' + '0900000005000000',
    scope_slots: '0700000001' + '0800000001' + '0201000001' + '0a00000001' + '0900000001',
    cgroups: '00000000' + '0700000002000000' + '0300000000000000',
    namespaces: '000000f001',
    ports: `01000000${'0000010000000000'}` + `ff030000${'0000000000000080'}`,
    comms: `00000000${Buffer.from('ng*').toString('hex').padEnd(32, '0')}`,
  })
})

test('asked for by name beats excluded', () => {
  const kernel = new MapKernel({ ticks: [] })
  writeScope(kernel, { ...NONE, pids: [7], excluded: [7] })
  expect(kernel.maps.scope).toBe('0700000001000000')
})
