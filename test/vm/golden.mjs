// What `doctor` says about each kernel: test/vm/golden/<kernel>.ndjson has it; UPDATE_GOLDEN=1 writes that anew.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(import.meta.dirname, 'golden')

/** Without what is another tomorrow: point releases, folders. */
const stable = (text, release) =>
  text
    .replaceAll(release, '<release>')
    .replaceAll(ROOT, '<root>')
    .replace(/glibc [\d.]+/g, 'glibc <version>')

// A line for each thing that was looked at. What is not seen is so on every kernel, and protocols go with their connector.
function linesOf(diagnosis) {
  const { works, why, hint, checks } = JSON.parse(diagnosis)
  const looked = checks.filter(({ group }) => group !== 'not seen')
  return [{ works, why, hint }, ...looked].map((each) => JSON.stringify(each))
}

/** → the differences between a diagnosis and the golden one. */
export function wrongDiagnosis({ name }, { stdout, stderr }, release) {
  if (stdout === '') return [`nothing on stdout: ${stderr.slice(0, 300)}`]
  const file = join(FOLDER, `${name}.ndjson`)
  const now = linesOf(stable(stdout, release))
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, `${now.join('\n')}\n`)
    return []
  }
  if (!existsSync(file)) return [`no ${file}: UPDATE_GOLDEN=1 writes it`]
  const was = readFileSync(file, 'utf8').trimEnd().split('\n')
  return [
    ...was.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !was.includes(line)).map((line) => `+ ${line}`),
  ]
}
