import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describeBpf } from '../harness/live.js'
import { run } from '../servers/process.js'

const MATRIX = join(import.meta.dirname, '../vm/matrix.mjs')
const KERNEL = '6.12-x64'
const MINUTES = 12
const NODE = { file: process.execPath, env: { ...process.env, VM_REQUIRED: '1' } }

/** Why no machine can run here: no QEMU or kernel to be had, no compiler for the load. */
function missing(): string | undefined {
  const { stderr } = spawnSync(NODE.file, [MATRIX, '--prepare', KERNEL], { env: NODE.env, encoding: 'utf8' })
  return /^skipped: (.*)/m.exec(stderr)?.[1]
}

describeBpf(
  'Another kernel',
  1,
  () => {
    const ms = MINUTES * 60_000
    const matrix = async (): Promise<void> => {
      const { code, stdout, stderr } = await run(NODE, [MATRIX, KERNEL], { ms })
      if (code !== 0) throw new Error(`${stdout}${stderr}`)
    }
    test(`${KERNEL}: every hook layer sees what the load did, and doctor says what it said`, matrix, ms + 60_000)
  },
  missing,
)
