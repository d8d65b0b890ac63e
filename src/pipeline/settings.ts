import { accessSync, constants } from 'node:fs'
import type { Options } from '../connectors/connector.js'
import { TracerError } from '../lib/errors.js'
import { setLevel } from '../lib/log.js'
import { parseBytes, parseDurationMs, parseInteger, parseList, parsePercent } from '../lib/quantity.js'
import type { CaptureValues, OutputValues } from '../lib/trace-flags.js'
import type { Format } from '../sinks/index.js'
import { setHostPath } from '../system/host-path.js'
import { scopeOf } from './scope.js'

const CONNECTIONS_MAX = 2 ** 20
const PAGE = 4096
/** Copied of one call, and of it what may stand before a body. */
const CAPTURE_BYTES = 64 * 1024
const HEAD_BYTES = 4 * 1024
/** No call moves more. */
const CALL_BYTES_MAX = 2 ** 31 - PAGE

/** What the output flags mean. Throws usage errors. */
export function outputSettings(flags: OutputValues) {
  setLevel(flags.quiet ? 'error' : flags.verbose ? 'debug' : 'info')
  return {
    connectors: parseList(flags.connectors),
    tables: parseList(flags.tables),
    columns: parseList(flags.columns),
    format: (flags.format ?? (process.stdout.isTTY ? 'table' : 'ndjson')) as Format,
    limit:
      flags.limit === undefined ? undefined : parseInteger(flags.limit, 'a number of rows', 1, Number.MAX_SAFE_INTEGER),
    durationMs: flags.duration === undefined ? undefined : parseDurationMs(flags.duration),
    strict: flags.strict,
  }
}

/** No scope, and the sizes of the defaults: for a recording, whose scope was settled when it was made. */
export const REPLAY_OPTIONS: Omit<Options, 'bodyBytes' | 'redact'> = {
  scope: {
    pids: [],
    comms: [],
    ports: [],
    cgroups: [],
    netns: [],
    trees: [],
    root: undefined,
    excluded: [],
    unix: false,
  },
  attach: 'auto',
  btf: undefined,
  captureBytes: 64 * 1024,
  inferBytes: 256 * 1024,
  ringBytes: 32 * 1024 * 1024,
  connections: 65_536,
  stats: false,
  maxOverhead: undefined,
}

export function decodeOptions(flags: OutputValues): Pick<Options, 'bodyBytes' | 'redact'> {
  return { bodyBytes: parseBytes(flags['body-bytes']), redact: flags.redact }
}

/** Where the host's root is, by the flag or the environment. Throws usage errors. */
export function useHostPath(flag: string | undefined): void {
  const path = flag ?? process.env.STIRLING_HOST_PATH ?? process.env.PL_HOST_PATH
  if (path) setHostPath(path)
}

/** What the capture flags mean; `root`: pid of `-- CMD`. Throws usage errors. */
export function captureOptions(flags: CaptureValues & OutputValues): Options {
  useHostPath(flags['host-path'])
  const decoding = decodeOptions(flags)
  return {
    ...decoding,
    scope: scopeOf(flags),
    attach: flags.attach as Options['attach'],
    btf: flags.btf === undefined ? undefined : readableFile(flags.btf),
    captureBytes: captureBytes(flags['capture-bytes'], decoding.bodyBytes),
    inferBytes: parseBytes(flags['infer-bytes']),
    ringBytes: ringBytes(flags['ring-bytes']),
    stats: flags.stats,
    maxOverhead: flags['max-overhead'] === undefined ? undefined : parsePercent(flags['max-overhead']),
    connections: parseInteger(flags.connections, 'a number of connections', 1, CONNECTIONS_MAX),
  }
}

// What is shown of a body must be copied, with what stands before it.
function captureBytes(flag: string | undefined, bodyBytes: number): number {
  const bytes = flag === undefined ? Math.max(CAPTURE_BYTES, bodyBytes + HEAD_BYTES) : parseBytes(flag)
  return Math.min(bytes, CALL_BYTES_MAX)
}

function readableFile(path: string): string {
  try {
    accessSync(path, constants.R_OK)
    return path
  } catch (error) {
    throw new TracerError('usage', `cannot read ${path}: ${(error as Error).message}`)
  }
}

function ringBytes(text: string): number {
  const bytes = parseBytes(text)
  if (bytes >= PAGE && bytes <= 2 ** 30 && Number.isInteger(Math.log2(bytes))) return bytes
  throw new TracerError('usage', `${JSON.stringify(text)} is not a size of a ring`, 'a power of two from 4Ki to 1Gi')
}
