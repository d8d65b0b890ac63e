/** The memory of a buffer, to read numbers from: they cost a third of what they cost a Buffer. */
export function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}

/** The bytes [start, end) of a view; not a copy. */
export function bytesOf({ buffer, byteOffset }: DataView, start: number, end: number): Buffer {
  return Buffer.from(buffer, byteOffset + start, end - start)
}
