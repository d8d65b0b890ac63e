import type { Span } from '../protocols/protocol.js'
import { Neighbours } from './neighbours.js'

const call = (startNs: number, endNs = startNs): Span => ({ startNs, endNs, lost: false })

/** Requests and responses by the times of their calls, one list for each pass of pairing → which are batched. */
function batched(...passes: readonly (readonly [Span | undefined, Span | undefined])[][]): boolean[] {
  const result: boolean[] = []
  const neighbours = new Neighbours()
  for (const pass of passes) {
    neighbours.emitTo((_request, _response, _row, _cut, shared) => void result.push(shared))
    for (const [request, response] of pass) neighbours.add(request, response, {}, 0)
    neighbours.flush()
  }
  return result
}

test('a call for each message', () => {
  expect(batched([[call(1), call(2)]], [[call(3), call(4)]])).toEqual([false, false])
})

test('requests in one call, answered together', () => {
  const pass: [Span, Span][] = [1, 2, 3].map(() => [call(1), call(5)])
  expect(batched(pass)).toEqual([true, true, true])
})

test('requests in one call, answered one by one: of the first it was not known yet', () => {
  expect(batched([[call(1), call(2)]], [[call(1), call(3)]], [[call(4), call(5)]])).toEqual([false, true, false])
})

test('a response that ends in the call in which the next one begins', () => {
  expect(
    batched([
      [call(1), call(3, 6)],
      [call(2), call(6, 8)],
    ]),
  ).toEqual([true, true])
})

test('messages without a partner share nothing by that', () => {
  expect(
    batched([
      [call(1), undefined],
      [call(2), undefined],
      [undefined, call(3)],
    ]),
  ).toEqual([false, false, false])
})
