import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { RUN } from './trace.js'

/** A copy of the package under test, to be damaged. */
export interface PackageCopy {
  readonly folder: string
  readonly run: string
  /** Changes a file of prebuilt/linux-<arch>. */
  change(file: string, how: (bytes: Buffer) => Buffer): void
}

/** Copies the package; the dependencies are linked. */
export function copyPackage(): PackageCopy {
  const from = join(dirname(RUN), '..')
  const folder = mkdtempSync(join(tmpdir(), 'stirling-package-'))
  for (const name of ['bin', 'dist', 'prebuilt', 'package.json', 'oclif.manifest.json']) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(folder, name), { recursive: true })
  }
  const modules = [join(from, 'node_modules'), join(from, '..')].find(existsSync) as string
  symlinkSync(modules, join(folder, 'node_modules'))
  return {
    folder,
    run: join(folder, 'bin/run.js'),
    change: (file, how) => {
      const path = join(folder, `prebuilt/linux-${process.arch}`, file)
      writeFileSync(path, how(readFileSync(path)))
    },
  }
}

/** The interface hash that is built into a library or an object, replaced by that of another build. */
export function otherBuild(hash: string): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const at = bytes.indexOf(hash)
    if (at < 0) throw new Error('no hash of the interface')
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from('0'.repeat(hash.length)),
      bytes.subarray(at + hash.length),
    ])
  }
}
