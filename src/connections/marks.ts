const COMPACT_AT = 64

/** When the bytes of a stream moved: a list of (position, time), one for each chunk. Kept without allocating in the usual case of one. */
export class Marks {
  readonly #position: number[] = [0]
  readonly #ns: number[] = [0]
  #first = 0
  #end = 0

  /** The bytes from `position` on moved at `ns`. */
  add(position: number, ns: number): void {
    this.#position[this.#end] = position
    this.#ns[this.#end++] = ns
  }

  /** When the byte at `position` moved. */
  at(position: number): number {
    let i = this.#end - 1
    while (i > this.#first && (this.#position[i] as number) > position) i--
    return i < this.#first ? 0 : (this.#ns[i] as number)
  }

  clear(): void {
    this.#first = 0
    this.#end = 0
  }

  /** Forgets what is about bytes before `position`. */
  forget(position: number): void {
    while (this.#first + 1 < this.#end && (this.#position[this.#first + 1] as number) <= position) this.#first++
    if (this.#first < COMPACT_AT) return
    this.#position.splice(0, this.#first)
    this.#ns.splice(0, this.#first)
    this.#end -= this.#first
    this.#first = 0
  }

  /** The chunks in order of arrival, [position after the last byte, time] each; `next` is the position after the last of all. */
  chunks(next: number): [number, number][] {
    const chunks: [number, number][] = []
    for (let i = this.#first; i < this.#end; i++) {
      const end = i + 1 < this.#end ? (this.#position[i + 1] as number) : next
      chunks.push([end, this.#ns[i] as number])
    }
    return chunks
  }
}
