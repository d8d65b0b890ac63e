// apt with lists and a cache of its own: what it fetches is unpacked, never installed.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is wanted cannot be had on this machine. */
export class Missing extends Error {}

// The host's own hooks and extra indexes (desktop software lists) must not run or load for us.
const HOOKS = [
  'APT::Update::Pre-Invoke',
  'APT::Update::Post-Invoke',
  'APT::Update::Post-Invoke-Success',
  'DPkg::Post-Invoke',
]
const INDEXES = ['', '-icons', '-icons-small', '-icons-large', '-icons-hidpi', '-icons-large-hidpi']

/** Prepares a folder for apt; `more`: further lines of its configuration. */
export function configureApt(folder, more = []) {
  for (const dir of ['lists/partial', 'archives/partial', 'log']) mkdirSync(join(folder, dir), { recursive: true })
  writeFileSync(join(folder, 'status'), '')
  const lines = [
    `Dir::State "${folder}";`,
    `Dir::State::lists "${folder}/lists";`,
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    `Dir::Log "${folder}/log";`,
    'APT::Sandbox::User "root";',
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    'Debug::NoLocking "true";',
    ...more,
    ...HOOKS.map((name) => `#clear ${name};`),
    ...INDEXES.map((name) => `#clear Acquire::IndexTargets::deb::DEP-11${name};`),
  ]
  writeFileSync(join(folder, 'apt.conf'), `${lines.join('\n')}\n`)
}

/** Runs apt-get or apt-cache with the configuration of a folder; `why`: the first error or warning. */
export function apt(folder, tool, args, cwd = folder) {
  const { status, stdout, stderr, error } = spawnSync(tool, ['-c', join(folder, 'apt.conf'), '-q', ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (error) throw new Missing(`needs ${tool} (Debian or Ubuntu): ${error.message}`)
  const why = /^(?:E|W): .*/m.exec(stderr)?.[0] ?? stderr.trim().split('\n')[0]
  return { ok: status === 0, stdout, why }
}

/** The packages that apt would install for these: with all that they depend on. */
export function closureOf(folder, packages) {
  const { stdout, why } = apt(folder, 'apt-get', ['install', '--yes', '--print-uris', ...packages])
  return { names: [...stdout.matchAll(/^'\S+' ([^_\s]+)_/gm)].map((match) => match[1]), why }
}
