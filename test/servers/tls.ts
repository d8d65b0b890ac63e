import { chmod, chown, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'

/** What a server says of a handshake; of one that failed only `error` and the ports. */
export interface Accepted {
  readonly port: number
  readonly remotePort: number | null
  readonly version?: string
  readonly cipher?: string
  readonly alpn?: string | null
  readonly serverName?: string | null
  readonly resumed?: boolean
  readonly client?: string | null
  readonly error: string | null
}

/** Certificates in a folder: `ca.pem`, `other-ca.pem`, `server.pem` for shop.example, `client.pem`, and their keys. */
export interface Certificates {
  readonly path: string
  remove(): Promise<void>
}

const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** Makes certificates with the host's openssl. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await temporaryFolder('tls')
  const at = (name: string): string => join(folder.path, name)
  const openssl = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await run(program('openssl'), args)
    if (code !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`)
  }
  const authority = (name: string, subject: string): Promise<void> =>
    openssl('req', '-x509', ...CURVE, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-subj', subject)
  const signed = async (name: string, subject: string, names: string): Promise<void> => {
    const [key, request] = [at(`${name}.key`), at(`${name}.csr`)]
    await openssl('req', '-new', ...CURVE, '-keyout', key, '-out', request, '-subj', subject, '-addext', names)
    const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-copy_extensions', 'copy']
    await openssl('x509', '-req', '-in', request, ...by, '-out', at(`${name}.pem`), '-days', '30')
  }
  await authority('ca', '/CN=Test CA')
  await authority('other-ca', '/CN=Another CA')
  await signed('server', '/O=Shop/CN=shop.example', 'subjectAltName=DNS:shop.example,IP:127.0.0.1')
  await signed('client', '/O=Shop/CN=customer', 'subjectAltName=DNS:customer.example')
  return folder
}

/** Copies the server's certificate and key to where a server may read them, as it wants them: nobody else may. */
export async function installCertificate(
  certificates: Certificates,
  folder: string,
  user: number | undefined,
): Promise<{ readonly cert: string; readonly key: string }> {
  const install = async (name: string): Promise<string> => {
    const place = join(folder, name)
    await copyFile(join(certificates.path, name), place)
    await chmod(place, 0o600)
    if (user !== undefined) await chown(place, user, user)
    return place
  }
  return { cert: await install('server.pem'), key: await install('server.key') }
}

export interface NodeTls {
  readonly ports: readonly number[]
  /** All handshakes so far. */
  log(): Accepted[]
  stop(): Promise<void>
}

/** Starts `node:tls` servers in a process of their own, one for each set of options. */
export async function startNodeTls(certificates: Certificates, options: readonly TlsOptions[]): Promise<NodeTls> {
  const list = await Promise.all(options.map(async (each) => ({ ...each, port: await freePort() })))
  const args = [join(import.meta.dirname, 'node-tls-server.mjs'), certificates.path, JSON.stringify(list)]
  const server = start({ file: process.execPath, env: process.env }, { args, stdout: 'pipe' })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('the TLS server', server, async () => said.startsWith('"listening"\n'))
  const lines = (): string[] => said.slice(0, said.lastIndexOf('\n') + 1).split('\n')
  return register({
    ports: list.map(({ port }) => port),
    log: () =>
      lines()
        .slice(1)
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Accepted),
    stop: () => server.stop('SIGTERM'),
  })
}

export interface OpensslServer {
  readonly port: number
  stop(): Promise<void>
}

/** Starts `openssl s_server`, which answers HTTP with what it knows of the session. */
export async function startOpenssl(certificates: Certificates, ...more: readonly string[]): Promise<OpensslServer> {
  const port = await freePort()
  const at = (name: string): string => join(certificates.path, name)
  const own = ['-key', at('server.key'), '-cert', at('server.pem'), '-CAfile', at('ca.pem')]
  const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-www', ...own, ...more]
  const server = start(program('openssl'), { args, stdout: 'pipe' })
  let said = ''
  server.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await ready('openssl s_server', server, async () => said.includes('ACCEPT'))
  return register({ port, stop: () => server.stop('SIGTERM') })
}
