import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { globMatches } from './glob.js'

test.each([
  ['nginx', 'nginx', true],
  ['nginx', 'nginx2', false],
  ['ngin', 'nginx', false],
  ['ng*', 'nginx', true],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['?', '', false],
  ['n?inx', 'nginx', true],
  ['*inx', 'nginx', true],
  ['*a*b*', 'xxaxxbxx', true],
  ['a*b*c', 'abbc', true],
  ['a*b*c', 'acb', false],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['[ab]', '[ab]', true],
  ['(x)+', '(x)+', true],
  ['a\\*', 'a\\b', true],
  ['*', 'a\nb', true],
])('%j matches %j: %p', (glob, name, expected) => expect(globMatches(glob, name)).toBe(expected))

const GCC = '/usr/bin/gcc'
const NAME_BYTES = 16

// The kernel side's own function, compiled for this machine: reads pairs of 16 bytes, writes 0 or 1 each.
function harness(): string {
  const header = readFileSync(join(import.meta.dirname, '../../bpf/lib/scope.h'), 'utf8')
  const steps = /^#define GLOB_STEPS_MAX .*$/m.exec(header)?.[0]
  const body = /^struct match \{[\s\S]*?^static[\s\S]*?match_step\([\s\S]*?^}$/m.exec(header)?.[0]
  if (steps === undefined || body === undefined) throw new Error('match_step is not in bpf/lib/scope.h')
  return `#include <stdbool.h>
#include <stdio.h>
#include <string.h>
typedef unsigned u32;
${steps}
${body}
static int matches(char (*pair)[${NAME_BYTES}])
{
	struct match match = { .star = 16 };
	memcpy(match.glob, pair[0], ${NAME_BYTES});
	memcpy(match.name, pair[1], ${NAME_BYTES});
	for (int i = 0; i < GLOB_STEPS_MAX; i++) {
		int known = match_step(&match);
		if (known >= 0)
			return known;
	}
	return 0;
}
int main(void)
{
	char pair[2][${NAME_BYTES}];
	while (fread(pair, sizeof(pair), 1, stdin) == 1)
		putchar('0' + matches(pair));
	return 0;
}
`
}

function kernelSide(pairs: readonly (readonly [string, string])[]): boolean[] {
  const folder = mkdtempSync(join(tmpdir(), 'stirling-glob-'))
  try {
    const program = join(folder, 'glob')
    writeFileSync(`${program}.c`, harness())
    const gcc = spawnSync(GCC, ['-Wall', '-Werror', '-o', program, `${program}.c`], { encoding: 'utf8' })
    expect(gcc.stderr).toBe('')
    const input = Buffer.alloc(pairs.length * 2 * NAME_BYTES)
    for (const [i, pair] of pairs.entries()) {
      for (const [k, text] of pair.entries()) input.write(text, (2 * i + k) * NAME_BYTES, NAME_BYTES - 1)
    }
    const { stdout } = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 26 })
    return Array.from(stdout, (c) => c === '1')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function* words(letters: string, most: number, start = ''): Generator<string> {
  yield start
  if (start.length < most) for (const letter of letters) yield* words(letters, most, start + letter)
}

function disagreements(pairs: readonly (readonly [string, string])[]): string[] {
  const theirs = kernelSide(pairs)
  expect(theirs).toHaveLength(pairs.length)
  return pairs.filter(([glob, name], i) => theirs[i] !== globMatches(glob, name)).map((pair) => pair.join(' '))
}

const withGcc = existsSync(GCC) ? describe : describe.skip

withGcc('as the kernel side does (needs gcc)', () => {
  test('all short patterns and names', () => {
    const names = [...words('ab', 5)]
    expect(disagreements([...words('ab*?', 4)].flatMap((glob) => names.map((name) => [glob, name] as const)))).toEqual(
      [],
    )
  })

  test.each(['exactly fifteen', 'fifteen-letters'])('the longest names: %j', (name) => {
    const globs = [name, `${name.slice(0, 14)}?`, `${name.slice(0, 14)}*`, `*${name.slice(-14)}`, `?${name.slice(1)}`]
    expect(disagreements(globs.map((glob) => [glob, name] as const))).toEqual([])
    expect(globs.filter((glob) => !globMatches(glob, name))).toEqual([])
  })

  test('a name that repeats itself', () => {
    const pairs: [string, string][] = []
    for (let n = 1; n < 14; n++) pairs.push([`*${'a'.repeat(n)}b`, `${'a'.repeat(14)}b`])
    expect(disagreements(pairs)).toEqual([])
  })
})
