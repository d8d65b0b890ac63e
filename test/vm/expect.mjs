// What the rows of a trace have to be, given what the load says that it did.

/** Layers that have the buffer of every call at hand, not only that of a system call. */
const SEES_RINGS = ['fentry', 'kprobe']

const UNSEEN = { syscall: 'ring', sock: 'out' }

const text = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(7, '0')).join(',')

const lines = (output) => output.split('\n').filter((line) => line.startsWith('{'))

/** What the load did, from the words of the tracer, among which its output is. */
export const exchangesOf = (stderr) =>
  lines(stderr)
    .map((line) => JSON.parse(line))
    .filter((each) => each.name !== undefined)

/** What the load asked by DNS over UDP. */
export const questionsOf = (stderr) =>
  lines(stderr)
    .map((line) => JSON.parse(line))
    .filter((each) => each.query !== undefined)

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
  return lines(stdout)
    .map((line) => JSON.parse(line))
    .filter((row) => row.table_ in COMPARED)
    .map((row) => COMPARED[row.table_](row))
}

// A body on the side that moved it in a way of its own.
function body(size, hidden, layer) {
  const whole = { size, body: text.slice(0, size), partial: false }
  if (hidden === '') return whole
  if (hidden === 'ring' && SEES_RINGS.includes(layer)) return whole
  // No hook of the layer runs.
  if (hidden === UNSEEN[layer]) return { size: 0, body: null, partial: true }
  return hidden === 'deep' ? whole : { size, body: null, partial: false }
}

/** The two rows of an exchange, from both ends. */
export function expectedRows({ name, up, down, hiddenUp, hiddenDown }, layer) {
  return ['client', 'server'].map((role) => {
    const request = body(up, role === 'server' ? hiddenUp : '', layer)
    const response = body(down, role === 'server' ? hiddenDown : '', layer)
    const partial = request.partial || response.partial
    return [role, `/${name}`, 200, request.size, request.body, response.size, response.body, partial]
  })
}

/** The rows of a question over UDP: none of an end that the layer does not see. */
export function questionRows({ query, client, server, hidden, lost }, layer) {
  const address = query.includes('.inet6.') ? '::1' : '127.0.0.1'
  // A message that did not fit into the buffer lacks its end.
  const unseen = SEES_RINGS.includes(layer) ? '' : hidden
  const ends = [
    ['client', query, client, server, address, lost === 'all' ? null : 'NOERROR', lost === 'end'],
    ['server', query, server, client, address, 'NOERROR', false],
  ]
  return ends.filter(([role]) => role !== unseen && !(role === 'server' && lost === 'all'))
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
