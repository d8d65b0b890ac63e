import { readFileSync } from 'node:fs'
import { descriptors, fdInfo, parseStat, pids, readIo, readStat } from './proc.js'

const FIELDS = Array.from({ length: 50 }, (_, i) => i + 4).join(' ')

test.each([['sh'], ['a) R 1 ('], ['a b c'], [') ) )'], ['((('], [''], ['(sd-pam)'], ['a\nb']])(
  'a process that calls itself %j',
  (comm) => {
    expect(parseStat(`42 (${comm}) S ${FIELDS}\n`)).toEqual({
      pid: 42,
      comm,
      ppid: 4,
      minorFaults: 10,
      majorFaults: 12,
      utimeTicks: 14,
      ktimeTicks: 15,
      threads: 20,
      startTicks: 22,
      vsizeBytes: 23,
      rssPages: 24,
    })
  },
)

test('a name in UTF-8', () => {
  expect(parseStat(Buffer.from(`1 (größe) S ${FIELDS}`).toString('latin1'))?.comm).toBe('größe')
})

test.each(['', '1', '1 (sh', 'sh) S 1', ')('])('%j is no stat', (text) => expect(parseStat(text)).toBeUndefined())

test('this process', () => {
  const stat = readStat(process.pid)
  expect(stat).toMatchObject({ pid: process.pid, ppid: process.ppid })
  expect(stat?.comm).toBe(readFileSync('/proc/self/comm', 'utf8').trim())
  expect(stat?.rssPages).toBeGreaterThan(1000)
  expect(pids()).toContain(process.pid)
  expect(readIo(process.pid)?.rchar).toBeGreaterThan(0)
  expect(descriptors(process.pid).length).toBeGreaterThan(2)
  expect(Number.parseInt(fdInfo(process.pid, 1, 'flags') ?? '', 8)).not.toBeNaN()
})

test('a process that is gone', () => {
  const gone = 4_194_305
  expect([readStat(gone), readIo(gone), descriptors(gone), fdInfo(gone, 1, 'flags')]).toEqual([
    undefined,
    undefined,
    [],
    undefined,
  ])
})
