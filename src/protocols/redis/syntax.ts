/**
 * Arguments → commands that take them, after the documentation of Redis 7.0. `key` one argument · `key+` one or more ·
 * `(field value)+` one or more groups · `key#` as many as the argument before says · `count?` perhaps one · `options*` what is
 * left, if anything.
 */
const SYNTAX: readonly (readonly [string, string])[] = [
  [
    '',
    `ASKING, AUTH, BGREWRITEAOF, DBSIZE, DEBUG, DISCARD, EXEC, FAILOVER, LASTSAVE, MONITOR, MULTI, PFSELFTEST, QUIT, RANDOMKEY,
    READONLY, READWRITE, RESET, ROLE, SAVE, SENTINEL, SYNC, TIME, UNWATCH, WAITAOF, ACL HELP, ACL LIST, ACL LOAD, ACL SAVE,
    ACL USERS, ACL WHOAMI, CLIENT GETNAME, CLIENT GETREDIR, CLIENT HELP, CLIENT ID, CLIENT INFO, CLIENT TRACKINGINFO,
    CLIENT UNPAUSE, CLUSTER BUMPEPOCH, CLUSTER FLUSHSLOTS, CLUSTER HELP, CLUSTER INFO, CLUSTER LINKS, CLUSTER MYID,
    CLUSTER MYSHARDID, CLUSTER NODES, CLUSTER SAVECONFIG, CLUSTER SHARDS, CLUSTER SLOTS, COMMAND, COMMAND COUNT,
    COMMAND HELP, CONFIG HELP, CONFIG RESETSTAT, CONFIG REWRITE, FUNCTION DUMP, FUNCTION HELP, FUNCTION KILL, FUNCTION LOAD,
    FUNCTION STATS, LATENCY DOCTOR, LATENCY HELP, LATENCY LATEST, MEMORY DOCTOR, MEMORY HELP, MEMORY MALLOC-STATS,
    MEMORY PURGE, MEMORY STATS, MODULE HELP, MODULE LIST, OBJECT HELP, PUBSUB HELP, PUBSUB NUMPAT, SCRIPT HELP,
    SCRIPT KILL, SLOWLOG HELP, SLOWLOG LEN, SLOWLOG RESET, XGROUP HELP, XINFO HELP, CLIENT KILL, HEXPIRE, HEXPIREAT,
    HEXPIRETIME, HGETDEL, HGETEX, HPERSIST, HPEXPIRE, HPEXPIREAT, HPEXPIRETIME, HPTTL, HSETEX, HTTL, XREAD, XREADGROUP`,
  ],
  [
    'key',
    `CLUSTER KEYSLOT, DECR, DUMP, EXPIRETIME, GET, GETDEL, HGETALL, HKEYS, HLEN, HVALS, INCR, LLEN, OBJECT ENCODING,
    OBJECT FREQ, OBJECT IDLETIME, OBJECT REFCOUNT, PERSIST, PEXPIRETIME, PTTL, SCARD, SMEMBERS, STRLEN, TTL, TYPE,
    XINFO GROUPS, XLEN, ZCARD`,
  ],
  ['key+', 'DEL, EXISTS, MGET, PFCOUNT, SDIFF, SINTER, SUNION, TOUCH, UNLINK, WATCH'],
  ['key+ timeout', 'BLPOP, BRPOP, BZPOPMAX, BZPOPMIN'],
  ['key value', 'APPEND, GETSET, SETNX'],
  ['key value options*', 'SET'],
  ['(key value)+', 'MSET, MSETNX'],
  ['key (field value)+', 'HMSET, HSET'],
  ['key field', 'HEXISTS, HGET, HSTRLEN'],
  ['key field+', 'HDEL, HMGET'],
  ['key field value', 'HSETNX'],
  ['key field increment', 'HINCRBY, HINCRBYFLOAT'],
  ['key increment', 'INCRBY, INCRBYFLOAT'],
  ['key decrement', 'DECRBY'],
  ['key element+', 'LPUSH, LPUSHX, RPUSH, RPUSHX'],
  ['key element options*', 'LPOS'],
  ['key element*', 'PFADD'],
  ['key member', 'SISMEMBER, ZSCORE'],
  ['key member options*', 'ZRANK, ZREVRANK'],
  ['key member+', 'GEOHASH, GEOPOS, SADD, SMISMEMBER, SREM, ZMSCORE, ZREM'],
  ['key member1 member2 unit?', 'GEODIST'],
  ['key member radius unit options*', 'GEORADIUSBYMEMBER, GEORADIUSBYMEMBER_RO'],
  ['key longitude latitude radius unit options*', 'GEORADIUS, GEORADIUS_RO'],
  ['key (longitude latitude member)+', 'GEOADD'],
  ['key (score member)+', 'ZADD'],
  ['key increment member', 'ZINCRBY'],
  ['key index', 'LINDEX'],
  ['key index element', 'LSET'],
  ['key count element', 'LREM'],
  ['key where pivot element', 'LINSERT'],
  ['key start stop', 'LRANGE, LTRIM, ZREMRANGEBYRANK'],
  ['key start stop options*', 'ZRANGE, ZREVRANGE'],
  ['key start end', 'GETRANGE, SUBSTR'],
  ['key start end options*', 'XRANGE'],
  ['key end start options*', 'XREVRANGE'],
  ['key min max', 'ZCOUNT, ZLEXCOUNT, ZREMRANGEBYLEX, ZREMRANGEBYSCORE'],
  ['key min max options*', 'ZRANGEBYLEX, ZRANGEBYSCORE'],
  ['key max min options*', 'ZREVRANGEBYLEX, ZREVRANGEBYSCORE'],
  ['key cursor options*', 'HSCAN, SSCAN, ZSCAN'],
  ['cursor options*', 'SCAN'],
  ['key offset', 'GETBIT'],
  ['key offset value', 'SETBIT, SETRANGE'],
  ['key bit start? end? unit?', 'BITPOS'],
  ['operation destkey key+', 'BITOP'],
  ['key seconds options*', 'EXPIRE'],
  ['key milliseconds options*', 'PEXPIRE'],
  ['key unix-time-seconds options*', 'EXPIREAT'],
  ['key unix-time-milliseconds options*', 'PEXPIREAT'],
  ['key seconds value', 'SETEX'],
  ['key milliseconds value', 'PSETEX'],
  ['key newkey', 'RENAME, RENAMENX'],
  ['key db', 'MOVE'],
  ['key ttl serialized-value options*', 'RESTORE, RESTORE-ASKING'],
  ['key options*', 'BITFIELD, BITFIELD_RO, GEOSEARCH, GETEX, MEMORY USAGE, SORT, SORT_RO, XINFO STREAM, XTRIM'],
  ['key count?', 'LPOP, RPOP, SPOP, SRANDMEMBER, ZPOPMAX, ZPOPMIN'],
  ['key count? options*', 'HRANDFIELD, ZRANDMEMBER'],
  ['key start? end? unit?', 'BITCOUNT'],
  ['destination key+', 'SDIFFSTORE, SINTERSTORE, SUNIONSTORE'],
  ['destination numkeys key# options*', 'ZDIFFSTORE, ZINTERSTORE, ZUNIONSTORE'],
  ['destination source options*', 'GEOSEARCHSTORE'],
  ['destkey sourcekey+', 'PFMERGE'],
  ['dst src min max options*', 'ZRANGESTORE'],
  ['source destination', 'RPOPLPUSH'],
  ['source destination member', 'SMOVE'],
  ['source destination timeout', 'BRPOPLPUSH'],
  ['source destination wherefrom whereto', 'LMOVE'],
  ['source destination wherefrom whereto timeout', 'BLMOVE'],
  ['source destination options*', 'COPY'],
  ['numkeys key# options*', 'SINTERCARD, ZDIFF, ZINTER, ZINTERCARD, ZUNION'],
  ['numkeys key# where options*', 'LMPOP, ZMPOP'],
  ['timeout numkeys key# where options*', 'BLMPOP, BZMPOP'],
  ['key1 key2 options*', 'LCS'],
  ['key id (field value)+', 'XADD'],
  ['key id+', 'XDEL'],
  ['key last-id options*', 'XSETID'],
  ['key group id+', 'XACK'],
  ['key group options*', 'XPENDING'],
  ['key group consumer min-idle-time id options*', 'XCLAIM'],
  ['key group consumer min-idle-time start options*', 'XAUTOCLAIM'],
  ['key groupname', 'XGROUP DESTROY, XINFO CONSUMERS'],
  ['key groupname id options*', 'XGROUP CREATE, XGROUP SETID'],
  ['key groupname consumername', 'XGROUP CREATECONSUMER, XGROUP DELCONSUMER'],
  ['channel message', 'PUBLISH'],
  ['shardchannel message', 'SPUBLISH'],
  ['channel+', 'SUBSCRIBE'],
  ['pattern+', 'PSUBSCRIBE'],
  ['shardchannel+', 'SSUBSCRIBE'],
  ['channel*', 'PUBSUB NUMSUB, UNSUBSCRIBE'],
  ['pattern*', 'PUBSUB CHANNELS, PUBSUB SHARDCHANNELS, PUNSUBSCRIBE'],
  ['shardchannel*', 'PUBSUB SHARDNUMSUB, SUNSUBSCRIBE'],
  ['script numkeys key# arg*', 'EVAL, EVAL_RO'],
  ['sha1 numkeys key# arg*', 'EVALSHA, EVALSHA_RO'],
  ['function numkeys key# arg*', 'FCALL, FCALL_RO'],
  ['script', 'SCRIPT LOAD'],
  ['sha1+', 'SCRIPT EXISTS'],
  ['mode', 'CLIENT CACHING, CLIENT NO-EVICT, CLIENT NO-TOUCH, CLIENT REPLY, SCRIPT DEBUG'],
  ['mode options*', 'CLIENT TRACKING'],
  ['library-name', 'FUNCTION DELETE'],
  ['serialized-value options*', 'FUNCTION RESTORE'],
  ['pattern', 'KEYS'],
  ['message', 'ECHO'],
  ['message?', 'PING'],
  ['index', 'SELECT'],
  ['index1 index2', 'SWAPDB'],
  ['numreplicas timeout', 'WAIT'],
  ['section*', 'INFO'],
  ['parameter+', 'CONFIG GET'],
  ['(parameter value)+', 'CONFIG SET'],
  ['username', 'ACL GETUSER'],
  ['username+', 'ACL DELUSER'],
  ['username rule*', 'ACL SETUSER'],
  ['username command arg*', 'ACL DRYRUN'],
  ['command*', 'COMMAND DOCS, COMMAND INFO, LATENCY HISTOGRAM'],
  ['command arg*', 'COMMAND GETKEYS, COMMAND GETKEYSANDFLAGS'],
  ['connection-name', 'CLIENT SETNAME'],
  ['name value', 'CLIENT SETINFO'],
  ['client-id options*', 'CLIENT UNBLOCK'],
  ['timeout options*', 'CLIENT PAUSE'],
  ['event', 'LATENCY GRAPH, LATENCY HISTORY'],
  ['event*', 'LATENCY RESET'],
  ['host port', 'REPLICAOF, SLAVEOF'],
  ['host port key destination-db timeout options*', 'MIGRATE'],
  ['replicationid offset options*', 'PSYNC'],
  ['(option value)+', 'REPLCONF'],
  ['path arg*', 'MODULE LOAD'],
  ['path options*', 'MODULE LOADEX'],
  ['name', 'MODULE UNLOAD'],
  ['subcommand key', 'PFDEBUG'],
  ['slot', 'CLUSTER COUNTKEYSINSLOT'],
  ['slot+', 'CLUSTER ADDSLOTS, CLUSTER DELSLOTS'],
  ['slot count', 'CLUSTER GETKEYSINSLOT'],
  ['slot options*', 'CLUSTER SETSLOT'],
  ['(start-slot end-slot)+', 'CLUSTER ADDSLOTSRANGE, CLUSTER DELSLOTSRANGE'],
  ['ip port options*', 'CLUSTER MEET'],
  ['config-epoch', 'CLUSTER SET-CONFIG-EPOCH'],
  ['node-id', 'CLUSTER COUNT-FAILURE-REPORTS, CLUSTER FORGET, CLUSTER REPLICAS, CLUSTER REPLICATE, CLUSTER SLAVES'],
  ['count?', 'ACL LOG, SLOWLOG GET'],
  ['category?', 'ACL CAT'],
  ['bits?', 'ACL GENPASS'],
  ['mode?', 'CLUSTER FAILOVER, CLUSTER RESET, FLUSHALL, FLUSHDB, FUNCTION FLUSH, SCRIPT FLUSH'],
  ['protover options*', 'HELLO'],
  ['options*', 'BGSAVE, CLIENT LIST, COMMAND LIST, FUNCTION LIST, LOLWUT, SHUTDOWN'],
]

/** Words that begin an option; what follows one belongs to it. */
export const OPTIONS: ReadonlySet<string> = new Set(
  `ABORT ABSTTL AGGREGATE ALPHA ANY ASC ASYNC AUTH AUTH2 BCAST BIT BLOCK BY BYBOX BYLEX BYRADIUS BYSCORE BYTE CH COPY COUNT DB
  DESC ENTRIESADDED ENTRIESREAD EX EXAT FILTERBY FORCE FREQ FROMLONLAT FROMMEMBER FULL GET GT IDLE IDLETIME IDX INCR INCRBY
  JUSTID KEEPTTL KEYS LASTID LEN LIMIT LT MATCH MAXDELETEDID MAXLEN MINID MINMATCHLEN MKSTREAM NOLOOP NOMKSTREAM NX OPTIN OPTOUT OVERFLOW
  PERSIST PREFIX PX PXAT RANK REDIRECT REPLACE RETRYCOUNT REV SAMPLES SET SETNAME STORE STOREDIST SYNC TIME TYPE WEIGHTS
  WITHCODE WITHCOORD WITHDIST WITHHASH WITHMATCHLEN WITHSCORE WITHSCORES WITHVALUES XX`.split(/\s+/),
)

/** Part of a syntax: names of the arguments that it takes, and how often it takes them. */
export interface Part {
  readonly name: string
  readonly group: readonly string[]
  readonly times: '1' | '+' | '*' | '#' | '?'
  /** The fewest arguments that it takes, and that the parts after it take. */
  readonly least: number
  readonly later: number
}

function partsOf(syntax: string): readonly Part[] {
  const parts: Part[] = []
  for (const word of (syntax.match(/\([^)]*\)[+*]|\S+/g) ?? []).reverse()) {
    const name = word.replace(/[()+*#?]/g, '')
    const group = name.split(' ')
    const times = timesOf(word.at(-1))
    const least = times === '1' || times === '+' ? group.length : 0
    const next = parts[0]
    parts.unshift({ name, group, times, least, later: next === undefined ? 0 : next.least + next.later })
  }
  return parts
}

function timesOf(mark: string | undefined): Part['times'] {
  return mark === '+' || mark === '*' || mark === '#' || mark === '?' ? mark : '1'
}

/** Commands of one or two words, upper case → what their arguments are called. */
export const COMMANDS: ReadonlyMap<string, readonly Part[]> = new Map(
  SYNTAX.flatMap(([syntax, names]) => {
    const parts = partsOf(syntax)
    return names.split(/,\s+/).map((name) => [name.trim(), parts] as const)
  }),
)

/** First words of the commands of two words. */
export const CONTAINERS: ReadonlySet<string> = new Set(
  [...COMMANDS.keys()].filter((name) => name.includes(' ')).map((name) => name.split(' ')[0] as string),
)
