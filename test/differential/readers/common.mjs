export const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value])

export const bytesOf = (hex) => Buffer.from(hex.replaceAll(':', ''), 'hex')

/** The other reader writes line ends and tabs as blanks. */
export const oneLine = (text) => text.replace(/\s+/g, ' ').trim()

/** The value, unless there is none. */
export const some = (value, make = (it) => it) => (value === null || value === undefined ? [] : [make(value)])
