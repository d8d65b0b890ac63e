import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'run.mjs'), ...args], { encoding: 'utf8' })

test('the bench says how it is used', () => {
  expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^usage: /), stderr: '' })
})

test('a part that is not there is refused', () => {
  expect(run('speed').stderr).toContain('no part speed')
})
