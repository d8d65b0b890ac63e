import { select } from '../connectors/selection.js'
import { openLive } from '../kernel/live.js'
import { type RecordingKernel, recordTo } from '../kernel/record.js'
import { BaseCommand } from '../lib/base-command.js'
import { EXIT, TracerError } from '../lib/errors.js'
import { log } from '../lib/log.js'
import { CAPTURE_FLAGS, OUTPUT_FLAGS } from '../lib/trace-flags.js'
import { withRoot } from '../pipeline/scope.js'
import { project, runSession } from '../pipeline/session.js'
import { captureOptions, outputSettings } from '../pipeline/settings.js'
import { loadSchema } from '../protocols/http2/schema.js'
import { type GatedCommand, startGated } from '../system/command.js'
import { requirePermission } from '../system/permissions.js'

/** After the command has ended, its connections are given this long to be closed by the kernel. */
const LINGER_MS = 200

export default class Trace extends BaseCommand {
  static override summary = 'Trace this machine live.'
  static override description =
    'Attaches probes for the selected connectors and writes decoded records to standard output until it is stopped.'
  static override usage = 'trace [FLAGS] [-- CMD ...]'
  static override examples = [
    '<%= config.bin %> trace --connectors http,mysql',
    "<%= config.bin %> trace --connectors http --port 8080 | jq -c 'select(.latency>1e6)'",
    '<%= config.bin %> trace --connectors http -- curl http://localhost:8080/',
  ]
  static override flags = { ...OUTPUT_FLAGS, ...CAPTURE_FLAGS }

  async run(): Promise<void> {
    const split = this.argv.indexOf('--')
    const command = split < 0 ? [] : this.argv.slice(split + 1)
    const { flags } = await this.parse(Trace, split < 0 ? this.argv : this.argv.slice(0, split))
    if (split >= 0 && command.length === 0) throw new TracerError('usage', 'no command after --')
    const settings = outputSettings(flags as never)
    const connectors = select(settings.connectors)
    const projection = project(connectors, settings.tables, settings.columns)
    const capture = { ...captureOptions(flags as never), schema: await loadSchema(flags.proto ?? []) }
    requirePermission()
    const child = command.length > 0 ? startGated(command) : undefined
    try {
      const options = child === undefined ? capture : { ...capture, scope: withRoot(capture.scope, child.pid) }
      const live = openLive()
      const kernel = flags.record === undefined ? live : recordTo(flags.record, live, this.config.version)
      if (flags.record !== undefined) log('warn', `${flags.record} will hold raw bytes, not redacted`)
      const ready = (stop: () => void): void => started(child, stop)
      const code = await runSession({ ...settings, kernel, connectors, projection, options, ready })
      const failed = (kernel as RecordingKernel).failed
      if (failed) throw new TracerError('dataLost', `the recording is not whole: ${failed.message}`)
      process.exitCode = code === EXIT.ok && child !== undefined ? await endOf(child) : code
    } catch (error) {
      child?.kill()
      throw error
    }
  }
}

function started(child: GatedCommand | undefined, stop: () => void): void {
  log('info', 'tracing')
  if (child === undefined) return
  child.release()
  void child.exited.then(() => setTimeout(stop, LINGER_MS))
}

// The trace may end before the command does (--limit, a signal): then the command goes on by itself.
async function endOf(child: GatedCommand): Promise<number> {
  return Promise.race([child.exited, Promise.resolve(EXIT.ok)])
}
