import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { outputReaders } from './output-readers.js'
import { descriptors, pids, readStat } from './proc.js'

const children: ChildProcess[] = []

afterEach(async () => {
  const running = children.splice(0).filter((child) => child.exitCode === null && child.signalCode === null)
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(running.map((child) => once(child, 'exit')))
})

function start(file: string, args: string[], stdio: ('pipe' | 'ignore')[]): ChildProcess {
  const child = spawn(file, args, { stdio })
  children.push(child)
  return child
}

const comm = (pid: number): string => readStat(pid)?.comm ?? ''
const childrenOf = (pid: number): number[] => pids().filter((other) => readStat(other)?.ppid === pid)

// The shell becomes the last command of the pipeline; stdin stays open until the end.
async function pipeline(script: string, programs: number): Promise<ChildProcess> {
  const shell = start('/bin/sh', ['-c', script], ['pipe', 'ignore', 'ignore'])
  for (let i = 0; i < 200; i++) {
    const names = childrenOf(shell.pid as number).map(comm)
    if (names.length >= programs && !names.includes('sh')) return shell
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('the pipeline did not start')
}

const PASS = "/bin/sed -u ''"

test('the reader of a pipe, and the reader of what that writes; not the writer, nor others', async () => {
  const shell = await pipeline(`/bin/cat | ${PASS} | /usr/bin/tail; :`, 3)
  const members = childrenOf(shell.pid as number)
  const named = (name: string): number => members.find((pid) => comm(pid) === name) ?? -1
  expect(outputReaders(named('cat')).sort()).toEqual([named('sed'), named('tail')].sort())
  expect(outputReaders(named('sed'))).toEqual([named('tail')])
  expect(outputReaders(named('tail'))).toEqual([])
  shell.stdin?.end()
})

test('another writer of the same pipe is no reader', async () => {
  const shell = await pipeline('{ /bin/sleep 60 & /bin/cat; } | /usr/bin/tail; :', 2)
  const all = (): number[] => childrenOf(shell.pid as number).flatMap((pid) => [pid, ...childrenOf(pid)])
  const named = (name: string): number => all().find((pid) => comm(pid) === name) ?? -1
  for (let i = 0; i < 100 && (named('sleep') < 0 || named('cat') < 0); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const sleep = named('sleep')
  expect(outputReaders(named('cat'))).toEqual([named('tail')])
  process.kill(sleep, 'SIGKILL')
  shell.stdin?.end()
})

test('a pipe to this process', () => {
  const child = start('/bin/cat', [], ['pipe', 'pipe', 'ignore'])
  const pipes = descriptors(child.pid as number).filter(({ target }) => target.startsWith('pipe:'))
  // Node makes sockets of some pipes: then there is nobody to find.
  const expected = pipes.some(({ fd }) => fd === 1) ? [process.pid] : []
  expect(outputReaders(child.pid as number)).toEqual(expected)
})

test('files and /dev/null have no readers', () => {
  const child = start('/bin/sleep', ['60'], ['ignore', 'ignore', 'ignore'])
  expect(outputReaders(child.pid as number)).toEqual([])
})
