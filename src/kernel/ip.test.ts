import { bytesOf, viewOf } from './bytes.js'
import { Fragments } from './fragments.js'
import { payloadOf } from './ip.js'

const UDP = Buffer.from('4500001d000000004011000001020304050607080035003500090000' + '41', 'hex')
const AROUND = Buffer.alloc(7, 0x88)
const LLC = 'aaaa03000000' + '0800'

const text = (linkType: number, hex: string): string | undefined => {
  const bytes = Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), UDP])
  // As in a file: other bytes are before it and behind it.
  const buf = Buffer.concat([AROUND, bytes, AROUND])
  const [start, end] = [AROUND.length, AROUND.length + bytes.length]
  const payload = payloadOf(
    { linkType, view: viewOf(buf), start, end, length: bytes.length, us: 0, ns: 0 },
    new Fragments(),
  )
  return typeof payload === 'object'
    ? bytesOf(payload.view, payload.start + 8, payload.end).toString('latin1')
    : payload
}

test.each<[string, number, string, string | undefined]>([
  ['802.11, data', 105, `0801 ${'00'.repeat(22)} ${LLC}`, 'A'],
  ['802.11, data with QoS', 105, `8801 ${'00'.repeat(22)} 0000 ${LLC}`, 'A'],
  ['802.11, QoS and HT control', 105, `8881 ${'00'.repeat(22)} 0000 00000000 ${LLC}`, 'A'],
  ['802.11, between access points', 105, `0803 ${'00'.repeat(28)} ${LLC}`, 'A'],
  ['802.11 behind radiotap', 127, `0000 0c00 ${'00'.repeat(8)} 0801 ${'00'.repeat(22)} ${LLC}`, 'A'],
  ['802.11, encrypted', 105, `0841 ${'00'.repeat(22)} ${LLC}`, undefined],
  ['802.11, a beacon', 105, `8000 ${'00'.repeat(22)} ${LLC}`, undefined],
  ['802.11, no data in it', 105, `4801 ${'00'.repeat(22)} ${LLC}`, undefined],
  ['Ethernet', 1, `${'00'.repeat(12)} 0800`, 'A'],
  ['IPv4 in IPv4', 101, '45000031 00000000 40040000 01020304 05060708', 'A'],
  ['IPv4 in IPv6', 101, `60000000 001d0440 ${'00'.repeat(32)}`, 'A'],
  ['a link type that is not known', 9999, '', undefined],
])('%s', (_name, linkType, hex, expected) => expect(text(linkType, hex)).toBe(expected))
