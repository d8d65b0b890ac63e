import { dig } from './named.js'
import { program } from './packages.js'
import { freePort, ready, register, start } from './process.js'

/** Starts dnsmasq on a free port of the loopback, without a cache: it forwards all to `upstream`. */
export async function startDnsmasq(upstream: number): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const port = await freePort()
  const args = ['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--cache-size=0']
  const places = [`--port=${port}`, '--listen-address=127.0.0.1', '--bind-interfaces', `--server=127.0.0.1#${upstream}`]
  const server = start(program('dnsmasq'), { args: [...args, ...places, '--user=root', '--pid-file'] })
  await ready('dnsmasq', server, async () => (await dig(port, ['+short', 'www.test'])).trim() === '192.0.2.1')
  return register({ port, stop: () => server.stop('SIGTERM') })
}
