import { TracerError } from './errors.js'

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
}
const TIME_UNITS_MS: Readonly<Record<string, number>> = { '': 1000, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `64Ki`, `1M`, `4096` → bytes. Throws a usage error. */
export function parseBytes(text: string): number {
  return Math.round(parse(text, /^(\d+(?:\.\d+)?)\s*([kmg]i?)?b?$/i, SIZE_UNITS, 'a size', '64Ki, 1M or 4096'))
}

/** `30s`, `500ms`, `2m`, `30` (seconds) → ms. Throws a usage error. */
export function parseDurationMs(text: string): number {
  return parse(text, /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/i, TIME_UNITS_MS, 'a duration', '30s, 500ms, 2m or 30')
}

function parse(
  text: string,
  form: RegExp,
  units: Readonly<Record<string, number>>,
  what: string,
  examples: string,
): number {
  const match = form.exec(text.trim())
  const unit = units[(match?.[2] ?? '').toLowerCase()]
  if (match === null || unit === undefined) {
    throw new TracerError('usage', `${JSON.stringify(text)} is not ${what}`, `write it as ${examples}`)
  }
  return Number(match[1]) * unit
}

/** `5`, `2.5%` → the share, 0.05. Throws a usage error; 0 is none. */
export function parsePercent(text: string): number {
  const share = parse(text, /^(\d+(?:\.\d+)?)\s*(%)?$/, { '': 0.01, '%': 0.01 }, 'a percentage', '5 or 2.5%')
  if (share > 0) return share
  throw new TracerError('usage', `${JSON.stringify(text)} is not a percentage`, 'more than 0')
}

/** `80,443` or repeated → the parts, without empty ones. */
export function parseList(values: readonly string[] | undefined): string[] {
  return (values ?? []).flatMap((value) => value.split(',')).filter((part) => part !== '')
}

/** An integer in [min, max]. Throws a usage error that names `what`. */
export function parseInteger(text: string, what: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new TracerError('usage', `${JSON.stringify(text)} is not ${what}`, `an integer from ${min} to ${max}`)
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes for people: `3.4 KiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[unit]}`
}
