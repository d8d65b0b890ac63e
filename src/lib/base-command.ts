import { Command } from '@oclif/core/command'
import { EXIT, TracerError } from './errors.js'
import { printable } from './log.js'

// oclif's own hint; ours names the command.
const SEE_HELP = /\nSee more help with --help$/

/** Maps the three kinds of errors to exit codes, once. */
export abstract class BaseCommand extends Command {
  protected override async catch(error: Error & { oclif?: { exit?: number }; showHelp?: boolean }): Promise<void> {
    if (error instanceof TracerError) {
      fail(error.message, error.hint, error.exitCode)
      return
    }
    // What oclif's parser throws: a usage error.
    if (error.oclif?.exit !== undefined) {
      if (error.oclif.exit !== 0)
        fail(error.message.replace(SEE_HELP, ''), `stirling ${this.id} --help`, error.oclif.exit)
      return
    }
    process.stderr.write(`bug: ${error.stack}\n`)
    process.exitCode = EXIT.bug
  }
}

function fail(message: string, hint: string | undefined, exitCode: number): void {
  process.stderr.write(`error: ${printable(message)}\n`)
  if (hint !== undefined && hint !== '') process.stderr.write(`hint: ${printable(hint)}\n`)
  process.exitCode = exitCode
}
