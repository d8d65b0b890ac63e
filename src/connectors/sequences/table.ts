import { TIME_ } from '../../records/columns.js'
import { table } from '../../records/table.js'

/** Stirling's test generator; `fibonnaci` is spelt as in the original. */
export const sequence0 = table('sequence_generator0', 'Known sequences, to test what comes after a connector.', [
  TIME_,
  { name: 'x', type: 'int', desc: 'Counts from 0.', pattern: 'general' },
  { name: 'xmod10', type: 'int', desc: 'x modulo 10.', pattern: 'enum' },
  { name: 'xsquared', type: 'int', desc: 'x squared.', pattern: 'general' },
  { name: 'fibonnaci', type: 'int', desc: 'The x-th Fibonacci number, modulo 2^53.', pattern: 'general' },
  { name: 'PIx', type: 'float', desc: 'π times x.', pattern: 'general' },
])

export const sequence1 = table('sequence_generator1', 'Known sequences, to test what comes after a connector.', [
  TIME_,
  { name: 'x', type: 'int', desc: 'Counts from 0.', pattern: 'general' },
  { name: 'xmod8', type: 'int', desc: 'x modulo 8.', pattern: 'general' },
])
