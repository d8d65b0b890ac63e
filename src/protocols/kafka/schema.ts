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
  /** By version, what there is to read of it. */
  readonly plans: Map<number, Plan>
}

/** A field of the version that is read. */
export interface Step {
  /** What stands before its value in JSON. */
  readonly key: string
  readonly type: FieldType
  /** Bytes of its value; 0: they differ. */
  readonly size: number
  /** Of a list or a structure. */
  readonly inner: Plan
  /** What stands in JSON before the first field of its first element, with the key, and after the last one of the last. */
  readonly open: string
  readonly close: string
}

/** What one version has of a structure, in the order of the wire. */
export interface Plan {
  readonly steps: readonly Step[]
  /** It may have tagged fields; values without names have none. */
  readonly tagged: boolean
  /** It names a topic itself. */
  readonly named: boolean
  /** What stands in JSON between two of them. */
  readonly next: string
}

/** Nothing but tagged fields. */
export const TAGS: Plan = { steps: [], tagged: true, named: false, next: '' }

const NONE: Fields = group([])
const SIZES: Partial<Record<FieldType, number>> = {
  bool: 1,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  uuid: 16,
  topic_id: 16,
  partition: 4,
  error: 2,
  acks: 2,
}
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
    const head = { name, from: first, to: last, inner: NONE }
    if (bracket) {
      heads.push({ ...head, type: bracket === '[' ? 'list' : 'struct' })
      open.push([])
    } else
      open
        .at(-1)
        ?.push(
          type === undefined ? { ...head, name: '', type: name as FieldType } : { ...head, type: type as FieldType },
        )
  }
  return group(open[0] as Field[])
}

function group(list: readonly Field[]): Fields {
  return { list, bare: list.length === 1 && list[0]?.name === '', plans: new Map() }
}

/** What a version has of the fields; it is made once. */
export function planOf(fields: Fields, version: number): Plan {
  const { list, bare, plans } = fields
  const known = plans.get(version)
  if (known !== undefined) return known
  const here = list.filter(({ from, to }) => version >= from && version <= to)
  const steps = here.map(({ name, type, inner }, i) => {
    const key = bare ? '' : `${i === 0 ? '' : ','}"${name}":`
    const [start, end] = type === 'list' ? ['[', ']'] : ['', '']
    const [open, close] = inner.bare ? [key + start, end] : [`${key}${start}{`, `}${end}`]
    return { key, type, size: SIZES[type] ?? 0, inner: planOf(inner, version), open, close }
  })
  const named = !bare && list.some(({ type }) => type === 'topic' || type === 'topic_id')
  const plan = { steps, tagged: !bare, named, next: bare ? ',' : '},{' }
  plans.set(version, plan)
  return plan
}
