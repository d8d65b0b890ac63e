// What the rows of a trace have to be, given what the load says that it did.

/** Layers that have the buffer of every call at hand, not only that of a system call. */
const SEES_RINGS = ['fentry', 'kprobe']

/** How the names of the servers on io_uring begin. In this one the bytes are in the pages of registered buffers. */
const RING_SERVER = 'ring-'
const IN_PAGES = 'ring-buffers'

const UNSEEN = { syscall: 'ring', sock: 'out' }

const text = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(7, '0')).join(',')

const lines = (output) => output.split('\n').filter((line) => line.startsWith('{'))

const saidOf = (stderr, key) =>
  lines(stderr)
    .map((line) => JSON.parse(line))
    .filter((each) => each[key] !== undefined)

/** What the load did, from the words of the tracer, among which its output is. */
export const exchangesOf = (stderr) => saidOf(stderr, 'name')

/** What it asked by DNS, in datagrams. */
export const questionsOf = (stderr) => saidOf(stderr, 'query')

/** What the servers on io_uring have answered, and how many bytes each of them has moved. */
export const servedOf = (stderr) => saidOf(stderr, 'served')
const totalsOf = (stderr) => saidOf(stderr, 'received')

/** Rows as they are compared, by table. */
const COMPARED = {
  http_events: (row) => [
    row.trace_role,
    row.req_path,
    row.resp_status,
    row.req_body_size,
    row.req_body,
    row.resp_body_size,
    row.resp_body,
    row.partial,
    row.encrypted,
  ],
  dns_events: (row) => [
    row.trace_role,
    row.query_name,
    row.local_port,
    row.remote_port,
    row.remote_addr,
    row.rcode,
    row.malformed,
  ],
}

export function seenRows(stdout) {
  const rows = lines(stdout).map((line) => JSON.parse(line))
  const compared = rows.filter((row) => row.table_ in COMPARED).map((row) => COMPARED[row.table_](row))
  return [...compared, ...seenTotals(rows.filter((row) => row.table_ === 'conn_stats'))]
}

// Rows of conn_stats are totals since the start: the last one of a server counts, when its protocol is known.
function seenTotals(rows) {
  const servers = rows.filter((row) => row.trace_role === 'server' && row.comm.startsWith(RING_SERVER))
  return [...new Map(servers.map((row) => [row.comm, [row.comm, row.bytes_recv, row.bytes_sent]])).values()]
}

// A body on the side that moved it in a way of its own.
function body(size, hidden, layer) {
  const whole = { size, body: text.slice(0, size), partial: false }
  if (hidden === '') return whole
  if (hidden === 'ring' && SEES_RINGS.includes(layer)) return whole
  // No hook of the layer runs: the kernel's numbers tell, at the latest when the connection ends.
  if (hidden === UNSEEN[layer]) return { size, body: null, partial: true }
  return hidden === 'deep' ? whole : { size, body: null, partial: false }
}

/** The rows of all that was done. */
export function expectedRowsOf(stderr, layer) {
  return [
    exchangesOf(stderr).flatMap((each) => expectedRows(each, layer)),
    questionsOf(stderr).flatMap((each) => questionRows(each, layer)),
    servedOf(stderr).flatMap((each) => servedRows(each, layer)),
    layer === 'syscall' ? [] : totalsOf(stderr).map(({ by, received, sent }) => [by, received, sent]),
  ].flat()
}

/** The two rows of an exchange, from both ends. */
function expectedRows({ name, up, down, hiddenUp, hiddenDown }, layer) {
  return ['client', 'server'].map((role) => {
    const request = body(up, role === 'server' ? hiddenUp : '', layer)
    const response = body(down, role === 'server' ? hiddenDown : '', layer)
    const partial = request.partial || response.partial
    return [
      role,
      `/${name}`,
      200,
      request.size,
      request.body,
      response.size,
      response.body,
      partial,
      name.startsWith('ktls/'),
    ]
  })
}

/** The rows of a question in a datagram: none of an end that the layer does not see. */
function questionRows({ query, client, server, hidden, lost }, layer) {
  const address = query.includes('.inet6.') ? '::1' : '127.0.0.1'
  // [own port, port and address of the peer]; a unix socket has a path.
  const places = (own, peer) => (/^\d+$/.test(peer) ? [Number(own), Number(peer), address] : [null, null, peer])
  // A message that did not fit into the buffer lacks its end.
  const unseen = SEES_RINGS.includes(layer) ? '' : hidden
  const ends = [
    ['client', query, ...places(client, server), lost === 'all' ? null : 'NOERROR', lost === 'end'],
    ['server', query, ...places(server, client), 'NOERROR', false],
  ]
  return ends.filter(([role]) => role !== unseen && !(role === 'server' && lost === 'all'))
}

/** The rows of an exchange with a server on io_uring: of the server where the layer has its bytes. */
function servedRows({ served, by, up, down }, layer) {
  const roles = SEES_RINGS.includes(layer) && by !== IN_PAGES ? ['client', 'server'] : ['client']
  return roles.map((role) => [role, served, 200, up, text.slice(0, up), down, text.slice(0, down), false, false])
}

/** Lists are compared as multisets; → what is in one only. */
export function difference(expected, seen) {
  const left = new Map()
  for (const row of expected.map((each) => JSON.stringify(each))) left.set(row, (left.get(row) ?? 0) + 1)
  for (const row of seen.map((each) => JSON.stringify(each))) left.set(row, (left.get(row) ?? 0) - 1)
  const of = (sign) => [...left].filter(([, n]) => Math.sign(n) === sign).map(([row]) => row)
  return { missing: of(1), unexpected: of(-1) }
}

// 5.17 brought bpf_loop.
const hasLoops = (release) => {
  const [major, minor] = release.split('.').map(Number)
  return major > 5 || (major === 5 && minor >= 17)
}

// Where the request was missed, its path is not known.
const isOfRingServer = ([role, path]) =>
  role.startsWith(RING_SERVER) || (role === 'server' && (path === null || path.startsWith(`/${RING_SERVER}`)))

/** Whether a row is compared. 5.10 keeps one return probe a processor, and the client that waits for its answer has it. */
export function isCompared(row, layer, release) {
  return layer !== 'kprobe' || hasLoops(release) || !isOfRingServer(row)
}

// Messages that are not followed show as a gap on TCP, and not at all on a unix socket.
const isUnknown = (path) => /^\/unix\/\w+mmsg\d/.test(path)

/** What is left of a row to compare: before bpf_loop, the bodies in many pieces come in part. */
export function loosened(exchanges, release) {
  if (hasLoops(release)) return (row) => row
  const isDeep = ({ hiddenUp, hiddenDown }) => [hiddenUp, hiddenDown].includes('deep')
  const deep = new Set(exchanges.filter(isDeep).map(({ name }) => `/${name}`))
  return (row) => {
    const [role, path, status, up, , down] = row
    if (!deep.has(path)) return row
    return isUnknown(path) ? [role, path, status] : [role, path, status, up, down]
  }
}
