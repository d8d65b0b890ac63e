// Each is one fault: `find` occurs once in `file`, `put` takes its place (`$&` is what was there), and a test of `suite` must fail.

const LIVE_CALLS = { project: 'bpf', path: 'test/bpf/calls.bpf.test.ts' }
const LIVE_ROBUST = { project: 'bpf', path: 'test/bpf/robust.bpf.test.ts' }

const unit = (path) => ({ project: 'unit', path })
const only = (suite, test) => ({ ...suite, test })

const BPF = [
  {
    name: 'drop every 97th call',
    file: 'bpf/lib/sock_layer.h',
    find: '\tif (result < 0)\n',
    put: '\tstatic u32 calls;\n\n\tif (++calls % 97 == 0)\n\t\treturn;\n$&',
    suite: only(LIVE_CALLS, 'layer sock, inet$'),
  },
  {
    name: 'pass over every second iovec',
    file: 'bpf/lib/submit.h',
    find: 'walk->segment_at += sizeof(iov);',
    put: 'walk->segment_at += 2 * sizeof(iov);',
    suite: only(LIVE_CALLS, 'layer sock, inet$'),
  },
  {
    name: 'take MSG_PEEK for data',
    file: 'bpf/lib/syscalls.h',
    find: '(MSG_OOB | MSG_PEEK | MSG_ERRQUEUE)',
    put: '(MSG_OOB | MSG_ERRQUEUE)',
    suite: only(LIVE_CALLS, 'layer sock, unix$'),
  },
  {
    name: 'forget that a FIN counts one',
    file: 'bpf/lib/conn.h',
    find: '\t\tseq--;',
    put: '\t\t;',
    suite: only(LIVE_CALLS, 'layer sock, inet$'),
  },
  {
    name: 'forget the later messages of one sendmmsg',
    file: 'bpf/lib/syscall_layer.h',
    find: 'all->src.after += message_bytes(&all->call, index);',
    put: ';',
    suite: only(LIVE_CALLS, 'layer syscall, inet$'),
  },
  {
    name: 'begin each piece of a call at its first byte',
    file: 'bpf/lib/submit.h',
    find: '\twalk->from += n;\n',
    put: '',
    suite: only(LIVE_CALLS, 'layer sock, inet6$'),
  },
  {
    name: 'do not count what the ring has no room for',
    file: 'bpf/lib/submit.h',
    find: 'account(submit_piece(walk, n, looped), n);',
    put: '{ if (submit_piece(walk, n, looped) == REASON_EMITTED) account(REASON_EMITTED, n); }',
    suite: only(LIVE_ROBUST, 'a tiny ring'),
  },
  {
    name: 'look at the local port only',
    file: 'bpf/lib/scope.h',
    find: 'port_wanted(local) || port_wanted(remote)',
    put: 'port_wanted(local)',
    suite: only({ project: 'bpf', path: 'test/bpf/scope.bpf.test.ts' }, '--port is the port'),
  },
  {
    name: 'take on every connection, however full the ring is',
    file: 'bpf/lib/submit.h',
    find: 'else if (conn->shed)',
    put: 'else if (conn->shed > 1)',
    suite: only({ project: 'bpf', path: 'test/bpf/failures-load.bpf.test.ts' }, 'the ring fills up'),
  },
]

const CONNECTIONS = [
  {
    name: 'drop every 97th event',
    file: 'src/connections/tracker.ts',
    find: '    this.counts.events++\n',
    put: '$&    if (this.counts.events % 97 === 0) return\n',
    suite: unit('src/connections/tracker.test.ts'),
  },
  {
    name: 'leave the calls of several threads where the kernel has them',
    file: 'src/connections/held.ts',
    find: '    for (const [held, place] of places) held.position = place\n',
    put: '',
    suite: unit('src/connections/tracker.test.ts'),
  },
  {
    name: 'take bytes twice where events overlap',
    file: 'src/connections/tracker.ts',
    find: 'this.#bytes(conn, stream, buf, from + seen, from + captured, timeNs)',
    put: 'this.#bytes(conn, stream, buf, from, from + captured, timeNs)',
    suite: unit('src/connections/tracker.test.ts'),
  },
  {
    name: 'do not wait for a call that was overtaken',
    file: 'src/connections/held.ts',
    find: 'return position <= stream.next || position <= stream.until',
    put: 'return position >= 0 || stream.until > 0',
    suite: unit('src/connections/tracker.test.ts'),
  },
  {
    name: 'take a gap for wholeness',
    file: 'src/connections/decoder.ts',
    find: 'stream.frameLost = stream.frameLost || lost || leftover > 0',
    put: 'stream.frameLost = false',
    suite: unit('src/connections/tracker.test.ts'),
  },
  {
    name: 'date a frame by the newest bytes',
    file: 'src/connections/marks.ts',
    find: '> this.#first && (this.#marks[i] as number) > position) i -= 2',
    put: '> this.#first && (this.#marks[i] as number) > position + 1e9) i -= 2',
    suite: unit('src/connections/stream.test.ts'),
  },
  {
    name: 'leave borrowed bytes in the batch',
    file: 'src/connections/tracker.ts',
    find: '      this.#touched.push(conn)\n',
    put: '',
    suite: unit('src/connections/tracker.test.ts'),
  },
  {
    name: 'forget the generation in a verdict',
    file: 'src/connections/verdicts.ts',
    find: 'Math.floor(value / TWO_32)',
    put: '0',
    suite: unit('src/connections/verdicts.test.ts'),
  },
  {
    name: 'swap two columns',
    file: 'src/connections/connection.ts',
    find: 'remote_port: facts.remotePort,\n      local_addr: facts.localAddr,\n      local_port: facts.localPort,',
    put: 'remote_port: facts.localPort,\n      local_addr: facts.localAddr,\n      local_port: facts.remotePort,',
    suite: only(unit('test/golden/golden.test.ts'), 'nginx gives the rows'),
  },
]

const HTTP = [
  {
    name: 'pair responses last in, first out',
    file: 'src/protocols/http/pairing.ts',
    find: 'const request = pending.shift()',
    put: 'const request = pending.pop()',
    suite: unit('src/protocols/http/stitch.test.ts'),
  },
  {
    name: 'expect a body in the answer to HEAD',
    file: 'src/protocols/http/parse.ts',
    find: "next !== undefined || method === 'HEAD' || status === 204",
    put: 'next !== undefined || status === 204',
    suite: only(unit('test/conformance/protocols.test.ts'), 'http HEAD, 204 and 304'),
  },
  {
    name: 'take 100 Continue for the answer',
    file: 'src/protocols/http/parse.ts',
    find: 'status < 200 && ',
    put: 'status < 100 && ',
    suite: only(unit('test/conformance/protocols.test.ts'), 'http 100-continue'),
  },
  {
    name: 'read the size of a chunk as decimal',
    file: 'src/protocols/http/framing.ts',
    find: 'size = size * 16 + digit',
    put: 'size = size * 10 + digit',
    suite: only(unit('test/golden/golden.test.ts'), 'node-http gives the rows'),
  },
]

const MYSQL = [
  {
    name: 'count the EOF packet as a row',
    file: 'src/protocols/mysql/response.ts',
    find: 'if (length === 0 || first === FIRST.err || (first === FIRST.eof && length < MAX_PAYLOAD)) break\n      rows++',
    put: 'rows++\n      if (length === 0 || first === FIRST.err || (first === FIRST.eof && length < MAX_PAYLOAD)) break',
    suite: unit('src/protocols/mysql/mysql.test.ts'),
  },
  {
    name: 'skip the bitmap of NULLs',
    file: 'src/protocols/mysql/params.ts',
    find: '(1 << (i & 7))) !== 0',
    put: '(1 << (i & 7))) > 0xff',
    suite: only(unit('test/conformance/protocols.test.ts'), 'mysql prepared statement'),
  },
  {
    name: 'end an answer with its first result',
    file: 'src/protocols/mysql/answer.ts',
    find: '(status & STATUS.moreResults) !== 0 ? STEP.start',
    put: '(status & STATUS.moreResults) < 0 ? STEP.start',
    suite: only(unit('test/conformance/protocols.test.ts'), 'mysql several result sets'),
  },
  {
    name: 'take the marker of the SQLSTATE for a part of it',
    file: 'src/protocols/mysql/answer.ts',
    find: 'text(buf, start + 4, start + 9)',
    put: 'text(buf, start + 3, start + 8)',
    suite: only(unit('test/conformance/protocols.test.ts'), 'mysql error'),
  },
  {
    name: 'remember a prepared statement under another id',
    file: 'src/protocols/mysql/answer.ts',
    find: 'statement.id = id',
    put: 'statement.id = id + 1',
    suite: only(unit('test/conformance/protocols.test.ts'), 'mysql prepared statement'),
  },
]

const ROWS = [
  {
    name: 'show the token in a URL',
    file: 'src/records/redact.ts',
    find: "return clean.includes('=') && (clean",
    put: "return clean.includes('==') && (clean",
    suite: unit('src/records/redact.test.ts'),
  },
  {
    name: 'do not escape lone surrogates',
    file: 'src/records/encode.ts',
    find: '\\u2028\\u2029\\ud800-\\udfff]/',
    put: '\\u2028\\u2029]/',
    suite: unit('src/sinks/ndjson.test.ts'),
  },
  {
    name: 'let the control characters of a terminal through',
    file: 'src/records/encode.ts',
    find: 'const HARMFUL = /[\\u007f-\\u009f',
    put: 'const HARMFUL = /[\\u009f',
    suite: unit('src/sinks/ndjson.test.ts'),
  },
  {
    name: 'forget the last lines of a batch',
    file: 'src/sinks/ndjson.ts',
    find: '    }\n    this.#output.write(chunk)\n',
    put: '    }\n',
    suite: unit('src/sinks/ndjson.test.ts'),
  },
  {
    name: 'do not wait for a slow reader',
    file: 'src/sinks/output.ts',
    find: 'return this.#full\n',
    put: 'return this.broken === undefined ? undefined : this.#full\n',
    suite: unit('src/sinks/ndjson.test.ts'),
  },
  {
    name: 'split a character where a text is cut',
    file: 'src/records/text.ts',
    find: '  for (let back = 0; back < 3 && cut > start && ((buf[cut] as number) & 0xc0) === 0x80; back++) cut--\n',
    put: '',
    suite: unit('src/records/text.test.ts'),
  },
  {
    name: 'forget to flush at the end',
    file: 'src/pipeline/pipeline.ts',
    find: '    for (const connector of this.#connectors) connector.flush(this.#take)\n',
    put: '',
    suite: unit('src/pipeline/pipeline.test.ts'),
  },
]

const RECORDING = [
  {
    name: 'believe a wrong checksum',
    file: 'src/kernel/replay.ts',
    find: 'if (checksum(head, payload) !== head.readUInt32LE(8))',
    put: 'if (checksum(head, payload) < 0)',
    suite: unit('src/kernel/recording.test.ts'),
  },
  {
    name: 'take a recording that is cut off for a whole one',
    file: 'src/kernel/replay.ts',
    find: "if (head === undefined) return this.damaged('the recording is cut off')",
    put: 'if (head === undefined) return undefined',
    suite: unit('src/kernel/recording.test.ts'),
  },
  {
    name: 'record the events after the buffer was used again',
    file: 'src/kernel/record.ts',
    find: 'Buffer.from(into.subarray(0, bytes))',
    put: 'into.subarray(0, bytes)',
    suite: unit('src/kernel/recording.test.ts'),
  },
]

const UPGRADES = [
  {
    name: 'forget the bytes behind an upgrade',
    file: 'src/connections/stream.ts',
    find: 'if (end > start) this.#append(buf, start, end)\n    this.want = 0',
    put: 'this.want = 0',
    suite: unit('src/connections/become.test.ts'),
  },
  {
    name: 'forget the request of an upgrade',
    file: 'src/protocols/http2/upgrade.ts',
    find: 'openWith(state, 1, halfOf(request))',
    put: 'halfOf(request)',
    suite: unit('src/protocols/http2/upgrade.test.ts'),
  },
  {
    name: 'begin the mask anew with every piece',
    file: 'src/protocols/websocket/frames.ts',
    find: 'const turned = at & 3 ?',
    put: 'const turned = at < 0 ?',
    suite: only(unit('test/conformance/protocols.test.ts'), 'websocket a text each way'),
  },
  {
    name: 'keep what messages refer to after one was missed',
    file: 'src/protocols/websocket/inflate.ts',
    find: 'this.window = EMPTY\n    this.certain = false',
    put: 'this.certain = false',
    suite: unit('src/protocols/websocket/websocket.test.ts'),
  },
]

export const MUTANTS = [...BPF, ...CONNECTIONS, ...HTTP, ...UPGRADES, ...MYSQL, ...ROWS, ...RECORDING]
