// A recording of live traffic, decoded again, beside tshark and suricata on a capture of the same traffic.
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { countLines, inTurn, quantile, sleep, spread, table, timed, whole } from './measure.mjs'
import { load, program, RUN, STIRLING, startNginx, version } from './programs.mjs'

const ROW = '"table_":"http_events"'
const SMALL = fileURLToPath(new URL('../golden/nginx.rec', import.meta.url))

/** Makes the recording, and the capture where tcpdump is there. */
async function record(bench, exchanges, say) {
  const nginx = await startNginx(bench)
  const tcpdump = program('tcpdump')
  const [recording, capture] = [bench.path('bench.rec'), bench.path('bench.pcap')]
  const filter = ['-i', 'lo', '-Z', 'root', '-B', '131072', '-w', capture, 'port', `${nginx.port}`]
  const capturing = tcpdump && bench.start(tcpdump, filter)
  if (capturing) await bench.ready(capturing, /listening on/)
  const scope = ['--connectors', 'http', '--pid', nginx.worker, '--ring-bytes', '256Mi']
  const tracer = await bench.trace([...scope, '--tables', 'stirling_error', '--record', recording])
  let served = 0
  for (let seconds = 2; served < exchanges; ) {
    await load(bench, nginx, seconds)
    const now = nginx.served()
    served += now
    seconds = Math.max(1, Math.ceil(((exchanges - served) / now) * seconds))
  }
  await sleep(500)
  await bench.stop(tracer)
  if (capturing) await bench.stop(capturing)
  const dropped = capturing && /(\d+) packets dropped/.exec(capturing.said)?.[1]
  say(`recorded ${whole(served)} exchanges, ${whole(statSync(recording).size / 2 ** 20)} MiB`)
  if (dropped !== undefined) say(`tcpdump dropped ${dropped} packets`)
  return { recording, capture: capturing ? capture : undefined }
}

/** Ways to decode the recording: each → CPU seconds and exchanges. */
function replays(bench, recording) {
  const out = bench.path('rows.ndjson')
  const flags = ['--format', 'ndjson', '--quiet', '--connectors', 'http']
  const replay = (table, to) =>
    timed(STIRLING, [RUN, 'replay', recording, ...flags, '--tables', table], { ...to, out }).cpu
  replay('http_events', { to: 'file' })
  const exchanges = countLines(out, ROW)
  rmSync(out)
  return [
    { name: 'rows dropped', run: () => ({ exchanges, cpu: replay('stirling_error', { to: 'null' }) }) },
    { name: 'NDJSON to a file', run: () => ({ exchanges, cpu: replay('http_events', { to: 'file' }) }) },
    { name: 'NDJSON to a pipe', run: () => ({ exchanges, cpu: replay('http_events', { to: 'pipe' }) }) },
  ]
}

// tshark is far slower: it is given the beginning of the capture, of about three packets an exchange.
const TSHARK_SHARE = 0.1

function tshark(bench, capture, exchanges) {
  const what = program('tshark')
  if (what === undefined) return 'no tshark'
  const out = bench.path('tshark.json')
  const packets = `${Math.ceil(exchanges * TSHARK_SHARE * 3)}`
  const run = () => {
    const { cpu } = timed(what, ['-r', capture, '-c', packets, '-T', 'ek', '-Y', 'http'], { to: 'file', out })
    return { cpu, exchanges: countLines(out, '"http_http_request_method"') }
  }
  return { name: 'tshark -T ek', version: version(what), run }
}

const SURICATA = `%YAML 1.1
---
vars: { address-groups: { HOME_NET: "[127.0.0.0/8]", EXTERNAL_NET: any } }
outputs:
  - eve-log: { enabled: yes, filetype: regular, filename: eve.json, types: [ { http: { extended: yes, dump-all-headers: both } } ] }
app-layer: { protocols: { http: { enabled: yes } } }
stream: { memcap: 512mb, checksum-validation: no, reassembly: { memcap: 512mb, depth: 0 } }
`

function suricata(bench, capture) {
  const what = program('suricata')
  if (what === undefined) return 'no suricata'
  const [config, out] = [bench.path('suricata.yaml'), bench.path('eve.json')]
  writeFileSync(config, SURICATA)
  const args = ['-c', config, '-S', '/dev/null', '-l', bench.folder, '-k', 'none', '--runmode', 'single', '-r', capture]
  const run = () => {
    rmSync(out, { force: true })
    const { cpu } = timed(what, args)
    return { cpu, exchanges: countLines(out, '"event_type":"http"') }
  }
  return { name: 'suricata', version: version(what, '-V'), run }
}

function peersOf(bench, capture, exchanges, say) {
  const all = capture === undefined ? ['no tcpdump'] : [suricata(bench, capture), tshark(bench, capture, exchanges)]
  for (const why of all.filter((each) => typeof each === 'string')) say(`skipped: comparison: ${why}`)
  return all.filter((each) => typeof each !== 'string')
}

/** Exchanges per second of CPU time; the parts take turns, so that the noise of the machine meets all alike. */
export async function decode(bench, { pairs, exchanges }, say) {
  const { recording, capture } = await record(bench, exchanges, say)
  const own = replays(bench, recording)
  const peers = peersOf(bench, capture, exchanges, say)
  const rates = new Map([...own, ...peers].map(({ name }) => [name, []]))
  for (let round = 0; round < pairs; round++) {
    for (const { name, run } of inTurn([...own, ...peers], round)) {
      const { cpu, exchanges } = run()
      rates.get(name).push(exchanges / cpu)
    }
  }
  const startUp = Array.from({ length: pairs }, () => timed(STIRLING, [RUN, 'replay', SMALL, '--quiet']).cpu)
  return report(rates, own, peers, quantile(startUp, 0.5))
}

function report(rates, own, peers, startUp) {
  const perSecond = [...rates].map(([name, values]) => [name, spread(values, whole)])
  const ratio = (one, other) => spread(rates.get(one.name).map((rate, i) => rate / rates.get(other.name)[i]))
  const ratios = peers.flatMap((peer) => own.slice(1).map((one) => [`${one.name} : ${peer.name}`, ratio(one, peer)]))
  const versions = peers.map((peer) => peer.version).join('; ')
  return [
    table(['decode', 'exchanges per second of CPU, median (lowest – highest)'], perSecond),
    table(['decode, ratio', 'median (lowest – highest)'], ratios),
    `Start-up is in every number: ${startUp.toFixed(2)} s of CPU for stirling. ${versions}`.trim(),
  ]
}
