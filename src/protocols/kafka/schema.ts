/** What a field holds; those named after a meaning are also taken into columns. */
export type FieldType =
  | 'bool'
  | 'i8'
  | 'i16'
  | 'i32'
  | 'i64'
  | 'uuid'
  | 'string'
  | 'bytes'
  /** Name of a topic. */
  | 'topic'
  /** UUID of a topic. */
  | 'topic_id'
  /** Number of a partition of the last topic. */
  | 'partition'
  /** Error code. */
  | 'error'
  /** How many acknowledgements a producer asks for. */
  | 'acks'
  /** Record batches. */
  | 'records'
  /** Bytes that grant access. */
  | 'secret'
  /** An array. */
  | 'list'
  /** A structure that may be null. */
  | 'struct'

export interface Field {
  readonly name: string
  /** The name as it stands before a value in JSON: `"name":`, or nothing. */
  readonly key: string
  readonly type: FieldType
  /** Versions that have it: first and last. */
  readonly from: number
  readonly to: number
  /** Of a list or a structure. */
  readonly inner: Fields
}

export interface Fields {
  readonly list: readonly Field[]
  /** Values without names: the elements of a list of numbers or strings. */
  readonly bare: boolean
  /** They name a topic themselves. */
  readonly named: boolean
}

const NONE: Fields = { list: [], bare: false, named: false }
const TOKEN = /([a-z]\w*)(?::([a-z_\d]+))?(?:@(\d+)(?:(\+)|-(\d+))?)?([[{]?)|[\]}]/g

/**
 * Reads a message definition: `name:type` in the order of the wire, `@3+`, `@3` or `@0-12` the versions that have the field,
 * `name[…]` an array of structures (of one bare type: of values), `name{…}` a structure that may be null. Tagged fields are
 * not listed: they are passed over.
 */
export function fields(definition: string): Fields {
  const open: Field[][] = [[]]
  const heads: Field[] = []
  for (const token of definition.matchAll(TOKEN)) {
    const [, name, type, from, plus, to, bracket] = token
    if (name === undefined) {
      const list = open.pop() as Field[]
      open.at(-1)?.push({ ...(heads.pop() as Field), inner: group(list) })
      continue
    }
    const first = from === undefined ? 0 : Number(from)
    const last = to !== undefined ? Number(to) : from === undefined || plus !== undefined ? Infinity : first
    const head = { name, key: `"${name}":`, from: first, to: last, inner: NONE }
    if (bracket) {
      heads.push({ ...head, type: bracket === '[' ? 'list' : 'struct' })
      open.push([])
    } else
      open
        .at(-1)
        ?.push(
          type === undefined
            ? { ...head, name: '', key: '', type: name as FieldType }
            : { ...head, type: type as FieldType },
        )
  }
  return group(open[0] as Field[])
}

function group(list: readonly Field[]): Fields {
  const named = list.some(({ type }) => type === 'topic' || type === 'topic_id')
  return { list, bare: list.length === 1 && list[0]?.name === '', named }
}
