import { PROTOCOLS } from '../../src/protocols/index.js'
import type { Example } from './example.js'

/** The examples of each protocol: those of `<name>.ts` in this folder; a registered protocol without that file fails. */
export const EXAMPLES: ReadonlyMap<string, readonly Example[]> = new Map(
  await Promise.all(
    PROTOCOLS.map(async ({ name }) => {
      const module = (await import(`./${name}.js`)) as { readonly examples: readonly Example[] }
      return [name, module.examples] as const
    }),
  ),
)
