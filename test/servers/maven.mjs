#!/usr/bin/env node
// Fetches the jars of a server of maven.txt into .cache/jars/NAME, by Maven, and prints that folder: `maven.mjs kafka`.
// `--pin` writes the hashes of what Maven offers now to maven.txt.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PINS = join(import.meta.dirname, 'maven.txt')
const CACHE = join(import.meta.dirname, '../../.cache')
const FETCH_MS = 300_000

class Missing extends Error {}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** Lines `= name artifact artifact…`, then a line for each jar; an artifact with `!` comes without what it depends on. */
function readPins(text) {
  const sets = new Map()
  let jars = new Map()
  for (const [first, ...rest] of text.split('\n').map((line) => line.split(' '))) {
    if (first === '=') {
      jars = new Map()
      sets.set(rest[0], { artifacts: rest.slice(1), jars })
    } else if (/^[\w.-]+\.jar$/.test(first)) jars.set(first, rest[0])
  }
  return sets
}

function dependency(artifact) {
  const [group, id, version] = artifact.replace('!', '').split(':')
  const alone = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'
  const fields = `<groupId>${group}</groupId><artifactId>${id}</artifactId><version>${version}</version>`
  return `<dependency>${fields}${artifact.endsWith('!') ? alone : ''}</dependency>`
}

function pom(artifacts) {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>test</groupId><artifactId>test</artifactId><version>1</version>
<dependencies>${artifacts.map(dependency).join('\n')}</dependencies></project>\n`
}

/** Has Maven put the jars into a new folder. */
function fetchJars(name, artifacts) {
  const fresh = join(CACHE, 'jars', `${name}.${process.pid}`)
  mkdirSync(fresh, { recursive: true })
  writeFileSync(join(fresh, 'pom.xml'), pom(artifacts))
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'
  const args = ['-q', '-B', '-f', join(fresh, 'pom.xml'), `-Dmaven.repo.local=${join(CACHE, 'maven')}`]
  const { status, stdout, error } = spawnSync('mvn', [...args, goal, `-DoutputDirectory=${fresh}`], {
    encoding: 'utf8',
    timeout: FETCH_MS,
  })
  if (status === 0) return fresh
  rmSync(fresh, { recursive: true, force: true })
  if (error) throw new Missing(`needs mvn (package maven) for ${artifacts[0]}: ${error.message}`)
  const why = /^.*ERROR.*$/m.exec(stdout)?.[0] ?? `exit code ${status}`
  throw new Missing(`needs ${artifacts[0]} from a Maven repository: ${why}`)
}

const jarsOf = (folder) => readdirSync(folder).filter((file) => file.endsWith('.jar'))

function differing(folder, jars) {
  const names = new Set([...jars.keys(), ...jarsOf(folder)])
  return [...names].filter((name) => {
    const file = join(folder, name)
    return !existsSync(file) || sha256(readFileSync(file)) !== jars.get(name)
  })
}

function fetchPinned(name, { artifacts, jars }) {
  const folder = join(CACHE, 'jars', name)
  if (existsSync(folder) && differing(folder, jars).length === 0) return folder
  const fresh = fetchJars(name, artifacts)
  const wrong = differing(fresh, jars)
  if (wrong.length > 0) {
    rmSync(fresh, { recursive: true, force: true })
    throw new Missing(`needs ${artifacts[0]}: other jars than those of maven.txt: ${wrong.slice(0, 5).join(' ')}`)
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(fresh, folder)
  return folder
}

function pin(sets) {
  const lines = ['# Jars of servers and their sha256; written by maven.mjs --pin']
  for (const [name, { artifacts }] of sets) {
    const folder = fetchJars(name, artifacts)
    const jars = jarsOf(folder).sort()
    lines.push(`= ${name} ${artifacts.join(' ')}`)
    for (const jar of jars) lines.push(`${jar} ${sha256(readFileSync(join(folder, jar)))}`)
    rmSync(folder, { recursive: true, force: true })
  }
  writeFileSync(PINS, `${lines.join('\n')}\n`)
}

try {
  const sets = readPins(readFileSync(PINS, 'utf8'))
  const [name] = process.argv.slice(2)
  if (name === '--pin') pin(sets)
  else process.stdout.write(fetchPinned(name, sets.get(name)))
} catch (error) {
  if (!(error instanceof Missing)) throw error
  process.stderr.write(error.message)
  process.exitCode = 1
}
