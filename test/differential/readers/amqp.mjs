import { some } from './common.mjs'

const METHOD = '1'
const HEADER = '2'
const HEARTBEAT = '8'

export const amqp = {
  name: 'amqp',
  folder: 'amqp',
  tables: ['amqp_events'],
  ours: (row) => [
    ...(row.frame_type === 'heartbeat' ? ['heartbeat'] : []),
    ...some(row.req_class_id, (id) => `method ${id}.${row.req_method_id} on ${row.channel}`),
    ...some(row.resp_class_id, (id) => `method ${id}.${row.resp_method_id} on ${row.channel}`),
    ...some(row.req_body_size, (size) => `content of ${size}`),
    ...some(row.resp_body_size, (size) => `content of ${size}`),
  ],
  theirs: (record) => {
    const type = record['amqp.type']
    if (type === HEARTBEAT) return ['heartbeat']
    if (type === HEADER) return [`content of ${record['amqp.header.body-size']}`]
    if (type !== METHOD) return []
    return [`method ${record['amqp.method.class']}.${record['amqp.method.method']} on ${record['amqp.channel']}`]
  },
}
