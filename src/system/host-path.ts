import { existsSync } from 'node:fs'
import { TracerError } from '../lib/errors.js'

let prefix = ''

/**
 * Where the host's root is mounted (`--host-path`, STIRLING_HOST_PATH, PL_HOST_PATH), for a tracer in a container: /proc and
 * /sys are read below it. Throws a usage error where it is no root of a host.
 */
export function setHostPath(path: string): void {
  const root = path.replace(/\/+$/, '')
  if (!existsSync(`${root}/proc/1/stat`)) {
    const hint = 'mount the root of the host there, with its /proc: `-v /:/host`'
    throw new TracerError('usage', `${path} is not the root of a host: no ${root}/proc/1/stat`, hint)
  }
  prefix = root
}

/** A path of the host, as this process reaches it. */
export function onHost(path: string): string {
  return prefix + path
}
