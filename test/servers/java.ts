import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, program } from './packages.js'

const SOURCES = join(import.meta.dirname, 'java')
const PINS = join(import.meta.dirname, 'maven.txt')
const CACHE = join(import.meta.dirname, '../../.cache')

/** A Java program, ready to run: its arguments follow `args`. */
export interface JavaProgram {
  readonly what: Program
  readonly args: readonly string[]
}

/** The folder of a set of jars of maven.txt, fetched at the first call; `why` they are not there, if they are not. */
export function jars(set: string): { readonly folder: string; readonly why: string | undefined } {
  const script = join(import.meta.dirname, 'maven.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, set], { encoding: 'utf8' })
  return { folder: stdout.trim(), why: status === 0 ? undefined : stderr.trim() }
}

/** Why a Java program with this set of jars cannot run here; undefined: it can. */
export function javaLacks(set: string): string | undefined {
  const tool = ['java', 'javac', 'mvn'].find((name) => spawnSync(name, ['-version'], { stdio: 'ignore' }).error)
  return tool === undefined ? jars(set).why : `needs ${tool}`
}

function compile(source: string, classpath: string, folder: string): void {
  const { file, env } = program('javac')
  const args = ['-nowarn', '-cp', classpath, '-d', folder, source]
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`javac: ${stdout}${stderr}`)
}

/** Compiles a program of `java/` once, with a set of jars of maven.txt. */
export function javaProgram(name: string, set: string): JavaProgram {
  const source = join(SOURCES, `${name}.java`)
  const classpath = join(jars(set).folder, '*')
  const key = createHash('sha256').update(readFileSync(PINS)).update(readFileSync(source)).digest('hex').slice(0, 16)
  const folder = join(CACHE, 'java', `${name}-${key}`)
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`
    mkdirSync(fresh, { recursive: true })
    compile(source, classpath, fresh)
    // Another run may have been faster.
    if (existsSync(folder)) rmSync(fresh, { recursive: true })
    else renameSync(fresh, folder)
  }
  return { what: program('java'), args: ['-cp', `${folder}:${classpath}`, name] }
}
