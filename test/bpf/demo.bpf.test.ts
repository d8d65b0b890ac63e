import { readdirSync, readFileSync } from 'node:fs'
import { stirling } from '../commands/cli.js'
import { describeBpf, waitFor } from '../harness/live.js'

// Processes of the workload; those that have ended but were not waited for have no command line.
function workload(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^(shop|buyer)\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
    } catch {
      return false
    }
  })
}

describeBpf('demo and doctor', 2, () => {
  test('the demo traces its own workload and nothing else, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await stirling(['demo', '--duration', '5s'])
    expect(code).toBe(0)
    expect(stderr).not.toMatch(/RECORDING|error/)
    expect(stderr).toMatch(/Try next:\n {2}stirling trace/)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(new Set(rows.map((row) => row.comm))).toEqual(new Set(['shop', 'buyer']))
    expect(rows.filter((row) => row.trace_role === 'server').length).toBeGreaterThan(2)
    await waitFor(() => workload().length === 0)
  })

  test('doctor works, and says so', async () => {
    const { code, stdout, stderr } = await stirling(['doctor'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^ {2}socket_tracer +works/m)
  })
})
