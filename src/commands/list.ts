import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { BaseCommand } from '../lib/base-command.js'
import { TracerError } from '../lib/errors.js'
import { parseList } from '../lib/quantity.js'
import { allTables, listJson, listText, TOPICS, type Topic } from '../pipeline/listing.js'
import { jsonSchema } from '../records/json-schema.js'

export default class List extends BaseCommand {
  static override summary = 'Show which connectors, tables and columns there are.'
  static override examples = [
    '<%= config.bin %> list',
    '<%= config.bin %> list columns --tables http_events',
    '<%= config.bin %> list tables --json-schema > schema.json',
  ]
  static override args = {
    topic: Args.string({ options: [...TOPICS], description: 'what to list [default: connectors and tables]' }),
  }
  static override flags = {
    tables: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'with columns: only of these tables',
      helpValue: 'a,b',
    }),
    json: Flags.boolean({ description: 'write JSON, for programs' }),
    'json-schema': Flags.boolean({
      description: 'with tables: a JSON Schema of the lines of --format ndjson',
      exclusive: ['json'],
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List)
    const topic = args.topic as Topic | undefined
    const names = parseList(flags.tables)
    if (names.length > 0 && topic !== 'columns') throw new TracerError('usage', '--tables goes with `list columns`')
    if (flags['json-schema'] && topic !== 'tables')
      throw new TracerError('usage', '--json-schema goes with `list tables`')
    const value = flags['json-schema'] ? jsonSchema(allTables()) : flags.json ? listJson(topic, names) : undefined
    process.stdout.write(value === undefined ? listText(topic, names) : `${JSON.stringify(value, null, 2)}\n`)
  }
}
