import { zstd, zstdInScript } from './zstd.js'

const MAGIC = '28b52ffd'
// `printf 'This is a test\\n' | zstd`, with and without a checksum.
const SMALL = `${MAGIC}045879000054686973206973206120746573740a894823ce`
const UNCHECKED = `${MAGIC}005879000054686973206973206120746573740a`

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')

describe.each([
  ['as Node does, where it can', zstd],
  ['in script', zstdInScript],
])('%s', (_name, decode) => {
  test.each([
    ['a frame', SMALL, 'This is a test\n'],
    ['without a checksum', UNCHECKED, 'This is a test\n'],
    ['cut after its block', SMALL.slice(0, -8), 'This is a test\n'],
    ['cut in its block', SMALL.slice(0, 40), ''],
    ['a block and the beginning of another', `${MAGIC}0058180000616263ff0000`, 'abc'],
    ['a byte, repeated', `${MAGIC}00582b000061`, 'aaaaa'],
  ])('%s', (_what, hex, expected) => {
    expect(decode(bytes(hex), 1024).toString()).toBe(expected)
  })

  test.each([
    ['no frame', Buffer.from('hello, world').toString('hex')],
    ['a dictionary', `${MAGIC}0158ff79000054`],
    ['nothing', ''],
  ])('%s: thrown, or nothing', (_what, hex) => {
    let text = ''
    try {
      text = decode(bytes(hex), 1024).toString()
    } catch {}
    expect(text).toBe('')
  })

  test('many blocks, and large ones, cost a bounded time and a bounded memory', () => {
    const empty = Buffer.concat([bytes(`${MAGIC}0068`), Buffer.alloc(60_000)])
    expect(decode(empty, 1024)).toHaveLength(0)
    const large = Buffer.concat([bytes(`${MAGIC}0068`), ...Array<Buffer>(1000).fill(bytes('02001061'))])
    try {
      expect(decode(large, 1024).length).toBeLessThan(4 * 1024 * 1024)
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ERR_BUFFER_TOO_LARGE')
    }
  })
})
