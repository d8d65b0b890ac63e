import { ESSENTIAL, type Field, headingsOf, SPARE } from './fields.js'

export interface Slot {
  readonly field: Field
  readonly heading: string
  readonly width: number
}

/** Columns between two fields. */
export const GAP = 1
const PLENTY = 32

/** Chooses fields, in the table's order, whose widths with the gaps sum up to `width` at most. */
export function layout(fields: readonly Field[], width: number): readonly Slot[] {
  const ranked = [...fields].sort((a, b) => a.rank - b.rank)
  const chosen = choose(ranked, width)
  const widths = spread(chosen, width)
  const shown = fields.filter((field) => chosen.includes(field))
  const headings = headingsOf(shown)
  return shown.map((field, i) => ({
    field,
    heading: headings[i] as string,
    width: Math.min(width, widths.get(field) as number),
  }))
}

// The first is always there. Essential fields are rather made narrow than left out, others only come in where all have room.
function choose(ranked: readonly Field[], width: number): readonly Field[] {
  const chosen: Field[] = []
  let min = -GAP
  let want = -GAP
  for (const field of ranked) {
    const plenty = field.rank >= SPARE && chosen.some((other) => other.stretch) ? PLENTY : 0
    const needed = field.rank <= ESSENTIAL ? min + field.min : want + field.want + plenty
    if (needed + GAP > width && chosen.length > 0) continue
    chosen.push(field)
    min += GAP + field.min
    want += GAP + field.want
  }
  return chosen
}

// First what is wanted, in the order of the ranks; the rest goes to the texts, or where there are none, to all.
function spread(chosen: readonly Field[], width: number): ReadonlyMap<Field, number> {
  let left = width - chosen.reduce((sum, field) => sum + field.min + GAP, -GAP)
  const widths = new Map<Field, number>()
  for (const field of chosen) {
    const more = Math.max(0, Math.min(left, field.want - field.min))
    widths.set(field, field.min + more)
    left -= more
  }
  const stretched = chosen.filter((field) => field.stretch)
  const wider = stretched.length > 0 ? stretched : chosen.slice(1)
  const share = Math.max(0, Math.floor(left / wider.length))
  for (const field of wider) {
    widths.set(field, (widths.get(field) as number) + (field.stretch ? share : Math.min(share, 8)))
  }
  return widths
}
