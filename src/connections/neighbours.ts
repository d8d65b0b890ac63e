import type { Span } from '../protocols/protocol.js'

/** `batched`: the exchange shares a call with another one, so its times are not its own. */
export type EmitExchange = (
  request: Span | undefined,
  response: Span | undefined,
  row: object,
  cut: number,
  batched: boolean,
) => void

/**
 * Which exchanges of a connection share a call with their neighbour: request with request, or response with response. An
 * exchange is held until the next one is there or nothing more can be paired for now, for either of two may be the first.
 */
export class Neighbours {
  #emit: EmitExchange = () => undefined
  /** The exchange that is held; nothing of it is kept behind. */
  #row: object | undefined
  #request: Span | undefined
  #response: Span | undefined
  #cut = 0
  #batched = false
  /** When the calls ended that carried the exchange before. */
  #requestNs = -1
  #responseNs = -1

  emitTo(emit: EmitExchange): this {
    this.#emit = emit
    return this
  }

  readonly add = (request: Span | undefined, response: Span | undefined, row: object, cut: number): void => {
    const shared =
      (request !== undefined && request.startNs === this.#requestNs) ||
      (response !== undefined && response.startNs === this.#responseNs)
    this.#batched = this.#batched || shared
    this.flush()
    this.#row = row
    this.#request = request
    this.#response = response
    this.#cut = cut
    this.#batched = shared
    this.#requestNs = request?.endNs ?? -1
    this.#responseNs = response?.endNs ?? -1
  }

  flush(): void {
    const row = this.#row
    if (row === undefined) return
    const [request, response] = [this.#request, this.#response]
    this.#row = undefined
    this.#request = undefined
    this.#response = undefined
    this.#emit(request, response, row, this.#cut, this.#batched)
  }
}
