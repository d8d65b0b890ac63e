#!/usr/bin/env node
// Unpacks the servers and clients that the live tests need into .cache/root, from the Debian packages in packages.txt.
// Nothing is installed: apt gets its own lists and cache. `--pin` writes the versions that apt offers now to packages.txt.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apt, closureOf, configureApt, Missing } from './apt.mjs'

const PINS = join(import.meta.dirname, 'packages.txt')
const CACHE = join(import.meta.dirname, '../../.cache')
const ROOT = join(CACHE, 'root')
const DEBS = join(CACHE, 'packages')
const APT = join(CACHE, 'apt')
const STAMP = join(ROOT, '.stamp')

const WANTED = [
  'nginx mariadb-server-core mariadb-client-core curl wrk bpftool python3 python3-pymysql',
  'redis-server redis-tools python3-redis',
  'postgresql-15 postgresql-client-15 python3-pg8000',
  'nghttp2-server nghttp2-client python3-grpcio',
  'kcat python3-kafka bind9 bind9-dnsutils dnsmasq-base',
  'memcached python3-pymemcache mosquitto mosquitto-clients python3-paho-mqtt',
  'nats-server rabbitmq-server python3-pika amqp-tools',
  'python3-pymongo python3-cassandra python3-websockets',
].flatMap((line) => line.split(' '))
/** What has to be in the PATH where there is no apt. */
const COMMANDS = [
  'nginx mariadbd mariadb-install-db mariadb curl wrk python3 redis-server redis-cli redis-benchmark',
  'postgres initdb psql pgbench nghttpd nghttp h2load kcat named dig delv dnsmasq',
  'memcached mosquitto mosquitto_pub mosquitto_sub nats-server rabbitmq-server amqp-publish',
].flatMap((line) => line.split(' '))
/** Only where the host has no python3. */
const PYTHON =
  'python3 python3-minimal python3.11 python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 libffi8'.split(
    ' ',
  )
/** What the wanted packages depend on, but what their programs run without (and the C library, which is the host's). */
const UNNEEDED = [
  'debconf dpkg gcc-12-base iproute2 libacl1 libbpf1 libc6 libcap2-bin libdb5.3 libluajit-5.1-common libmariadb3 libmnl0',
  'libncursesw6 libnsl2 libpython3-stdlib libsasl2-modules-db libselinux1 libsqlite3-0 libtirpc-common',
  'libtirpc3 libuuid1 libxtables12 mariadb-common media-types mysql-common nginx-common readline-common tar',
  'adduser init-system-helpers libaudit-common libfile-find-rule-perl libgdbm-compat4 libgdbm6',
  'libnumber-compare-perl libpam-modules libpam-modules-bin libperl5.36 libsemanage-common libsemanage2 libsepol2',
  'libtext-glob-perl lsb-base passwd perl perl-base perl-modules-5.36 python3-typing-extensions',
  'sysvinit-utils usrmerge',
  'libc-bin libc-l10n libjson-perl libllvm14 libxslt1.1 libz3-4 locales netbase openssl postgresql-client-common',
  'postgresql-common sensible-utils ssl-cert tzdata ucf libprotobuf32 python3-protobuf',
  'cron cron-daemon-common logrotate libpam-runtime dns-root-data',
].flatMap((line) => line.split(' '))

const say = (line) => process.stderr.write(`${line}\n`)
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

const path = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
const onHost = (command) => path.some((folder) => existsSync(join(folder, command)))

const readPins = (text) =>
  [...text.matchAll(/^([^#\s]+) (\S+) (\S+)$/gm)].map(([, name, version, hash]) => ({ name, version, hash }))

/** The .deb of a pinned package if it is there and has the pinned hash. */
function cached(pin, files) {
  const start = `${pin.name}_${pin.version.replaceAll(':', '%3a')}_`
  const file = files.find((each) => each.startsWith(start))
  return file && sha256(readFileSync(join(DEBS, file))) === pin.hash ? file : undefined
}

/** The .deb files of the pinned packages, or undefined if apt no longer offers exactly these. */
function fetchPinned(pins) {
  mkdirSync(DEBS, { recursive: true })
  const absent = pins.filter((pin) => !cached(pin, readdirSync(DEBS)))
  if (absent.length > 0) {
    updateLists()
    const { ok } = apt(APT, 'apt-get', ['download', ...absent.map(({ name, version }) => `${name}=${version}`)], DEBS)
    if (!ok) return undefined
  }
  const files = pins.map((pin) => cached(pin, readdirSync(DEBS)))
  return files.includes(undefined) ? undefined : files
}

let updated = false
let unreachable = ''
function updateLists() {
  if (updated) return
  configureApt(APT)
  const { ok, why } = apt(APT, 'apt-get', ['update'])
  // An archive out of reach is only a warning to apt.
  if (!ok || why !== '') unreachable = why
  updated = true
}

/** What apt offers now for the wanted commands and all that they depend on, less what is not needed to run them. */
function fetchOffered(unneeded) {
  updateLists()
  const known = apt(APT, 'apt-cache', ['show', '--no-all-versions', ...WANTED]).stdout
  const roots = WANTED.filter((name) => new RegExp(`^Package: ${name.replaceAll('+', '\\+')}$`, 'm').test(known))
  const closure = closureOf(APT, roots)
  const fetched = closure.names.filter((name) => !unneeded.includes(name))
  if (fetched.length === 0)
    throw new Missing(`live tests need packages that apt does not offer: ${unreachable || closure.why}`)
  const folder = join(DEBS, 'offered')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { ok, why } = apt(APT, 'apt-get', ['download', ...fetched], folder)
  if (!ok) throw new Missing(`live tests need a package archive: apt-get download: ${why}`)
  return readdirSync(folder).map((file) => join('offered', file))
}

/** Name and version, as the file name of a .deb says. */
function identify(file) {
  const [name, version] = file.replace(/^offered\//, '').split('_')
  return { name, version: version.replaceAll('%3a', ':') }
}

function sayWhatMoved(pins, files) {
  const offered = new Map(files.map(identify).map(({ name, version }) => [name, version]))
  const moved = pins.filter(({ name, version }) => offered.get(name) !== version)
  const list = moved.slice(0, 5).map(({ name, version }) => `${name} ${version} -> ${offered.get(name) ?? 'none'}`)
  say(`fetch: ${moved.length} pinned packages differ from what apt offers now, taking those: ${list.join(', ')}`)
}

function unpack(files) {
  const fresh = `${ROOT}.${process.pid}`
  mkdirSync(fresh, { recursive: true, mode: 0o755 })
  try {
    for (const file of files) execFileSync('dpkg-deb', ['-x', join(DEBS, file), fresh])
    rmSync(ROOT, { recursive: true, force: true })
    renameSync(fresh, ROOT)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function pin(files) {
  const lines = files.map((file) => {
    const { name, version } = identify(file)
    return `${name} ${version} ${sha256(readFileSync(join(DEBS, file)))}`
  })
  writeFileSync(
    PINS,
    `# Debian 12, amd64: name, version, sha256; written by fetch.mjs --pin\n${lines.sort().join('\n')}\n`,
  )
}

/** Without apt, the commands of the host itself have to do. */
function useHost() {
  const absent = COMMANDS.filter((command) => !onHost(command))
  if (absent.length === 0) return
  throw new Missing(`live tests need apt-get (Debian or Ubuntu) or these commands in PATH: ${absent.join(' ')}`)
}

function main() {
  if (process.argv.includes('--pin')) return pin(fetchOffered(UNNEEDED))
  const text = readFileSync(PINS, 'utf8')
  const host = onHost('python3') ? PYTHON : []
  const stamp = sha256(`${text}${host}`)
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return
  if (!onHost('apt-get')) return useHost()
  const pins = readPins(text).filter(({ name }) => !host.includes(name))
  let files = fetchPinned(pins)
  if (!files) {
    files = fetchOffered([...UNNEEDED, ...host])
    sayWhatMoved(pins, files)
  }
  unpack(files)
  writeFileSync(STAMP, stamp)
}

try {
  main()
} catch (error) {
  if (!(error instanceof Missing)) throw error
  say(error.message)
  process.exitCode = 1
}
