import { PROTOCOLS } from '../../src/protocols/index.js'
import { EXAMPLES } from '../conformance/examples.js'
import { Fuzz } from './fuzz.js'

const { FUZZ_INPUTS, FUZZ_SEED, FUZZ_FROM, FUZZ_PROTOCOL } = process.env
const INPUTS = Number(FUZZ_INPUTS || 10_000)
const SEED = Number(FUZZ_SEED || 1)
const FROM = Number(FUZZ_FROM || 0)
/** Noise may rightly leave it open what answers what: so rarely. */
const SILENT_MAX = 0.001
const DAY_MS = 86_400_000

const chosen = PROTOCOLS.filter(({ name }) => !FUZZ_PROTOCOL || name === FUZZ_PROTOCOL)

describe.each(chosen)('$name', (protocol) => {
  const both = ['stream', 'datagram'] as const
  const transports = both.filter((each) => protocol.transports === each || protocol.transports === 'both')
  test.each(transports)(
    'damaged conversations over a %s',
    (transport) => {
      const fuzz = new Fuzz(protocol, EXAMPLES.get(protocol.name) ?? [], transport, SEED)
      fuzz.run(FROM, INPUTS)
      const { inputs, bytes, rows, recovered, silent, slowestMs } = fuzz.tally
      expect(inputs).toBe(INPUTS)
      expect(silent).toBeLessThanOrEqual(SILENT_MAX * (recovered + silent))
      if (FUZZ_INPUTS)
        process.stdout.write(
          `${protocol.name}, ${transport}: ${inputs} inputs of seed ${SEED} from ${FROM} on, ${bytes} bytes, ${rows} rows, ` +
            `${recovered} times an exchange after the noise, ${silent} times none, ${Math.ceil(slowestMs)} ms at most\n`,
        )
    },
    DAY_MS,
  )
})
