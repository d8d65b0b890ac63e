import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../lib/base-command.js'
import { parseDurationMs } from '../lib/quantity.js'
import { OUTPUT_FLAGS } from '../lib/trace-flags.js'
import { runDemo } from '../pipeline/demo.js'
import type { Format } from '../sinks/index.js'

export default class Demo extends BaseCommand {
  static override summary = 'Trace a small workload that comes with stirling.'
  static override description =
    `Starts a web server and its client, traces these two and nothing else, and ends by itself.
Where tracing is not possible it shows a recording of the same.`
  static override examples = ['<%= config.bin %> demo', '<%= config.bin %> demo --duration 3s --format ndjson']
  static override flags = {
    duration: Flags.string({ description: 'how long (a bare number is seconds)', default: '10s', helpValue: '10s' }),
    format: OUTPUT_FLAGS.format,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Demo)
    const format = (flags.format ?? (process.stdout.isTTY ? 'table' : 'ndjson')) as Format
    process.exitCode = await runDemo({ format, durationMs: parseDurationMs(flags.duration) })
  }
}
