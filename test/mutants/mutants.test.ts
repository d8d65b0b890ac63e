import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

test('every mutant has its place, and its suite is there', () => {
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.mjs'), '--check'], {
    encoding: 'utf8',
  })
  expect(stdout).toMatch(/^\d\d mutants have their place\n$/)
})
