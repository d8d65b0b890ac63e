/** Types of messages, as signed numbers; the two `BAD_` ones are what Finagle sends in place of Rerr and Tdiscarded. */
export const TYPE = {
  Treq: 1,
  Tdispatch: 2,
  Tdrain: 64,
  Tping: 65,
  Tdiscarded: 66,
  Tlease: 67,
  Tinit: 68,
  BAD_Rerr: 127,
  Rreq: -1,
  Rdispatch: -2,
  BAD_Tdiscarded: -62,
  Rdrain: -64,
  Rping: -65,
  Rdiscarded: -66,
  Rinit: -68,
  Rerr: -128,
} as const

/** What `resp_type` says where there is no message: no type on the wire is so large. */
export const NO_REPLY = { none: 256, unanswered: 257 } as const

/** Words of the types. */
export const TYPE_WORDS: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(TYPE).map(([name, code]) => [code, name]),
)

/** Codes of `status`. */
export const STATUS = { ok: 0, error: 1, nack: 2 } as const

/** The bit of a tag that says that more fragments follow. */
export const MORE = 1 << 23

/** What a client asks, as an error that answers nothing, to find out whether the server knows Tinit: it is sent back. */
export const CHECK = 'tinit check'

export function isRerr(type: number): boolean {
  return type === TYPE.Rerr || type === TYPE.BAD_Rerr
}

/** Does it begin an exchange? */
export function isT(type: number): boolean {
  return (type > 0 && type !== TYPE.BAD_Rerr) || type === TYPE.BAD_Tdiscarded
}

/** Messages that are not answered. */
export function isMarker(type: number): boolean {
  return type === TYPE.Tlease || type === TYPE.Tdiscarded || type === TYPE.BAD_Tdiscarded
}

/** Only these may come in fragments. */
export function isDispatch(type: number): boolean {
  return type === TYPE.Tdispatch || type === TYPE.Rdispatch || type === TYPE.Treq || type === TYPE.Rreq
}

/** Can a message of type `reply` answer one of type `asked`? */
export function answers(asked: number, reply: number): boolean {
  if (isRerr(reply)) return true
  if (reply === TYPE.Rdiscarded) return asked === TYPE.Tdispatch || asked === TYPE.Treq
  return reply === -asked
}
