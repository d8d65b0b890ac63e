import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGated } from './command.js'
import { readStat } from './proc.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stirling-command-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

const sh = (script: string) => startGated(['/bin/sh', '-c', script])

test('nothing of it runs before it is released; then under the pid that was known', async () => {
  const file = join(folder, 'pid')
  const command = sh(`echo $$ > ${file}`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(existsSync(file)).toBe(false)
  expect(readStat(command.pid)?.pid).toBe(command.pid)
  command.release()
  expect(await command.exited).toBe(0)
  expect(readFileSync(file, 'utf8').trim()).toBe(`${command.pid}`)
})

test('it does not hold the gate', async () => {
  const file = join(folder, 'fd')
  const command = sh(`test -e /proc/self/fd/3; echo $? > ${file}`)
  command.release()
  await command.exited
  expect(readFileSync(file, 'utf8')).toBe('1\n')
})

test.each([
  ['exit 7', 7],
  ['kill -TERM $$', 143],
  ['kill -KILL $$', 137],
])('%s ends with %i', async (script, code) => {
  const command = sh(script)
  command.release()
  expect(await command.exited).toBe(code)
})

test('words stay as they are', async () => {
  const file = join(folder, 'a b')
  const command = startGated(['/bin/sh', '-c', 'printf %s "$2" > "$1"', 'sh', file, "it's $HOME; *"])
  command.release()
  await command.exited
  expect(readFileSync(file, 'utf8')).toBe("it's $HOME; *")
})

test('a command that is not there: 127', async () => {
  const command = startGated(['/nonexistent/command'])
  command.release()
  expect(await command.exited).toBe(127)
})

test('it can be ended before it ran', async () => {
  const command = sh('exit 0')
  command.kill()
  expect(await command.exited).toBe(137)
})
