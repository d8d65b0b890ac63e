import { fileURLToPath } from 'node:url'
import type { Options } from '../connectors/connector.js'
import { select } from '../connectors/selection.js'
import type { Kernel } from '../kernel/kernel.js'
import { openLive } from '../kernel/live.js'
import { openFile } from '../kernel/replay.js'
import { TracerError } from '../lib/errors.js'
import { printable, say } from '../lib/log.js'
import type { Format } from '../sinks/index.js'
import { startGated } from '../system/command.js'
import { hasHostPids } from '../system/machine.js'
import { requirePermission } from '../system/permissions.js'
import { project, runSession } from './session.js'
import { REPLAY_OPTIONS } from './settings.js'

const WORKLOAD = fileURLToPath(new URL('../../dist/pipeline/demo-workload.js', import.meta.url))
const RECORDING = fileURLToPath(new URL('../../demo/demo.rec', import.meta.url))
const BODY_BYTES = 1024

const NAMESPACE_HINT = "share the host's, as with `docker run --pid=host`"

const NEXT = `Try next:
  stirling trace --connectors http
  stirling trace --connectors http -- curl -s http://localhost:8080/
`

const NEXT_WITHOUT = `That was a RECORDING; nothing of this machine was traced. Try next:
  stirling doctor
  stirling replay ${RECORDING} --format ndjson
`

export interface DemoSetup {
  readonly format: Format
  readonly durationMs: number
}

/** Traces a workload of its own; where that is not possible, says why and shows a recording of it. → exit code. */
export async function runDemo(setup: DemoSetup): Promise<number> {
  try {
    return await traceWorkload(setup)
  } catch (error) {
    if (!(error instanceof TracerError) || error.code !== 'cannotTrace') throw error
    return replay(setup, error)
  }
}

async function traceWorkload(setup: DemoSetup): Promise<number> {
  requirePermission()
  if (!hasHostPids()) {
    throw new TracerError('cannotTrace', 'in a pid namespace the workload cannot be told from others', NAMESPACE_HINT)
  }
  const kernel = openLive()
  const workload = startGated([process.execPath, WORKLOAD])
  const ready = (): void => {
    say('A small shop and its customer talk HTTP over loopback; these two processes are traced, and no others.\n')
    workload.release()
  }
  try {
    const code = await session(setup, kernel, workload.pid, { durationMs: setup.durationMs, ready })
    say(NEXT)
    return code
  } finally {
    workload.kill()
  }
}

async function replay(setup: DemoSetup, { message, hint }: TracerError): Promise<number> {
  say(`Cannot trace here: ${printable(message.split('\n', 1)[0] ?? '')}\n${hint === undefined ? '' : `  ${hint}\n`}`)
  say('What follows is a RECORDING of the demo, made on another machine.\n')
  const code = await session(setup, openFile(RECORDING), undefined, { durationMs: undefined })
  say(NEXT_WITHOUT)
  return code
}

function session(
  { format }: DemoSetup,
  kernel: Kernel,
  root: number | undefined,
  more: { readonly durationMs: number | undefined; readonly ready?: () => void },
): Promise<number> {
  const connectors = select(['http'])
  const options: Options = {
    ...REPLAY_OPTIONS,
    scope: { ...REPLAY_OPTIONS.scope, root },
    bodyBytes: BODY_BYTES,
    redact: true,
  }
  const shown = connectors.flatMap(({ tables }) => tables.map((table) => table.name))
  const projection = project(connectors, shown, [])
  return runSession({ kernel, connectors, options, projection, format, limit: undefined, strict: false, ...more })
}
