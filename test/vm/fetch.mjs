#!/usr/bin/env node
// Unpacks QEMU and the kernels of the matrix into .cache/vm, from Debian packages. Nothing is installed.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apt, closureOf, configureApt, Missing } from '../servers/apt.mjs'

/** Where QEMU and the kernels are. */
export const CACHE = join(import.meta.dirname, '../../.cache/vm')
const APT = join(CACHE, 'apt')
const SOURCES = '/etc/apt/sources.list'
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'
/** QEMU 7.2 of bookworm brings a virtiofsd of its own; later ones do not. */
const TOOLS = ['qemu-system-x86', 'qemu-system-common', 'busybox-static', 'xz-utils']
const TOOLS_SUITE = 'bookworm'

/** The kernels: a name, and the suite whose newest cloud kernel it is. */
export const KERNELS = [
  { name: '5.10', suite: 'bullseye' },
  { name: '6.1', suite: 'bookworm' },
  { name: '6.12', suite: 'trixie' },
  { name: 'newest', suite: 'trixie-backports' },
]

/** What the guest needs to reach its root: everything else it gets from there. */
const MODULES = ['virtio_pci', 'virtio_console', 'virtiofs', 'overlay']

// The archive of the host's own configuration, which has the other suites too.
function archive() {
  const listed = existsSync(`${SOURCES}.d`) ? readdirSync(`${SOURCES}.d`).map((file) => `${SOURCES}.d/${file}`) : []
  const text = [SOURCES, ...listed].map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n')
  const uri = /^[^#\n]*?(\w+:\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1]
  if (uri === undefined) throw new Missing('needs a Debian archive in the configuration of apt')
  return `deb ${existsSync(KEYS) ? `[signed-by=${KEYS}] ` : ''}${uri}`
}

let updated = false
function updateLists() {
  if (updated) return
  mkdirSync(APT, { recursive: true })
  const from = archive()
  const suites = KERNELS.map(({ suite }) => suite)
  writeFileSync(join(APT, 'sources.list'), suites.map((suite) => `${from} ${suite} main\n`).join(''))
  const own = [`Dir::Etc::sourcelist "${APT}/sources.list";`, 'Dir::Etc::sourceparts "/dev/null";']
  configureApt(APT, [...own, `APT::Default-Release "${TOOLS_SUITE}";`])
  const { ok, why } = apt(APT, 'apt-get', ['update'])
  if (!ok) throw new Missing(`needs a package archive: apt-get update: ${why}`)
  updated = true
}

/** Makes `folder` by filling another one first: it is whole or not there. */
function make(folder, fill) {
  if (existsSync(folder)) return
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true, mode: 0o755 })
  try {
    fill(fresh)
    renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function download(packages, into) {
  const { ok, why } = apt(APT, 'apt-get', ['download', ...packages], into)
  if (!ok) throw new Missing(`needs a package archive: apt-get download: ${why}`)
  return readdirSync(into).filter((file) => file.endsWith('.deb'))
}

function fetchTools(into) {
  updateLists()
  const { names, why } = closureOf(APT, TOOLS)
  if (names.length === 0) throw new Missing(`needs packages that apt does not offer: ${why}`)
  for (const file of download(names, into)) {
    execFileSync('dpkg-deb', ['-x', join(into, file), into])
    rmSync(join(into, file))
  }
}

const dependencies = (name) =>
  [...apt(APT, 'apt-cache', ['show', name]).stdout.matchAll(/^(?:Pre-)?Depends: (.*)$/gm)].flatMap(([, list]) =>
    list.split(/[,|] ?/).map((each) => each.trim().split(' ')[0]),
  )

// linux-image-cloud-amd64 names the kernel of the day, which in some suites is itself a shell around two others.
function kernelPackages(suite) {
  const depends = apt(APT, 'apt-cache', ['show', `linux-image-cloud-amd64/${suite}`]).stdout
  const image = /^Depends:.*\b(linux-image-\d\S*-cloud-amd64)\b/m.exec(depends)?.[1]
  if (image === undefined) throw new Missing(`needs linux-image-cloud-amd64 of ${suite}, which apt does not offer`)
  return [image, ...dependencies(image).filter((name) => /^linux-(binary|modules)-/.test(name))]
}

function fetchKernel(suite, into) {
  updateLists()
  const files = download(kernelPackages(suite), into)
  for (const file of files) {
    execFileSync('dpkg-deb', ['-x', join(into, file), into])
    rmSync(join(into, file))
  }
  for (const folder of ['usr/share', 'usr/lib/linux-kbuild', 'etc'])
    rmSync(join(into, folder), { recursive: true, force: true })
}

/** The folder of QEMU and busybox. */
export function tools() {
  const folder = join(CACHE, 'tools')
  make(folder, fetchTools)
  return folder
}

/** The folder of a kernel: boot/vmlinuz-… and its modules. */
export function kernel({ name, suite }) {
  const folder = join(CACHE, name)
  make(folder, (into) => fetchKernel(suite, into))
  return folder
}

export { Missing, MODULES }

if (process.argv[1] === import.meta.filename) {
  try {
    tools()
    for (const each of KERNELS) kernel(each)
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
