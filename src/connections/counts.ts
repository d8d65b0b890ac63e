/** What decoding of one protocol came across; nothing of it is logged per event. */
export interface DecodeCounts {
  bytes: number
  frames: number
  /** Places where the bytes were not the protocol. */
  invalid: number
  /** Bytes thrown away: before a boundary, after an invalid frame, around a gap. */
  dropped: number
  /** Frames that found no partner. */
  orphans: number
  rows: number
}

/** Counts of the tracker itself; every bound has one. */
export interface TrackerCounts {
  events: number
  bytes: number
  /** Positions that no event covered: bytes that no hook saw, or whose event was lost. */
  missing: number
  /** Bytes that came twice, or after their place was given up. */
  late: number
  /** Events of connections that are not known (any more). */
  unknown: number
  /** Connections, sockets of datagrams and their peers given up because there were too many. */
  evicted: number
}

export function newDecodeCounts(): DecodeCounts {
  return { bytes: 0, frames: 0, invalid: 0, dropped: 0, orphans: 0, rows: 0 }
}

export function newTrackerCounts(): TrackerCounts {
  return { events: 0, bytes: 0, missing: 0, late: 0, unknown: 0, evicted: 0 }
}
