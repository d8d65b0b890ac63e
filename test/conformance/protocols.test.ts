import { PROTOCOLS } from '../../src/protocols/index.js'
import { conformance } from './conformance.js'
import { datagramConformance } from './datagrams.js'
import type { Turn } from './example.js'
import { EXAMPLES } from './examples.js'
import { FOREIGN_TRAFFIC } from './foreign.js'

test('every registered protocol has examples', () => {
  for (const { name } of PROTOCOLS) expect(EXAMPLES.get(name)?.length).toBeGreaterThan(0)
})

for (const protocol of PROTOCOLS) {
  const foreign = new Map<string, readonly Turn[]>(FOREIGN_TRAFFIC)
  for (const [name, list] of EXAMPLES) {
    if (name !== protocol.name) for (const example of list) foreign.set(`${name}: ${example.name}`, example.turns)
  }
  const own = EXAMPLES.get(protocol.name) ?? []
  const streams = own.filter(({ transport }) => transport !== 'datagram')
  const datagrams = own.filter(({ transport }) => transport === 'datagram')
  describe(protocol.name, () => {
    if (protocol.transports !== 'datagram') conformance(protocol, streams, foreign)
    if (protocol.transports !== 'stream') datagramConformance(protocol, datagrams, foreign)
  })
}
