import { Config } from '@oclif/core/config'
import { execute } from '@oclif/core/execute'
import { EXIT } from './errors.js'
import { nearest } from './nearest.js'

const HELP = ['help', '-h']
const ALONE = ['--help', '--version']

/** The command line; `root` is a folder of the package. Plugins of the user are not looked for: they would run as root. */
export async function main(root: string): Promise<void> {
  // oclif asks for it, else for the entry in /etc/passwd, which not every user has (`docker run --user 1234`): passwd(5).
  process.env.SHELL ??= '/bin/sh'
  const config = await Config.load({ root, userPlugins: false, devPlugins: false })
  const [first, ...rest] = process.argv.slice(2)
  const args = first === undefined ? [] : HELP.includes(first) ? [...rest, '--help'] : [first, ...rest]
  const name = args[0]
  if (name === undefined || ALONE.includes(name) || config.commandIDs.includes(name)) {
    await execute({ args, loadOptions: config })
    return
  }
  const guess = nearest(name, config.commandIDs)
  process.stderr.write(`error: unknown command ${JSON.stringify(name)}\n`)
  process.stderr.write(`hint: ${guess === undefined ? 'stirling --help' : `did you mean ${guess}?`}\n`)
  process.exitCode = EXIT.usage
}
