// Queries by Node's own resolver. Arguments: port, address. Prints the answers as JSON.
import { Resolver } from 'node:dns/promises'

const [port, address] = process.argv.slice(2)
const resolver = new Resolver({ timeout: 20_000, tries: 1 })
resolver.setServers([address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`])
const answers = await Promise.all([
  resolver.resolve4('www.test'),
  resolver.resolve6('www.test'),
  resolver.resolveMx('test'),
  resolver.resolveTxt('txt.test'),
  resolver.resolve4('nobody.test').catch((error) => error.code),
])
process.stdout.write(JSON.stringify(answers))
