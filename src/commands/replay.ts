import * as Args from '@oclif/core/args'
import { select } from '../connectors/selection.js'
import { openFile } from '../kernel/replay.js'
import { BaseCommand } from '../lib/base-command.js'
import { TracerError } from '../lib/errors.js'
import { OUTPUT_FLAGS } from '../lib/trace-flags.js'
import { project, runSession } from '../pipeline/session.js'
import { decodeOptions, outputSettings, REPLAY_OPTIONS } from '../pipeline/settings.js'
import { loadSchema } from '../protocols/http2/schema.js'

export default class Replay extends BaseCommand {
  static override summary = 'Decode a recording or a capture file.'
  static override description =
    'Reads what `trace --record FILE` kept, or a capture file (pcap, pcapng, also compressed with gzip; TCP and UDP, without processes), and writes the records that it holds; needs no root.'
  static override examples = [
    '<%= config.bin %> replay trace.rec',
    '<%= config.bin %> replay trace.rec --connectors http --format ndjson',
    '<%= config.bin %> replay traffic.pcap',
    'zcat trace.rec.gz | <%= config.bin %> replay -',
  ]
  static override args = {
    file: Args.string({ required: true, description: 'a recording or a capture file; - is standard input' }),
  }
  static override flags = OUTPUT_FLAGS

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Replay)
    const settings = outputSettings(flags as never)
    const connectors = select(settings.connectors)
    const projection = project(connectors, settings.tables, settings.columns)
    const schema = await loadSchema(flags.proto ?? [])
    const kernel = openFile(args.file)
    const options = { ...REPLAY_OPTIONS, ...decodeOptions(flags as never), schema }
    process.exitCode = await runSession({ ...settings, kernel, connectors, projection, options })
    if (kernel.damage !== undefined) throw new TracerError('dataLost', kernel.damage, 'the records before it are whole')
  }
}
