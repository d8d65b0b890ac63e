#!/usr/bin/env node
// After tsc: bundles the command line, for loading hundreds of small modules is most of its start-up, and writes the manifest
// that spares oclif loading every command to know their names. dist/ keeps its shape: what is bundled is re-exported in place.
import { readdirSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Plugin } from '@oclif/core'
import { build } from 'esbuild'

const root = new URL('../', import.meta.url)
const at = (path) => new URL(path, root).pathname

async function manifest() {
  const plugin = new Plugin({
    errorOnManifestCreate: true,
    ignoreManifest: true,
    respectNoCacheDefault: true,
    root: at('.'),
    type: 'core',
  })
  await plugin.load()
  writeFileSync(at('oclif.manifest.json'), JSON.stringify(plugin.manifest))
}

const commands = readdirSync(at('dist/commands')).map((file) => basename(file, '.js'))
const entries = [
  ...commands.map((name) => ({ name, from: `dist/commands/${name}.js`, exports: '{ default }' })),
  { name: 'main', from: 'dist/lib/main.js', exports: '{ main }' },
]

await manifest()
await build({
  entryPoints: entries.map(({ name, from }) => ({ in: at(from), out: name })),
  // One folder deep, as the modules of tsc: paths relative to them stay right.
  outdir: at('dist/bundle'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  // ffi-rs loads a native module; typescript is for oclif's development mode.
  external: ['ffi-rs', 'typescript'],
  banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
  logLevel: 'warning',
})
for (const { name, from, exports } of entries) {
  writeFileSync(at(from), `export ${exports} from '../bundle/${name}.js'\n`)
}
