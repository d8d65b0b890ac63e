import { list, some } from './common.mjs'

const OPCODES =
  `get set add replace delete increment decrement quit flush getq noop version getk getkq append prepend stat setq
addq replaceq deleteq incrementq decrementq quitq flushq appendq prependq`.split(/\s+/)
const BINARY_REQUEST = '128'

const ALIASES = { incr: 'increment', decr: 'decrement', flush_all: 'flush', stats: 'stat' }
const nameOf = (command) => ALIASES[command] ?? command

export const memcached = {
  name: 'memcached',
  folder: 'memcached',
  tables: ['memcached_events'],
  ours: (row) => some(row.req_cmd, (command) => `${nameOf(command)} ${(row.keys ?? []).join(' ')}`.trimEnd()),
  theirs: (record) => {
    if (record['memcache.magic'] === BINARY_REQUEST)
      return [`${OPCODES[Number(record['memcache.opcode'])]} ${record['memcache.key'] ?? ''}`.trimEnd()]
    // A list is no command, but what an answer holds.
    if (Array.isArray(record['memcache.command'])) return []
    return some(record['memcache.command'], (command) =>
      `${nameOf(command)} ${list(record['memcache.key']).join(' ')}`.trimEnd(),
    )
  },
}
