import { answer, int, request, sized, string } from '../support/kafka-bytes.js'
import { client, type Example, server } from './example.js'
import { CAPTURED } from './kafka-captured.js'

const heartbeat = (id: number, group: string): Buffer => request(12, 1, id, string(group), int(4, 7), string('m-1'))
const beaten = (id: number, error: number): Buffer => answer(id, int(4, 0), int(2, error))
const beat = (group: string): object => ({
  req_cmd: 12,
  req_body: `{"group_id":"${group}","generation_id":7,"member_id":"m-1"}`,
})
const TOPIC_ID = '000102030405060708090a0b0c0d0e0f'
// A topic with a partition: its number, an offset, a leader epoch, no metadata, no tags.
const ONE_OFFSET = `02${TOPIC_ID}0200000001000000000000002affffffff000000`
const NOT_DECODED = { req_body: null, resp: null, topics: null, partitions: null, error_codes: null, resp_result: null }

/** Conversations of Kafka. */
export const examples: readonly Example[] = [
  ...CAPTURED,
  {
    name: 'several requests at once, answered out of order',
    turns: [
      client(heartbeat(9001, 'ga'), heartbeat(9002, 'gb'), heartbeat(9003, 'gc')),
      server(beaten(9002, 27), beaten(9003, 0)),
      server(beaten(9001, 0)),
    ],
    rows: [
      { ...beat('gb'), resp_result: 3, error_codes: ['REBALANCE_IN_PROGRESS'] },
      { ...beat('gc'), resp_result: 2, error_codes: [] },
      { ...beat('ga'), resp_result: 2, error_codes: [] },
    ],
    pipelined: true,
  },
  {
    name: 'a version and an API from the future',
    turns: [
      client(request(12, 9, 9101, Buffer.from('00e1f0a7', 'hex'))),
      server(answer(9101, Buffer.from('0000000000aa', 'hex'))),
      client(request(120, 0, 9102, Buffer.from('0012345678', 'hex'))),
      server(answer(9102, Buffer.from('0087654321', 'hex'))),
    ],
    rows: [
      { req_cmd: 12, api_version: 9, client_id: 'me', req_size: 20, resp_size: 14, ...NOT_DECODED },
      { req_cmd: 120, api_version: 0, client_id: 'me', req_size: 21, resp_size: 13, ...NOT_DECODED },
    ],
  },
  {
    name: 'which broker of which cluster the client believes in, and what else Kafka 4.4 added',
    turns: [
      client(request(18, 5, 9201, Buffer.from('00046b676f023105634c2d310000000700', 'hex'))),
      server(answer(9201, Buffer.from('0081010000000000', 'hex'))),
      client(request(28, 6, 9202, Buffer.from(`0003747802670000000000000005000100000003026d00${ONE_OFFSET}00`, 'hex'))),
      server(answer(9202, Buffer.from(`000000000002${TOPIC_ID}02000000010000000000`, 'hex'))),
      client(request(42, 3, 9203, Buffer.from('0002026700', 'hex'))),
      server(answer(9203, Buffer.from('0000000000020267004405627573790000', 'hex'))),
    ],
    rows: [
      {
        req_cmd: 18,
        req_body: '{"client_software_name":"kgo","client_software_version":"1","cluster_id":"cL-1","node_id":7}',
        resp_result: 3,
        error_codes: ['REBOOTSTRAP_REQUIRED'],
      },
      { req_cmd: 28, topics: ['AAECAwQFBgcICQoLDA0ODw'], partitions: ['AAECAwQFBgcICQoLDA0ODw-1'], resp_result: 2 },
      {
        req_cmd: 42,
        resp: '{"throttle_time_ms":0,"results":[{"group_id":"g","error_code":68,"error_message":"busy"}]}',
        error_codes: ['NON_EMPTY_GROUP'],
      },
    ],
  },
  {
    name: 'SaslHandshake 0, then tokens without headers',
    turns: [
      client(request(17, 0, 1, string('PLAIN'))),
      server(answer(1, int(2, 0), int(4, 1), string('PLAIN'))),
      client(sized(Buffer.from('\0alice\0alice-secret'))),
      server(sized()),
      client(heartbeat(2, 'gs')),
      server(beaten(2, 0)),
    ],
    rows: [
      { req_cmd: 17, req_body: '{"mechanism":"PLAIN"}', resp_result: 2 },
      { req_cmd: 36, api_version: null, client_id: 'me', req_size: 23, resp_size: 4, ...NOT_DECODED },
      { ...beat('gs'), resp_result: 2 },
    ],
    alone: true,
  },
  {
    name: 'the credentials of SaslAuthenticate, when asked for',
    turns: [
      client(request(36, 0, 1, sized(Buffer.from('\0alice\0alice-secret')))),
      server(answer(1, int(2, 0), int(2, -1), sized())),
    ],
    rows: [{ req_body: '{"auth_bytes":"\\u0000alice\\u0000alice-secret"}', resp_result: 2 }],
    options: { redact: false },
  },
]
