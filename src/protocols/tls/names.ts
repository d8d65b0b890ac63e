/** Content types of records, RFC 8446 §5.1 and RFC 6520. */
export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const

/** Handshake messages that are looked at, RFC 8446 §4 and RFC 5246 §7.4. */
export const MESSAGE = {
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  helloRetryRequest: 6,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
} as const

/** Types of handshake messages that may stand in the clear. */
export const PLAIN_MESSAGES: ReadonlySet<number> = new Set([0, 1, 2, 4, 6, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23])

/** Extensions whose content is looked at. */
export const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  alpn: 16,
  draftKeyShare: 40,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  keyShare: 51,
} as const

const EXTENSIONS = `server_name max_fragment_length client_certificate_url trusted_ca_keys truncated_hmac status_request
user_mapping client_authz server_authz cert_type supported_groups ec_point_formats srp signature_algorithms use_srtp heartbeat
application_layer_protocol_negotiation status_request_v2 signed_certificate_timestamp client_certificate_type
server_certificate_type padding encrypt_then_mac extended_master_secret token_binding cached_info tls_lts compress_certificate
record_size_limit pwd_protect pwd_clear password_salt ticket_pinning tls_cert_with_extern_psk delegated_credential session_ticket
TLMSP TLMSP_proxying TLMSP_delegate supported_ekt_ciphers key_share_draft pre_shared_key early_data supported_versions cookie
psk_key_exchange_modes extension_46 certificate_authorities oid_filters post_handshake_auth signature_algorithms_cert key_share
transparency_info connection_id_deprecated connection_id external_id_hash external_session_id quic_transport_parameters
ticket_request dnssec_chain sequence_number_encryption_algorithms rrc tls_flags`.split(/\s+/)

const OTHER_EXTENSIONS: Readonly<Record<number, string>> = {
  13172: 'next_protocol_negotiation',
  17513: 'application_settings',
  17613: 'application_settings_new',
  30032: 'channel_id',
  64768: 'ech_outer_extensions',
  65037: 'encrypted_client_hello',
  65281: 'renegotiation_info',
}

const CURVES =
  `sect163k1 sect163r1 sect163r2 sect193r1 sect193r2 sect233k1 sect233r1 sect239k1 sect283k1 sect283r1 sect409k1
sect409r1 sect571k1 sect571r1 secp160k1 secp160r1 secp160r2 secp192k1 secp192r1 secp224k1 secp224r1 secp256k1 secp256r1
secp384r1 secp521r1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 x25519 x448 brainpoolP256r1tls13 brainpoolP384r1tls13
brainpoolP512r1tls13 GC256A GC256B GC256C GC256D GC512A GC512B GC512C curveSM2`.split(/\s+/)

const OTHER_GROUPS: Readonly<Record<number, string>> = {
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  4590: 'curveSM2MLKEM768',
  16696: 'CECPQ2',
  25497: 'X25519Kyber768Draft00',
  25498: 'SecP256r1Kyber768Draft00',
  65281: 'arbitrary_explicit_prime_curves',
  65282: 'arbitrary_explicit_char2_curves',
}

/** Descriptions of alerts, RFC 8446 §6 and RFC 5246 §7.2. */
export const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  1: 'end_of_early_data',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  52: 'too_many_cids_requested',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  117: 'general_error',
  120: 'no_application_protocol',
  121: 'ech_required',
}

/** Codes of `version`. */
export const VERSION = {
  ssl2: 0x0002,
  ssl3: 0x0300,
  tls10: 0x0301,
  tls11: 0x0302,
  tls12: 0x0303,
  tls13: 0x0304,
} as const

const FIRST_DRAFT = 14
const LAST_DRAFT = 28

/** Words of `version`; drafts of TLS 1.3 have codes of their own. */
export const VERSION_WORDS: Readonly<Record<number, string>> = {
  [VERSION.ssl2]: 'SSLv2',
  [VERSION.ssl3]: 'SSLv3',
  [VERSION.tls10]: 'TLSv1',
  [VERSION.tls11]: 'TLSv1.1',
  [VERSION.tls12]: 'TLSv1.2',
  [VERSION.tls13]: 'TLSv1.3',
  ...Object.fromEntries(
    Array.from({ length: LAST_DRAFT - FIRST_DRAFT + 1 }, (_, i) => [
      0x7f00 + FIRST_DRAFT + i,
      `TLSv1.3 draft ${FIRST_DRAFT + i}`,
    ]),
  ),
}

/** Is this TLS 1.3, a draft of it, or one of the experiments that were like it? */
export function isTls13(version: number | null): boolean {
  return version !== null && (version === VERSION.tls13 || version >> 8 === 0x7f || version >> 8 === 0x7e)
}

/** Values that mean nothing, sent to keep the other end tolerant: RFC 8701. */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff)
}

/** The name of an extension in the IANA registry. */
export function extensionName(code: number): string {
  if (isGrease(code)) return 'GREASE'
  return EXTENSIONS[code] ?? OTHER_EXTENSIONS[code] ?? `extension_${code}`
}

/** The name of a group, or curve, in the IANA registry. */
export function groupName(code: number): string {
  if (isGrease(code)) return 'GREASE'
  return CURVES[code - 1] ?? OTHER_GROUPS[code] ?? `group_${code}`
}

/** The word of a version. */
export function versionName(code: number): string {
  return isGrease(code) ? 'GREASE' : (VERSION_WORDS[code] ?? `UNKNOWN_${code}`)
}
