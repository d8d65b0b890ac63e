import { lockedMemoryObstacle } from './locked-memory.js'
import { atLeast, CAPABILITY } from './machine.js'

test.each([
  ['5.8.0', true],
  ['5.7.19', false],
  ['5.10.223', true],
  ['6.0-rc1', true],
  ['4.19.0', false],
  ['', false],
])('%j is at least 5.8: %s', (release, expected) => {
  expect(atLeast(release, 5, 8)).toBe(expected)
})

describe('locked memory', () => {
  const LOW = { kernel: '5.10.0-32-cloud-amd64', capabilities: 0n, memlockBytes: 64 * 1024 }

  test('that is too little, and may not be raised: which permission is missing, and what to type', () => {
    expect(lockedMemoryObstacle(LOW)).toMatchObject({
      code: 'cannotTrace',
      message: expect.stringMatching(/^RLIMIT_MEMLOCK is 64\.0 KiB, and without CAP_SYS_RESOURCE it stays so/),
      hint: 'sudo prlimit --memlock=unlimited --pid $$',
    })
  })

  test.each([
    ['of a kernel that does not count maps', { kernel: '5.11.0' }],
    ['that may be raised', { capabilities: 1n << CAPABILITY.sysResource }],
    ['that is enough', { memlockBytes: 128 * 1024 * 1024 }],
    ['without a limit', { memlockBytes: Number.POSITIVE_INFINITY }],
  ])('%s', (_, machine) => {
    expect(lockedMemoryObstacle({ ...LOW, ...machine })).toBeUndefined()
  })
})
