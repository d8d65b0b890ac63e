import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../lib/base-command.js'
import { EXIT } from '../lib/errors.js'
import { printable } from '../lib/log.js'
import { CAPTURE_FLAGS } from '../lib/trace-flags.js'
import { diagnose, diagnosisText } from '../pipeline/doctor.js'
import { useHostPath } from '../pipeline/settings.js'

export default class Doctor extends BaseCommand {
  static override summary = 'Say what works on this machine, what does not, and what to do.'
  static override description = `Loads what \`trace\` would load, and attaches nothing.
Exit code 0 if the default connectors work here, 3 if not.`
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --json | jq \'.checks[] | select(.state != "works")\'',
    '<%= config.bin %> doctor --json | jq -e \'all(.connectors[]; .state == "works")\'',
  ]
  static override flags = {
    json: Flags.boolean({ description: 'write JSON, for programs' }),
    'host-path': CAPTURE_FLAGS['host-path'],
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    useHostPath(flags['host-path'])
    const diagnosis = diagnose()
    process.stdout.write(flags.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : printable(diagnosisText(diagnosis)))
    process.exitCode = diagnosis.works ? EXIT.ok : EXIT.cannotTrace
  }
}
