/** Command codes that decoding treats specially. */
export const COM = {
  quit: 0x01,
  initDb: 0x02,
  query: 0x03,
  fieldList: 0x04,
  createDb: 0x05,
  dropDb: 0x06,
  statistics: 0x09,
  processInfo: 0x0a,
  connect: 0x0b,
  changeUser: 0x11,
  binlogDump: 0x12,
  tableDump: 0x13,
  prepare: 0x16,
  execute: 0x17,
  sendLongData: 0x18,
  close: 0x19,
  reset: 0x1a,
  fetch: 0x1c,
  binlogDumpGtid: 0x1e,
  resetConnection: 0x1f,
  bulkExecute: 0xfa,
} as const

/** Command code → word: MySQL's and MariaDB's. */
export const COMMAND_WORDS: Readonly<Record<number, string>> = {
  0: 'COM_SLEEP',
  1: 'COM_QUIT',
  2: 'COM_INIT_DB',
  3: 'COM_QUERY',
  4: 'COM_FIELD_LIST',
  5: 'COM_CREATE_DB',
  6: 'COM_DROP_DB',
  7: 'COM_REFRESH',
  8: 'COM_SHUTDOWN',
  9: 'COM_STATISTICS',
  10: 'COM_PROCESS_INFO',
  11: 'COM_CONNECT',
  12: 'COM_PROCESS_KILL',
  13: 'COM_DEBUG',
  14: 'COM_PING',
  15: 'COM_TIME',
  16: 'COM_DELAYED_INSERT',
  17: 'COM_CHANGE_USER',
  18: 'COM_BINLOG_DUMP',
  19: 'COM_TABLE_DUMP',
  20: 'COM_CONNECT_OUT',
  21: 'COM_REGISTER_SLAVE',
  22: 'COM_STMT_PREPARE',
  23: 'COM_STMT_EXECUTE',
  24: 'COM_STMT_SEND_LONG_DATA',
  25: 'COM_STMT_CLOSE',
  26: 'COM_STMT_RESET',
  27: 'COM_SET_OPTION',
  28: 'COM_STMT_FETCH',
  29: 'COM_DAEMON',
  30: 'COM_BINLOG_DUMP_GTID',
  31: 'COM_RESET_CONNECTION',
  32: 'COM_CLONE',
  250: 'COM_STMT_BULK_EXECUTE',
  254: 'COM_MULTI',
}

const ANY = 0xffffff
// Code → shortest and longest payload a client sends, the code included; what is absent never travels as a request. A
// statement or a name may be empty, which the server refuses.
const LENGTHS: Readonly<Record<number, readonly [number, number]>> = {
  1: [1, 1],
  2: [1, 1025],
  3: [1, ANY],
  4: [2, 2050],
  5: [2, 1025],
  6: [2, 1025],
  7: [2, 2],
  8: [1, 2],
  9: [1, 1],
  10: [1, 1],
  12: [5, 5],
  13: [1, 1],
  14: [1, 1],
  17: [4, 65535],
  18: [11, 1024],
  19: [3, 1024],
  21: [18, 1024],
  22: [1, ANY],
  23: [10, ANY],
  24: [7, ANY],
  25: [5, 5],
  26: [5, 5],
  27: [3, 3],
  28: [9, 9],
  30: [21, ANY],
  31: [1, 1],
  32: [1, 1],
  250: [7, ANY],
}

/** Whether a client sends this command in a first packet of `length` bytes. */
export function plausibleLength(code: number, length: number): boolean {
  const range = LENGTHS[code]
  return range !== undefined && length >= range[0] && length <= range[1]
}

/** Whether the server answers the command. */
export function isAnswered(code: number): boolean {
  return code !== COM.quit && code !== COM.close && code !== COM.sendLongData
}

/** Whether the command's argument is SQL. */
export function isSql(code: number): boolean {
  return code === COM.query || code === COM.prepare
}

/** Whether the command's argument is a name. */
export function isName(code: number): boolean {
  return code === COM.initDb || code === COM.createDb || code === COM.dropDb || code === COM.fieldList
}

/** Whether the answer is an endless stream of another nature: replication. */
export function isDump(code: number): boolean {
  return code === COM.binlogDump || code === COM.binlogDumpGtid || code === COM.tableDump
}

/** Whether the command is answered by an authentication exchange. */
export function isLogin(code: number): boolean {
  return code === COM.connect || code === COM.changeUser
}
