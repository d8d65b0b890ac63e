const COMPACT_AT = 128

/** When the bytes of a stream moved: a list of (position, time), one for each chunk. Kept without allocating in the usual case of one. */
export class Marks {
  /** Position and time in turn. */
  readonly #marks: number[] = [0, 0]
  #first = 0
  #end = 0

  /** The bytes from `position` on moved at `ns`. */
  add(position: number, ns: number): void {
    this.#marks[this.#end++] = position
    this.#marks[this.#end++] = ns
  }

  /** When the byte at `position` moved. */
  at(position: number): number {
    let i = this.#end - 2
    while (i > this.#first && (this.#marks[i] as number) > position) i -= 2
    return i < this.#first ? 0 : (this.#marks[i + 1] as number)
  }

  clear(): void {
    this.#first = 0
    this.#end = 0
  }

  /** Forgets what is about bytes before `position`. */
  forget(position: number): void {
    while (this.#first + 2 < this.#end && (this.#marks[this.#first + 2] as number) <= position) this.#first += 2
    if (this.#first < COMPACT_AT) return
    this.#marks.splice(0, this.#first)
    this.#end -= this.#first
    this.#first = 0
  }

  /** The chunks in order of arrival, [position after the last byte, time] each; `next` is the position after the last of all. */
  chunks(next: number): [number, number][] {
    const chunks: [number, number][] = []
    for (let i = this.#first; i < this.#end; i += 2) {
      const end = i + 2 < this.#end ? (this.#marks[i + 2] as number) : next
      chunks.push([end, this.#marks[i + 1] as number])
    }
    return chunks
  }
}
