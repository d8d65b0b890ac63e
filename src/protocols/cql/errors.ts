const NAMES: Readonly<Record<number, string>> = {
  0: 'Server error',
  10: 'Protocol error',
  256: 'Authentication error',
  4096: 'Unavailable',
  4097: 'Overloaded',
  4098: 'Is bootstrapping',
  4099: 'Truncate error',
  4352: 'Write timeout',
  4608: 'Read timeout',
  4864: 'Read failure',
  5120: 'Function failure',
  5376: 'Write failure',
  5632: 'CDC write failure',
  5888: 'CAS write unknown',
  8192: 'Syntax error',
  8448: 'Unauthorized',
  8704: 'Invalid',
  8960: 'Config error',
  9216: 'Already exists',
  9472: 'Unprepared',
  32768: 'Client write failure',
}

/** What an error code is called ("ERROR" in the specification; the last is of DSE); null where it has no name. */
export function errorName(code: number): string | null {
  return NAMES[code] ?? null
}

/** Whether a server says so without knowing which request it answers: what it got makes no sense, or is too much. */
export function isUnasked(code: number | null): boolean {
  return code === 0 || code === 10 || code === 4097
}
