import { existsSync } from 'node:fs'
import { waitFor } from '../harness/live.js'
import { ACCOUNT, startMariadb } from '../servers/mariadb.js'
import { startNginx } from '../servers/nginx.js'
import { startNodeHttp } from '../servers/node-http.js'
import { program, python } from '../servers/packages.js'
import { run, stopAll } from '../servers/process.js'

// The servers themselves, without a tracer: what the other suites take for the truth.
afterAll(() => stopAll())

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`)

test('nginx answers, logs and goes', async () => {
  const nginx = await startNginx({ workers: 2 })
  const [first, second] = nginx.workers()
  const url = `http://127.0.0.1:${nginx.port}`
  const paths = ['/static/100k.txt', '/status/404', '/static/0.bin', '/hello']
  const discard = paths.flatMap((path) => ['-o', '/dev/null', `${url}${path}`])
  await run(program('curl'), ['--silent', ...discard])
  await run(program('curl'), ['--silent', '--data', 'a="b"\n€', `${url}/post?x=1`])
  await nginx.stop()
  const log = nginx.accessLog()
  expect(log.map(({ path, status, bodyBytes, nth }) => [path, status, bodyBytes, nth])).toEqual([
    ['/static/100k.txt', 200, 102_400, 1],
    ['/status/404', 404, 11, 2],
    ['/static/0.bin', 200, 0, 3],
    ['/hello', 200, 6, 4],
    ['/post?x=1', 200, 7, 1],
  ])
  expect(log[4]).toMatchObject({ method: 'POST', requestBody: 'a="b"\n€', requestBodyBytes: 9 })
  expect([nginx.pid, first, second].filter((pid) => pid === undefined || alive(pid))).toEqual([])
}, 30_000)

test('MariaDB answers, logs and goes', async () => {
  const db = await startMariadb()
  const account = [`--user=${ACCOUNT.user}`, `--password=${ACCOUNT.password}`, ACCOUNT.database]
  const sql = 'select 1; select "a\nb"; select * from nope'
  const args = ['--no-defaults', '--host=127.0.0.1', `--port=${db.port}`, ...account, '--execute', sql]
  expect(await run(program('mariadb'), args)).toMatchObject({ code: 1 })
  expect(await run(python(), ['-c', 'import pymysql'])).toMatchObject({ code: 0, stderr: '' })
  await db.stop()
  const log = db.generalLog()
  expect(log.map(({ command, text }) => [command, text])).toEqual([
    ['Connect', 'tester@127.0.0.1 on shop using TCP/IP'],
    ['Query', 'select 1'],
    ['Query', 'select "a\nb"'],
    ['Query', 'select * from nope'],
    ['Quit', ''],
  ])
  expect(new Set(log.map(({ thread }) => thread)).size).toBe(1)
  expect(alive(db.pid)).toBe(false)
}, 30_000)

test('the node server answers, logs and goes', async () => {
  const server = await startNodeHttp()
  const urls = ['/chunked', '/no-length', '/status/304'].map((path) => `http://127.0.0.1:${server.port}${path}`)
  await run(program('curl'), ['--silent', ...urls])
  // Its log comes through a pipe.
  await waitFor(() => server.accessLog().length === urls.length)
  expect(server.accessLog().map(({ path, status, bodyBytes }) => [path, status, bodyBytes])).toEqual([
    ['/chunked', 200, 4096],
    ['/no-length', 200, 16],
    ['/status/304', 304, 0],
  ])
  await server.stop()
  expect(alive(server.pid)).toBe(false)
})
