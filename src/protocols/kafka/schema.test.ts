import { APIS } from './apis.js'
import { errorName } from './errors.js'
import { type Fields, fields, planOf } from './schema.js'

const shape = ({ list }: Fields): unknown[] =>
  list.map(({ name, type, from, to, inner }) => [
    name,
    type,
    from,
    to,
    ...(inner.list.length > 0 ? [shape(inner)] : []),
  ])

test('a definition is read: versions, arrays, structures, values without names', () => {
  expect(shape(fields('a:i32 b:string@3+ c@1[x:topic@1 y@0-2[i64]] d{e:error}'))).toEqual([
    ['a', 'i32', 0, Infinity],
    ['b', 'string', 3, Infinity],
    [
      'c',
      'list',
      1,
      1,
      [
        ['x', 'topic', 1, 1],
        ['y', 'list', 0, 2, [['', 'i64', 0, Infinity]]],
      ],
    ],
    ['d', 'struct', 0, Infinity, [['e', 'error', 0, Infinity]]],
  ])
})

test('a plan has what its version has, with what stands around it in JSON', () => {
  const definition = fields('a:i32@1+ b@0-1[i64] c[n:topic]')
  const open = { next: '},{', tagged: true }
  expect(planOf(definition, 0)).toMatchObject({
    ...open,
    named: false,
    steps: [
      {
        key: '"b":',
        size: 0,
        inner: { next: ',', tagged: false, named: false, steps: [{ key: '', size: 8 }] },
      },
      { key: ',"c":', inner: { ...open, named: true, steps: [{ key: '"n":', type: 'topic', size: 0 }] } },
    ],
  })
  expect(planOf(definition, 2).steps.map(({ key }) => key)).toEqual(['"a":', ',"c":'])
  expect(planOf(definition, 2)).toBe(planOf(definition, 2))
})

const TYPES =
  'bool i8 i16 i32 i64 uuid string bytes topic topic_id partition error acks records secret list struct'.split(' ')

test.each([...APIS].filter(([, { message }]) => message !== undefined))(
  'the bodies of API %i are sane',
  (_key, api) => {
    const check = ({ list }: Fields, latest: number): void => {
      for (const { type, from, to, inner } of list) {
        expect(TYPES).toContain(type)
        expect(from).toBeLessThanOrEqual(Math.min(to, latest))
        expect(inner.list.length > 0).toBe(type === 'list' || type === 'struct')
        check(inner, latest)
      }
    }
    check(api.message?.request as Fields, api.latest)
    check(api.message?.response as Fields, api.latest)
  },
)

test('error codes have their names', () => {
  expect([-1, 0, 3, 35, 133, 4000].map(errorName)).toEqual([
    'UNKNOWN_SERVER_ERROR',
    'NONE',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'UNSUPPORTED_VERSION',
    'SHARE_SESSION_LIMIT_REACHED',
    'ERROR_4000',
  ])
})
