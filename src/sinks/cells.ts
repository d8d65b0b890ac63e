import { escapeBytes } from '../records/text.js'

// Control characters drive a terminal, format characters reorder or hide what stands around them, separators break the line.
// Beyond the BMP only common emoji and Han are shown: on the width of the rest, terminals and cli-table3 do not agree.
const COMMON = /[\u{1f300}-\u{1f3fa}\u{1f400}-\u{1f64f}\u{1f680}-\u{1f6c5}\u{1f910}-\u{1f93a}\u{20000}-\u{3fffd}]/u
const UNSAFE = new RegExp(`[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]|(?!${COMMON.source})[\\u{10000}-\\u{10ffff}]`, 'gu')
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text of a traced process as one harmless line of at most `width` columns, `…` where it was cut. */
export function harmless(text: string, width: number): string {
  // Every character takes a column or more: what is beyond is not looked at.
  const head = text.slice(0, 2 * width + 2)
  return cut((escapeBytes(head) ?? head).replace(UNSAFE, visible), width)
}

function visible(c: string): string {
  const code = c.codePointAt(0) as number
  return NAMED[c] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`)
}

// Characters that take two columns (UAX #11), and some more that take one: a cell may turn out too narrow, never too wide.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffe6\u{10000}-\u{10ffff}\p{Extended_Pictographic}]/u

/** The text cut to `width` columns. */
export function cut(text: string, width: number): string {
  let used = 0
  let end = 0
  for (const c of text) {
    used += WIDE.test(c) ? 2 : 1
    if (used > width) return `${text.slice(0, end)}…`
    if (used < width) end += c.length
  }
  return text
}

/** `head` cut so that `tail` stays whole: a process keeps its pid, an address its port. */
export function cutBefore(head: string, tail: string, width: number): string {
  return cut(harmless(head, Math.max(1, width - tail.length)) + tail, width)
}

/** Local time of day, from µs since the epoch: `09:41:17.123`. */
export function timeOfDay(micros: number): string {
  const date = new Date(micros / 1000)
  if (Number.isNaN(date.getTime())) return ''
  const [h, m, s] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => `${n}`.padStart(2, '0'))
  return `${h}:${m}:${s}.${`${date.getMilliseconds()}`.padStart(3, '0')}`
}

type Scale = readonly (readonly [factor: number, unit: string])[]

const DURATION: Scale = [
  [3600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
]
const SIZE: Scale = [
  [2 ** 40, 'TiB'],
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
]

/** `1.2 ms` */
export function duration(ns: number): string {
  return scaled(ns, DURATION, 'ns')
}

/** `3.4 KiB` */
export function size(bytes: number): string {
  return scaled(bytes, SIZE, 'B')
}

function scaled(value: number, scale: Scale, base: string): string {
  for (const [factor, unit] of scale) {
    if (value < factor) continue
    const amount = value / factor
    return `${amount.toFixed(amount < 99.95 ? 1 : 0)} ${unit}`
  }
  return `${Math.round(value)} ${base}`
}

/** `4 812` */
export function grouped(value: number): string {
  return `${Math.round(value)}`.replace(/\B(?=(\d{3})+$)/g, ' ')
}
