// SPDX-License-Identifier: Apache-2.0
// Writes src/kernel/intf.gen.ts: the types that bpf/intf/*.h declares, as the BTF of a compiled object lays them out.
//   node bpf/build/gen-intf.mjs ABI_HASH OBJECT OUTPUT
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const HEADERS = 'bpf/intf'
const BANNER = '// Generated from the BTF of bpf/intf/*.h by bpf/build/gen-intf.mjs. Do not edit.'

function readHeaders() {
  const names = readdirSync(HEADERS)
    .filter((name) => name.endsWith('.h'))
    .sort()
  return names.map((name) => readFileSync(`${HEADERS}/${name}`, 'utf8')).join('')
}

function declarations(text) {
  const names = (kind) => Array.from(text.matchAll(new RegExp(`^${kind} (\\w+) \\{`, 'gm')), ([, name]) => name)
  const defines = Array.from(
    text.matchAll(/^#define (\w+)\s+(0x[\da-f]+|\d+)\s*(?:\/\*.*)?$/gim),
    ([, name, value]) => [name, Number(value)],
  )
  return { structs: names('struct'), enums: names('enum'), defines }
}

function readBtf(object) {
  return JSON.parse(execFileSync('bpftool', ['btf', 'dump', '-j', 'file', object], { maxBuffer: 1 << 28 })).types
}

function readTypes(object, { structs, enums }) {
  const all = readBtf(object)
  const find = (kind) => (name) => {
    const type = all.find((candidate) => candidate.kind === kind && candidate.name === name)
    if (!type) throw new Error(`${kind.toLowerCase()} ${name} is not in the BTF of ${object}`)
    return type
  }
  return {
    byId: new Map(all.map((type) => [type.id, type])),
    structs: structs.map(find('STRUCT')),
    enums: enums.map(find('ENUM')),
  }
}

/** → size of one element and how many. */
function measure(byId, id) {
  const type = byId.get(id)
  if (type.kind === 'ARRAY') return { bytes: measure(byId, type.type_id).bytes, count: type.nr_elems }
  if (type.size !== undefined) return { bytes: type.size, count: 1 }
  if (type.kind === 'PTR') throw new Error('a pointer in bpf/intf')
  return measure(byId, type.type_id)
}

function fieldsOf(byId, type) {
  return type.members.map((member) => ({
    name: member.name,
    offset: member.bits_offset / 8,
    ...measure(byId, member.type_id),
  }))
}

const pascal = (name) => name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase())

function commonPrefix(names) {
  let prefix = names[0].slice(0, names[0].lastIndexOf('_') + 1)
  while (!names.every((name) => name.startsWith(prefix)))
    prefix = prefix.slice(0, prefix.lastIndexOf('_', prefix.length - 2) + 1)
  return prefix
}

function writeStruct({ name, size, members }) {
  const lines = members.map((member) => `  ${member.name}: ${member.bits_offset / 8},\n`).join('')
  return `/** struct ${name}: member → offset in bytes. */\nexport const ${pascal(name)} = {\n  SIZE: ${size},\n${lines}} as const\n`
}

function writeEnum({ name, values }) {
  const prefix = commonPrefix(values.map((value) => value.name))
  const lines = values.map((value) => `  ${value.name.slice(prefix.length)}: ${value.val},\n`).join('')
  return `/** enum ${name} */\nexport const ${pascal(name)} = {\n${lines}} as const\n`
}

function writeLayout(byId, structs) {
  const field = ({ name, offset, bytes, count }) =>
    `    { name: '${name}', offset: ${offset}, bytes: ${bytes}, count: ${count} },\n`
  const struct = (type) => `  ${type.name}: [\n${fieldsOf(byId, type).map(field).join('')}  ],\n`
  return [
    'export interface Field {\n  readonly name: string\n  readonly offset: number\n',
    '  /** Size of one element. */\n  readonly bytes: number\n  readonly count: number\n}\n\n',
    '/** Every struct, by its name in C; recordings carry it. */\n',
    `export const LAYOUT: Readonly<Record<string, readonly Field[]>> = {\n${structs.map(struct).join('')}}\n`,
  ].join('')
}

function generate(abiHash, object) {
  const declared = declarations(readHeaders())
  const types = readTypes(object, declared)
  return [
    `${BANNER}\n`,
    `/** sha256 of bpf/intf/*.h: the objects and libstirling.so must have the same. */\nexport const ABI_HASH = '${abiHash}'\n`,
    declared.defines.map(([name, value]) => `export const ${name} = ${value}\n`).join(''),
    ...types.enums.map(writeEnum),
    ...types.structs.map(writeStruct),
    writeLayout(types.byId, types.structs),
  ].join('\n')
}

const [abiHash, object, output] = process.argv.slice(2)
writeFileSync(output, generate(abiHash, object))
