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

const runDecode = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'decode-all.mjs'), ...args], { encoding: 'utf8' })

test('so does that of every protocol, which refuses what it does not know', () => {
  expect(runDecode('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^usage: /), stderr: '' })
  expect(runDecode('gopher').stderr).toContain('no protocol gopher')
})
