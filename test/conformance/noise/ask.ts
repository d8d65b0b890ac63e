import { ByteCursor } from '../../../src/protocols/cursor.js'
import type { InferHint, Protocol } from '../../../src/protocols/protocol.js'
import { seeded } from '../example.js'
import { type Make, pick, type Random, whole } from './random.js'

const CUTS = [16, 64, 256, Number.POSITIVE_INFINITY]
const ROLES = ['client', 'server', 'unknown'] as const
const PORTS = [
  [40_000, 40_001],
  [40_000, 8443],
  [8443, 40_000],
] as const
/** Of a connection joined in the middle, so much may be gone of what is made. */
const MOST_GONE = 200
const NOTHING = Buffer.alloc(0)

/** What a protocol took for itself. */
export interface Wrong {
  readonly protocol: string
  readonly bytes: string
}

/** Asks each of the protocols what the windows of one kind of noise are. */
export function ask(protocols: readonly Protocol[], make: Make, windows: number, seed: number): Wrong[] {
  const random = seeded(seed)
  const wrong: Wrong[] = []
  for (let i = 0; i < windows; i++) {
    const hint = hintOf(random)
    const [sent, received] = windowOf(random, make, hint, CUTS[i % CUTS.length] as number)
    const transport = hint.transport ?? 'stream'
    for (const { name, transports, infer } of protocols) {
      if (transports !== 'both' && transports !== transport) continue
      const guess = infer(new ByteCursor(sent), new ByteCursor(received), hint)
      if (guess === 'no' || guess === 'need-more') continue
      wrong.push({
        protocol: name,
        bytes: `${guess} ${JSON.stringify(hint)} ${sent.toString('hex')} | ${received.toString('hex')}`,
      })
    }
  }
  return wrong
}

// One in eight is a datagram.
function hintOf(random: Random): InferHint {
  const [localPort, remotePort] = pick(random, PORTS)
  const hint = { role: pick(random, ROLES), localPort, remotePort, fromStart: random() < 0.5 }
  return random() < 1 / 8 ? { ...hint, fromStart: true, transport: 'datagram' } : hint
}

function windowOf(random: Random, make: Make, hint: InferHint, cut: number): readonly [Buffer, Buffer] {
  const { client, server } = make(random)
  const heard = whole(random, 0, hint.transport === 'datagram' ? 1 : 3)
  const part = (bytes: Buffer): Buffer => {
    if (hint.transport === 'datagram') return bytes
    const gone = hint.fromStart || random() < 0.3 ? 0 : whole(random, 0, Math.min(bytes.length, MOST_GONE))
    return bytes.subarray(gone, gone + cut)
  }
  const [one, other] = [heard === 1 ? NOTHING : part(client), heard === 0 ? NOTHING : part(server)]
  return hint.role === 'server' || (hint.role === 'unknown' && random() < 0.5) ? [other, one] : [one, other]
}
