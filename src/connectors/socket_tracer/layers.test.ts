import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConnectorBench, OPTIONS } from '../../../test/support/connector-bench.js'
import { FakeKernel, type Script } from '../../../test/support/fake-kernel.js'
import { setHostPath } from '../../system/host-path.js'
import { SocketTracer } from './index.js'
import { layerObstacle } from './layers.js'

const BTF = ['BPF_FUNC_loop', 'btf_trace_sock_send_length', 'BPF_CGROUP_UNIX_RECVMSG']
const HEARD = ['heard_udp4', 'heard_udp6', 'heard_unix_peer']

/** A host whose cgroup v2 is mounted at /cgroup, or not at all. /proc has the inode 1, as the root of the cgroups. */
function host(cgroup: 'the root' | 'one below' | 'none'): string {
  const root = mkdtempSync(join(tmpdir(), 'host-'))
  mkdirSync(join(root, 'proc/1'), { recursive: true })
  writeFileSync(join(root, 'proc/1/stat'), '')
  writeFileSync(join(root, 'proc/1/mounts'), cgroup === 'none' ? '' : 'cgroup2 /cgroup cgroup2 rw 0 0\n')
  symlinkSync(cgroup === 'the root' ? '/proc' : tmpdir(), join(root, 'cgroup'))
  return root
}

/** What the layer `sock` loads for datagrams, in each try. */
function tries(root: string, names: readonly string[], unix: boolean, script: Partial<Script> = {}): unknown[] {
  const btf = join(root, 'btf')
  writeFileSync(btf, `\0${names.join('\0')}\0`)
  setHostPath(root)
  const kernel = new FakeKernel({ ticks: [], ...script })
  const scope = { ...OPTIONS.scope, unix }
  new ConnectorBench(new SocketTracer(['dns'], false), kernel, { btf, attach: 'sock', scope })
  rmSync(root, { recursive: true })
  return kernel.setups.map(({ programs, constants }) => [
    programs.filter((name) => /heard|datagram/.test(name)),
    constants.sock_datagrams,
  ])
}

const EXIT = [['datagram_exit'], undefined]

test.each([
  ['the cgroup is asked', host('the root'), BTF, true, [HEARD, 1]],
  [
    'not about unix sockets where those are not traced',
    host('the root'),
    BTF.slice(0, 2),
    false,
    [HEARD.slice(0, 2), 1],
  ],
  ['about unix sockets it can only be asked from 6.7', host('the root'), BTF.slice(0, 2), true, EXIT],
  ['only a cgroup below is mounted: it would miss the others', host('one below'), BTF, true, EXIT],
  ['no cgroup v2', host('none'), BTF, true, EXIT],
  ['before the tracepoints of sock it is not tried', host('the root'), BTF.slice(0, 1), false, EXIT],
])('who has sent a datagram: %s', (_, root, names, unix, expected) => {
  expect(tries(root, names, unix)).toEqual([expected])
})

test('the root cgroup has a program that tolerates no other: at the return of system calls', () => {
  expect(tries(host('the root'), BTF, true, { refused: { heard_udp4: 'EPERM' } })).toEqual([[HEARD, 1], EXIT])
})

test.each([
  ['fentry', { directCalls: false }, /direct calls/],
  ['sock', { sockTracepoints: false }, /6\.3/],
  ['kprobe', { kprobes: false }, /without kprobes/],
] as const)('what hook layer %s needs is missed', (layer, lacking, why) => {
  const hooks = { directCalls: true, sockTracepoints: true, kprobes: true }
  expect(layerObstacle(layer, { ...hooks, ...lacking })).toMatch(why)
  expect(layerObstacle(layer, hooks)).toBeUndefined()
})
