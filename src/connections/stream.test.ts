import { Stream } from './stream.js'

const windowOf = ({ buf, start, end }: Stream): string => buf.toString('latin1', start, end)

function streamAt(position: number, keep = false): Stream {
  const stream = new Stream(0)
  stream.next = position
  if (!keep) stream.confirm()
  return stream
}

function add(stream: Stream, text: string, timeNs: number): Buffer {
  const batch = Buffer.from(`xx${text}yy`)
  stream.add(batch, 2, 2 + text.length, timeNs)
  return batch
}

describe('the window', () => {
  test('is borrowed where nothing was left over, and copied by settle', () => {
    const stream = streamAt(0)
    const batch = add(stream, 'hello', 1)
    expect(stream.buf).toBe(batch)
    stream.eat(2)
    stream.settle()
    batch.fill(0)
    expect(windowOf(stream)).toBe('llo')
    expect([stream.position, stream.next]).toEqual([2, 5])
  })

  test.each([
    ['kept for another guess', true],
    ['proven', false],
  ])('holds what was not eaten over many batches: %s', (_name, keep) => {
    const stream = streamAt(10, keep)
    let expected = ''
    for (let i = 0; i < 300; i++) {
      const text = `${i}`.repeat(1 + (i % 70))
      const batch = add(stream, text, i)
      expected += text
      const n = (i * 7) % (expected.length + 1)
      if (n > 0) stream.eat(n)
      expected = expected.slice(n)
      if (i % 3 === 0) {
        stream.settle()
        batch.fill(0)
      }
      expect(windowOf(stream)).toBe(expected)
      expect(stream.next - stream.position).toBe(expected.length)
    }
  })

  test('two adds in one batch', () => {
    const stream = streamAt(0)
    add(stream, 'ab', 1)
    add(stream, 'cd', 2)
    expect(windowOf(stream)).toBe('abcd')
  })
})

describe('time', () => {
  test.each([
    ['borrowed', false],
    ['own', true],
  ])('a frame begins and ends with the chunks that hold its bytes: %s', (_name, keep) => {
    const stream = streamAt(100, keep)
    add(stream, 'abcd', 10)
    stream.eat(2)
    expect([stream.frameStartNs, stream.eatenNs]).toEqual([10, 10])
    stream.frameStartNs = -1
    stream.settle()
    add(stream, 'efgh', 20)
    stream.settle()
    add(stream, 'i', 30)
    stream.eat(2)
    expect([stream.frameStartNs, stream.eatenNs]).toEqual([10, 10])
    stream.frameStartNs = -1
    stream.eat(4)
    expect([stream.frameStartNs, stream.eatenNs]).toEqual([20, 20])
    stream.eat(1)
    expect([stream.frameStartNs, stream.eatenNs]).toEqual([20, 30])
  })

  test('bytes that are not there have the time of what told of them', () => {
    const stream = streamAt(0)
    stream.skip(1000, 7)
    expect([stream.next, stream.frameStartNs, stream.eatenNs]).toEqual([1000, 7, 7])
    add(stream, 'ab', 8)
    stream.eat(2)
    expect([stream.frameStartNs, stream.eatenNs]).toEqual([7, 8])
  })

  test('chunks say where each ended and when it moved', () => {
    const stream = streamAt(5, true)
    add(stream, 'ab', 1)
    add(stream, 'cde', 2)
    expect(stream.chunks()).toEqual([
      [7, 1],
      [10, 2],
    ])
  })
})

describe('rewind', () => {
  test('goes back to the first byte, also of what was eaten', () => {
    const stream = streamAt(0, true)
    add(stream, 'abc', 1)
    stream.eat(3)
    stream.settle()
    add(stream, 'def', 2)
    stream.eat(1)
    stream.want = 9
    expect(stream.rewind()).toBe(true)
    expect(windowOf(stream)).toBe('abcdef')
    expect([stream.position, stream.want, stream.frameStartNs]).toEqual([0, 0, -1])
    stream.eat(1)
    expect(stream.frameStartNs).toBe(1)
  })

  test.each<[string, (stream: Stream) => void]>([
    ['a row was emitted', (stream) => stream.confirm()],
    ['bytes are missing', (stream) => stream.skip(1, 1)],
    ['it was released', (stream) => stream.release()],
    ['too much came', (stream) => [1, 2, 3].map((ns) => add(stream, 'x'.repeat(40_000), ns))],
  ])('not after %s', (_name, spoil) => {
    const stream = streamAt(0, true)
    add(stream, 'abc', 1)
    spoil(stream)
    expect(stream.rewind()).toBe(false)
  })
})

test('release frees the window but keeps the position', () => {
  const stream = streamAt(0, true)
  add(stream, 'abc', 1)
  stream.release()
  expect([stream.length, stream.next]).toEqual([0, 3])
  add(stream, 'de', 2)
  expect(windowOf(stream)).toBe('de')
  expect(stream.position).toBe(3)
})

test('drop throws away the frame under way', () => {
  const stream = streamAt(0)
  add(stream, 'abcdef', 1)
  stream.eat(1)
  stream.frameLost = true
  stream.drop(2)
  expect([windowOf(stream), stream.frameStartNs, stream.frameLost]).toEqual(['def', -1, false])
})

test('begin: the next byte is the first of all', () => {
  const stream = streamAt(0, true)
  add(stream, 'abc', 1)
  add(stream, 'def', 2)
  stream.eat(4)
  stream.begin()
  expect([windowOf(stream), stream.position, stream.frameStartNs]).toEqual(['ef', 4, -1])
  expect(stream.chunks()).toEqual([[6, 2]])
  stream.eat(2)
  expect([stream.rewind(), windowOf(stream)]).toEqual([true, 'ef'])
})
