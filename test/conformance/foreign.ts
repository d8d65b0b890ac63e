import { client, server, type Turn } from './example.js'

const hex = (bytes: string): Buffer => Buffer.from(bytes.replace(/\s/g, ''), 'hex')

/** First bytes of protocols that nobody here decodes, or that no example of ours begins with. */
export const FOREIGN_TRAFFIC: ReadonlyMap<string, readonly Turn[]> = new Map<string, readonly Turn[]>([
  ['ssh', [server('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2\r\n'), client('SSH-2.0-OpenSSH_9.2p1\r\n')]],
  ['smtp', [server('220 mail.example ESMTP Postfix\r\n'), client('EHLO me.example\r\n')]],
  ['ftp', [server('220 (vsFTPd 3.0.3)\r\n'), client('USER anonymous\r\n')]],
  ['rtsp', [client('OPTIONS rtsp://cam/1 RTSP/1.0\r\nCSeq: 1\r\n\r\n'), server('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n')]],
  ['sip', [client('OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n'), server('SIP/2.0 200 OK\r\n\r\n')]],
  ['rdp', [client(hex('0300002b26e00000000000')), server(hex('030000130ed000001234000200080000000000'))]],
  ['ldap', [client(hex('300c020101600702010304008000')), server(hex('300c02010161070a010004000400'))]],
])
