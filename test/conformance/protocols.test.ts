import { PROTOCOLS } from '../../src/protocols/index.js'
import { conformance } from './conformance.js'
import { datagramConformance } from './datagrams.js'
import type { Example, Turn } from './example.js'
import { FOREIGN_TRAFFIC } from './foreign.js'

// The examples of a protocol are `test/conformance/<name>.ts`; a registered protocol without them fails here.
const examples = new Map<string, readonly Example[]>()
for (const { name } of PROTOCOLS) {
  const module = (await import(`./${name}.js`)) as { readonly examples: readonly Example[] }
  examples.set(name, module.examples)
}

test('every registered protocol has examples', () => {
  for (const { name } of PROTOCOLS) expect(examples.get(name)?.length).toBeGreaterThan(0)
})

for (const protocol of PROTOCOLS) {
  const foreign = new Map<string, readonly Turn[]>(FOREIGN_TRAFFIC)
  for (const [name, list] of examples) {
    if (name !== protocol.name) for (const example of list) foreign.set(`${name}: ${example.name}`, example.turns)
  }
  const own = examples.get(protocol.name) ?? []
  const streams = own.filter(({ transport }) => transport !== 'datagram')
  const datagrams = own.filter(({ transport }) => transport === 'datagram')
  describe(protocol.name, () => {
    if (protocol.transports !== 'datagram') conformance(protocol, streams, foreign)
    if (protocol.transports !== 'stream') datagramConformance(protocol, datagrams, foreign)
  })
}
