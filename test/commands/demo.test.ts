import { jest } from '@jest/globals'
import { RECORDING, stirling, stirlingAsNobody } from './cli.js'

jest.setTimeout(30_000)

test('without permission it shows a recording, and says so before and after', async () => {
  const { code, stdout, stderr } = await stirlingAsNobody(['demo'])
  expect(code).toBe(0)
  const said = stderr.split('\n')
  expect(said[0]).toMatch(/^Cannot trace here: not permitted/)
  expect(said[1]).toMatch(/^ {2}sudo "\$\(command -v node\)" \S+ demo$/)
  expect(said[2]).toMatch(/RECORDING/)
  expect(said.findLastIndex((line) => line.includes('RECORDING'))).toBeGreaterThan(
    said.findIndex((line) => line.includes('seen = ')),
  )
  expect(stderr).toMatch(/stirling doctor/)
  const replayed = await stirling(['replay', RECORDING, '--connectors', 'http', '--tables', 'http_events'])
  expect(stdout).toBe(replayed.stdout)
})
