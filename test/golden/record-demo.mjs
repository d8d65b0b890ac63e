// Makes demo/demo.rec again: as root, `node test/golden/record-demo.mjs`. It holds traffic of the demo's own processes only.
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FRAME, FRAME_HEAD, frameHead, MAGIC } from '../../dist/kernel/recording.js'

const SECONDS = '4'
const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const file = at('demo/demo.rec')

const workload = ['timeout', SECONDS, process.execPath, at('dist/pipeline/demo-workload.js')]
const trace = [at('bin/run.js'), 'trace', '--connectors', 'http', '--tables', 'http_events', '--record', file]
spawnSync(process.execPath, [...trace, '--', ...workload], { stdio: ['ignore', 'ignore', 'inherit'] })

// The first frame is the header, with the name of this machine and its kernel.
const bytes = readFileSync(file)
const length = bytes.readUInt32LE(MAGIC.length + 4)
const start = MAGIC.length + FRAME_HEAD
const header = JSON.parse(bytes.subarray(start, start + length).toString())
header.host = { ...header.host, hostname: 'demo', kernel: header.host.kernel.replace(/-.*/, '') }
const payload = Buffer.from(JSON.stringify(header))
writeFileSync(file, Buffer.concat([MAGIC, frameHead(FRAME.header, payload), payload, bytes.subarray(start + length)]))
chmodSync(file, 0o644)
