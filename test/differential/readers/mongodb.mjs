import { list, some } from './common.mjs'

const OPCODES = {
  1: 'OP_REPLY',
  2001: 'OP_UPDATE',
  2002: 'OP_INSERT',
  2004: 'OP_QUERY',
  2005: 'OP_GET_MORE',
  2006: 'OP_DELETE',
  2007: 'OP_KILL_CURSORS',
  2010: 'OP_COMMAND',
  2013: 'OP_MSG',
}

const LEGACY = ['OP_INSERT', 'OP_UPDATE', 'OP_DELETE', 'OP_GET_MORE']
const isCommand = (name) => name.endsWith('.$cmd')

export const mongodb = {
  name: 'mongodb',
  folder: 'mongodb',
  tables: ['mongodb_events'],
  ours: (row) => [
    ...some(row.req_op, (op) => `request ${op}`),
    ...(row.resp_size === null ? [] : ['reply']),
    ...some(collectionOf(row)),
  ],
  // A reply whose request is not in the capture is counted, and no row.
  theirs: (record, { records }) => {
    const op = OPCODES[record['mongo.opcode']] ?? record['mongo.opcode']
    const answered = records.some((other) => other['mongo.request_id'] === record['mongo.response_to'])
    if (op === 'OP_REPLY' || (op === 'OP_MSG' && answered)) return answered ? ['reply'] : []
    const collections = list(record['mongo.full_collection_name']).filter((name) => !isCommand(name))
    return [`request ${op}`, ...collections.map((name) => `in ${name}`)]
  },
}

// Of a command, the collection stands in the command: the other reader has it as a value without a name.
function collectionOf({ req_op: op, req_database: database, req_collection: collection, req_cmd: command }) {
  const named = op === 'OP_QUERY' ? command === 'find' : LEGACY.includes(op)
  return named && collection !== null ? `in ${database}.${collection}` : undefined
}
