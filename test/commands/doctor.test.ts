import { jest } from '@jest/globals'
import { RUN, stirling, stirlingAsNobody } from './cli.js'

jest.setTimeout(30_000)

interface Check {
  readonly group: string
  readonly name: string
  readonly state: string
  readonly why: string
  readonly hint: string | null
}

interface Diagnosis {
  readonly works: boolean
  readonly why: string | null
  readonly hint: string | null
  readonly checks: readonly Check[]
  readonly connectors: readonly Check[]
}

const STATES = ['works', 'degraded', 'not']

describe('without permission', () => {
  test('--json says why, and what to type', async () => {
    const { code, stdout, stderr } = await stirlingAsNobody(['doctor', '--json'])
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    const { works, why, hint, checks, connectors } = JSON.parse(stdout) as Diagnosis
    expect(works).toBe(false)
    expect(why).toMatch(/not permitted/)
    expect(hint).toBe(`sudo "$(command -v node)" ${RUN} doctor --json`)
    const state = (name: string): string | undefined => checks.find((check) => check.name === name)?.state
    expect(state('permission')).toBe('not')
    expect(state('kernel')).toBe('works')
    expect(state('socket_tracer')).toBe('not')
    for (const name of ['QUIC', 'SCTP, SMC, vsock', 'io_uring', 'fentry', 'sock', 'syscall', 'kprobe']) {
      expect(STATES).toContain(state(name))
    }
    for (const check of checks) expect(check.why).not.toBe('')
    expect(connectors.map(({ name }) => name)).toEqual(expect.arrayContaining(['socket_tracer', 'http', 'dns']))
    for (const name of ['socket_tracer', 'http']) {
      expect(connectors.find((check) => check.name === name)?.state).toBe('not')
    }
  })

  test('for a person: a line each, every hint once', async () => {
    const { code, stdout } = await stirlingAsNobody(['doctor'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^ {2}permission +not +not permitted/m)
    expect(stdout.match(/sudo "/g)).toHaveLength(1)
    expect(stdout).toMatch(/^stirling does not work here: not permitted/m)
  })
})

test('the exit code is the verdict', async () => {
  const { code, stdout } = await stirling(['doctor', '--json'])
  expect(code).toBe((JSON.parse(stdout) as Diagnosis).works ? 0 : 3)
})
