import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, program } from './packages.js'

const SOURCES = join(import.meta.dirname, 'java')
const CACHE = join(import.meta.dirname, '../../.cache')
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:build-classpath'
const DOWNLOAD_MS = 600_000

/** A Java program, ready to run: its arguments follow `args`. */
export interface JavaProgram {
  readonly what: Program
  readonly args: readonly string[]
}

/** What Java programs need and this host lacks; undefined: nothing. */
export function javaLacks(): string | undefined {
  return ['java', 'javac', 'mvn'].find((name) => spawnSync(name, ['-version'], { stdio: 'ignore' }).error !== undefined)
}

function runTool(name: string, args: readonly string[]): void {
  const { file, env } = program(name)
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env, timeout: DOWNLOAD_MS })
  if (status !== 0) throw new Error(`${name}: ${stdout}${stderr}`)
}

/** Compiles a program of `java/`; Maven fetches what its `pom.xml` names into .cache/maven, once. */
export function javaProgram(name: string): JavaProgram {
  const [pom, source] = [join(SOURCES, 'pom.xml'), join(SOURCES, `${name}.java`)]
  const key = createHash('sha256').update(readFileSync(pom)).update(readFileSync(source)).digest('hex').slice(0, 16)
  const folder = join(CACHE, 'java', `${name}-${key}`)
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    const quiet = ['--quiet', '--batch-mode', `-Dmaven.repo.local=${join(CACHE, 'maven')}`, '--file', pom]
    runTool('mvn', [...quiet, PLUGIN, `-Dmdep.outputFile=${join(fresh, 'classpath')}`])
    runTool('javac', ['-nowarn', '-cp', readFileSync(join(fresh, 'classpath'), 'utf8').trim(), '-d', fresh, source])
    // Another run may have been faster.
    if (existsSync(folder)) rmSync(fresh, { recursive: true })
    else renameSync(fresh, folder)
  }
  const classpath = readFileSync(join(folder, 'classpath'), 'utf8').trim()
  return { what: program('java'), args: ['-cp', `${folder}:${classpath}`, name] }
}
