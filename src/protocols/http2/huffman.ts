// RFC 7541 Appendix B: bits of the code of each byte, and of the end of the string. The code is canonical: they say all.
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
]
const EOS = 256
const STATES = 256

// A node of the code's tree is a state. Four bits of input lead to the next one and finish at most one byte.
const SYMBOL = 0x100
const NEXT = 9
const FAULT = -1

interface Automaton {
  /** By state and four bits: next state << 9, `SYMBOL` and the byte where one is finished; or `FAULT`. */
  readonly steps: Int32Array
  /** Where a string may end: after padding of less than a byte of ones. */
  readonly ends: Uint8Array
}

const { steps: STEPS, ends: ENDS } = automaton(tree())

// Pairs of children: a state, or ~byte.
function tree(): Int32Array {
  const children = new Int32Array(2 * STATES)
  const symbols = LENGTHS.map((length, symbol) => ({ length, symbol }))
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol)
  let code = 0
  let bits = 0
  let states = 1
  for (const { length, symbol } of symbols) {
    code *= 2 ** (length - bits)
    bits = length
    let node = 0
    for (let bit = length - 1; bit > 0; bit--) {
      const at = 2 * node + ((code >> bit) & 1)
      if (children[at] === 0) children[at] = states++
      node = children[at] as number
    }
    children[2 * node + (code & 1)] = ~symbol
    code++
  }
  return children
}

function automaton(children: Int32Array): Automaton {
  const steps = new Int32Array(16 * STATES)
  for (let at = 0; at < steps.length; at++) steps[at] = step(children, at >> 4, at & 15)
  const ends = new Uint8Array(STATES)
  for (let node = 0, ones = 0; ones < 8; ones++) {
    ends[node] = 1
    node = children[2 * node + 1] as number
  }
  return { steps, ends }
}

function step(children: Int32Array, from: number, bits: number): number {
  let node = from
  let symbol = 0
  for (let bit = 3; bit >= 0; bit--) {
    node = children[2 * node + ((bits >> bit) & 1)] as number
    if (node >= 0) continue
    // RFC 7541 §5.2: the code of the end of the string must not occur.
    if (~node === EOS) return FAULT
    symbol = SYMBOL | ~node
    node = 0
  }
  return (node << NEXT) | symbol
}

/** How many bytes `length` bytes of code may become. */
export function decodedMax(length: number): number {
  return Math.ceil((length * 8) / 5)
}

/** Decodes `buf[start, end)` into `out` → the length, or -1 where it is no Huffman code. */
export function decodeHuffman(buf: Buffer, start: number, end: number, out: Buffer): number {
  let state = 0
  let length = 0
  for (let at = start; at < end; at++) {
    const byte = buf[at] as number
    const high = STEPS[(state << 4) | (byte >> 4)] as number
    if (high === FAULT) return FAULT
    if ((high & SYMBOL) !== 0) out[length++] = high & 0xff
    const low = STEPS[((high >> NEXT) << 4) | (byte & 15)] as number
    if (low === FAULT) return FAULT
    if ((low & SYMBOL) !== 0) out[length++] = low & 0xff
    state = low >> NEXT
  }
  return ENDS[state] === 1 ? length : FAULT
}
