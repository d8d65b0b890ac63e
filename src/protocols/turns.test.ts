import { CALM_TURNS, Turns } from './turns.js'

/** One exchange in strict turn: whether its answer was paired. */
function exchange(turns: Turns, holes = false): boolean {
  turns.next(0, holes, false)
  if (!turns.paired && turns.mayPair(1)) turns.paired = true
  if (turns.paired) turns.answer(1)
  else turns.passOver()
  return turns.paired
}

test('as long as nothing is lost, requests stand behind one another', () => {
  const turns = new Turns(true)
  expect([turns.next(0, false, false), turns.next(1, false, false), turns.next(2, false, false)]).toEqual(
    Array(3).fill('behind'),
  )
  expect(turns.paired).toBe(true)
})

test('after a loss of the server, the next request is in its turn', () => {
  const turns = new Turns(true)
  turns.next(0, false, false)
  turns.lose(1)
  expect(turns.mayPair(0)).toBe(false)
  expect(turns.next(0, false, false)).toBe('alone')
  expect(turns.mayPair(1)).toBe(true)
})

test('a lost request may be answered next, but not that of a client which asks one thing at a time', () => {
  const hasty = new Turns(true)
  expect(hasty.next(0, true, false)).toBe('lost')
  expect(hasty.mayPair(1)).toBe(false)
  hasty.passOver()
  expect(exchange(hasty)).toBe(true)

  const calm = new Turns(true)
  for (let i = 0; i < CALM_TURNS; i++) exchange(calm)
  // Its answer came before the next request, and answered nothing.
  calm.lose(0)
  expect(exchange(calm, true)).toBe(true)
})

test('a request behind one that is not answered yet is not known to be next', () => {
  const turns = new Turns(false)
  expect(turns.next(0, false, false)).toBe('alone')
  expect(turns.next(1, false, false)).toBe('alone')
  expect(turns.mayPair(1)).toBe(false)
  turns.passOver()
  expect(exchange(turns)).toBe(true)
})

test('a client that had several under way is believed after some turns', () => {
  const turns = new Turns(true)
  for (let waiting = 0; waiting < 3; waiting++) turns.next(waiting, false, false)
  turns.lose(3)
  const paired = Array.from({ length: CALM_TURNS }, () => exchange(turns))
  expect(paired).toEqual([false, false, false, true])
})

test('more than can be kept is a loss', () => {
  const turns = new Turns(true)
  expect(turns.next(9, false, true)).toBe('lost')
  expect(turns.paired).toBe(false)
})

test('of a connection that was joined, the caller may want a turn first', () => {
  const turns = new Turns(false, 1)
  expect([exchange(turns), exchange(turns)]).toEqual([false, true])
})
