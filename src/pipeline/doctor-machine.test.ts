import type { Machine } from '../system/machine.js'
import { blindSpots, type Check, machineChecks, type State } from './doctor-machine.js'

const ALL_CAPABILITIES = (1n << 41n) - 1n
const MACHINE: Machine = {
  kernel: '6.1.0-50-cloud-amd64',
  arch: 'x64',
  glibc: '2.36',
  capabilities: ALL_CAPABILITIES,
  hostPids: true,
  hostUsers: true,
  btf: true,
  sockTracepoints: false,
  directCalls: true,
  kprobes: true,
  lockdown: 'none',
  tracefs: '/sys/kernel/tracing',
  memlockBytes: 8 * 1024 * 1024,
  unprivilegedBpfDisabled: '2',
  untraced: {},
}

function check(name: string, machine: Partial<Machine>): Check | undefined {
  return machineChecks({ ...MACHINE, ...machine }).find((candidate) => candidate.name === name)
}

test.each<[name: string, machine: Partial<Machine>, state: State, why: RegExp]>([
  ['kernel', {}, 'works', /6\.1\.0/],
  ['kernel', { kernel: '5.8.0' }, 'works', /5\.8/],
  ['kernel', { kernel: '5.4.0-150-generic' }, 'not', /ring buffer/],
  ['BTF', { btf: false }, 'not', /btf/],
  ['lockdown', { lockdown: undefined }, 'works', /not in force/],
  ['lockdown', { lockdown: 'integrity' }, 'works', /integrity/],
  ['lockdown', { lockdown: 'confidentiality' }, 'not', /may not read memory/],
  ['locked memory', { kernel: '5.10.0', capabilities: 0n }, 'degraded', /8\.0 MiB/],
  ['locked memory', { kernel: '5.10.0' }, 'works', /raised/],
  ['locked memory', { kernel: '5.10.0', capabilities: 0n, memlockBytes: Number.POSITIVE_INFINITY }, 'works', /enough/],
  ['locked memory', { kernel: '5.11.0', capabilities: 0n }, 'works', /does not matter/],
  ['other processes', { capabilities: 0n }, 'degraded', /CAP_SYS_PTRACE/],
  ['namespaces', { hostPids: false }, 'degraded', /pid namespace/],
  ['namespaces', { hostPids: false, hostUsers: false }, 'not', /user namespace/],
])('%s %j: %s', (name, machine, state, why) => {
  expect(check(name, machine)).toMatchObject({ state, why: expect.stringMatching(why) })
})

test.each([
  [{}, /; no others are open here$/],
  [{ SCTP: 0, SMC: 0 }, /; no others are open here$/],
  [{ SCTP: 3, SMC: 12 }, /; open here: 3 of SCTP, 12 of SMC$/],
  [{ SCTP: 0, vsock: 0 }, /; open here: vsock perhaps, which this kernel does not count$/],
  [{ SMC: 1, vsock: 2 }, /; open here: 1 of SMC, 2 of vsock$/],
])('sockets that nobody traces: %j', (untraced, why) => {
  const found = blindSpots({ ...MACHINE, untraced }).find(({ name }) => name === 'SCTP, SMC, vsock')
  expect(found).toMatchObject({ state: 'not', why: expect.stringMatching(why) })
})

test('what does not work has a hint', () => {
  const worst = {
    ...MACHINE,
    kernel: '5.4.0',
    btf: false,
    lockdown: 'confidentiality',
    hostUsers: false,
    capabilities: 0n,
  }
  const without = machineChecks(worst).filter(({ state, hint }) => state !== 'works' && hint === null)
  expect(without).toEqual([])
})
