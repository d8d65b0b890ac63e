const MAX_NAMES = 1024
const MAX_NAME = 255

/** Names of topics by their ids, as the connection's metadata told them. */
export class TopicNames {
  readonly #names = new Map<string, string>()

  learn(id: string, name: string): void {
    this.#names.set(id, name.slice(0, MAX_NAME))
    if (this.#names.size <= MAX_NAMES) return
    for (const oldest of this.#names.keys()) {
      this.#names.delete(oldest)
      return
    }
  }

  /** The name, or the id where nobody told it. */
  of(id: string): string {
    return this.#names.get(id) ?? id
  }
}
