import type { Command } from './command.js'

const COMPACT_AT = 1024

/** Commands in their order, first in, first out. */
export class Queue {
  /** About how many bytes of them are kept. */
  held = 0
  readonly #commands: Command[] = []
  #first = 0

  get length(): number {
    return this.#commands.length - this.#first
  }

  get first(): Command | undefined {
    return this.#commands[this.#first]
  }

  push(command: Command): void {
    this.#commands.push(command)
    this.held += command.kept
  }

  /** Removes the first. */
  shift(): void {
    this.held -= this.first?.kept ?? 0
    this.#first++
    if (this.#first < COMPACT_AT && this.#first < this.#commands.length) return
    this.#commands.splice(0, this.#first)
    this.#first = 0
  }

  /** Gives up on the replies to all of them. */
  abandon(): void {
    for (let i = this.#first; i < this.#commands.length; i++) {
      const command = this.#commands[i] as Command
      command.abandoned = true
      command.lost = true
    }
    this.#commands.length = 0
    this.#first = 0
    this.held = 0
  }
}
