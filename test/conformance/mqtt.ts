import { client, type Example, server, type Turn } from './example.js'

const TYPE = {
  none: 0,
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
  unanswered: 16,
}
const CLIENT = 1
const SERVER = 2

const hex = (digits: string): Buffer => Buffer.from(digits.replace(/\s/g, ''), 'hex')
const c = (...digits: readonly string[]): Turn => client(...digits.map(hex))
const s = (...digits: readonly string[]): Turn => server(...digits.map(hex))

const LONG = 'x'.repeat(1500)

/** Captured from Mosquitto 2.0.11 with paho-mqtt 1.6.1. */
const VERSION_5: readonly Example[] = [
  {
    name: 'CONNECT of version 5, with a will and properties',
    opening: true,
    turns: [
      c(`106e00044d51545405ee003c27110000003c210014220005260006726567696f6e00026575260005746f6b656e000574306b336e0005
        7061686f351203000a746578742f706c61696e1800000005000a77696c6c732f7061686f0004676f6e650006746573746572000667656865696d`),
      s('200900000622000a210014'),
    ],
    rows: [
      {
        mqtt_version: 5,
        packet_type: TYPE.connect,
        sender: CLIENT,
        client_id: 'paho5',
        topic: null,
        packet_id: null,
        connect: {
          clean_start: true,
          keep_alive: 60,
          will: {
            topic: 'wills/paho',
            payload: 'gone',
            qos: 1,
            retain: true,
            properties: { content_type: 'text/plain', will_delay_interval: 5 },
          },
          username: 'tester',
          password: '[REDACTED]',
        },
        session_present: false,
        resp_type: TYPE.connack,
        reason_code: 0,
        reason: 'Success',
        req_properties: {
          session_expiry_interval: 60,
          receive_maximum: 20,
          topic_alias_maximum: 5,
          user_property: [
            { name: 'region', value: 'eu' },
            { name: 'token', value: '[REDACTED]' },
          ],
        },
        resp_properties: { topic_alias_maximum: 10, receive_maximum: 20 },
      },
    ],
  },
  {
    name: 'SUBSCRIBE with options and an identifier',
    turns: [c('821a0001020b070006666976652f230a00096f746865722f2b2f7825'), s('90050001000201')],
    rows: [
      {
        packet_type: TYPE.subscribe,
        topic: 'five/#,other/+/x',
        filters: [
          {
            filter: 'five/#',
            qos: 2,
            no_local: false,
            retain_as_published: true,
            retain_handling: 0,
            reason_code: 2,
          },
          {
            filter: 'other/+/x',
            qos: 1,
            no_local: true,
            retain_as_published: false,
            retain_handling: 2,
            reason_code: 1,
          },
        ],
        qos: 2,
        packet_id: 1,
        resp_type: TYPE.suback,
        reason_code: 2,
        reason: 'Granted QoS 2',
        req_properties: { subscription_identifier: 7 },
      },
    ],
  },
  {
    name: 'a topic alias, set and used; QoS 0 and 1, both ways',
    strictTurns: true,
    turns: [
      c(`3041000a666976652f616c69617330020000001e03000a746578742f706c61696e08000c666976652f616e737765727309000201ff23
        00032600016b0001767a65726f`),
      s(`3040000a666976652f616c6961732f0b0703000a746578742f706c61696e08000c666976652f616e737765727309000201ff2600016b
        000176020000001e7a65726f`),
      c('320b00000003032300036f6e65'),
      s('3214000a666976652f616c6961730001020b076f6e65', '40020003'),
      c('40020001'),
    ],
    rows: [
      {
        packet_type: TYPE.publish,
        sender: CLIENT,
        topic: 'five/alias',
        qos: 0,
        retain: false,
        dup: false,
        packet_id: null,
        payload: 'zero',
        payload_size: 4,
        resp_type: TYPE.none,
        reason_code: null,
        req_properties: {
          message_expiry_interval: 30,
          content_type: 'text/plain',
          response_topic: 'five/answers',
          correlation_data: '\x01\udcff',
          topic_alias: 3,
          user_property: [{ name: 'k', value: 'v' }],
        },
      },
      { sender: SERVER, topic: 'five/alias', qos: 0, payload: 'zero', resp_type: TYPE.none },
      {
        sender: CLIENT,
        topic: 'five/alias',
        qos: 1,
        packet_id: 3,
        payload: 'one',
        resp_type: TYPE.puback,
        reason_code: 0,
        req_properties: { topic_alias: 3 },
      },
      {
        sender: SERVER,
        topic: 'five/alias',
        qos: 1,
        packet_id: 1,
        payload: 'one',
        resp_type: TYPE.puback,
        req_properties: { subscription_identifier: 7 },
      },
    ],
  },
  {
    name: 'QoS 2, both ways',
    strictTurns: true,
    turns: [
      c('35140008666976652f74776f0004006772c3bcc39f65'),
      s('50020004'),
      c('62020004'),
      s('35160008666976652f74776f0002020b076772c3bcc39f65'),
      c('50020002'),
      s('70020004'),
      s('62020002'),
      c('70020002'),
    ],
    rows: [
      {
        packet_type: TYPE.publish,
        sender: CLIENT,
        topic: 'five/two',
        qos: 2,
        retain: true,
        packet_id: 4,
        payload: 'grüße',
        payload_size: 7,
        resp_type: TYPE.pubcomp,
        reason_code: 0,
        reason: 'Success',
      },
      { packet_type: TYPE.publish, sender: SERVER, qos: 2, packet_id: 2, payload: 'grüße', resp_type: TYPE.pubcomp },
    ],
  },
  {
    name: 'reason codes of PUBACK',
    turns: [
      c('3211000b6e6f626f64792f6865726500050078'),
      s('4003000510'),
      c('32120007245359532f6e6f00060064656e696564'),
      s('4003000687'),
    ],
    rows: [
      { topic: 'nobody/here', payload: 'x', packet_id: 5, reason_code: 16, reason: 'No matching subscribers' },
      { topic: '$SYS/no', payload: 'denied', packet_id: 6, reason_code: 135, reason: 'Not authorized' },
    ],
  },
  {
    name: 'payloads: no text, none, long',
    strictTurns: true,
    turns: [
      c('300e0008666976652f62696e0000ff00'),
      s('30100008666976652f62696e020b0700ff00'),
      c('300c0009666976652f6e6f6e6500'),
      s('300e0009666976652f6e6f6e65020b07'),
      c(`30e80b0009666976652f6c6f6e6700${'78'.repeat(1500)}`),
      s(`30ea0b0009666976652f6c6f6e67020b07${'78'.repeat(1500)}`),
    ],
    rows: [
      { sender: CLIENT, topic: 'five/bin', payload: '\x00\udcff\x00', payload_size: 3 },
      { sender: SERVER, topic: 'five/bin', payload: '\x00\udcff\x00', payload_size: 3 },
      { sender: CLIENT, topic: 'five/none', payload: '', payload_size: 0 },
      { sender: SERVER, topic: 'five/none', payload: '', payload_size: 0 },
      { sender: CLIENT, topic: 'five/long', payload: LONG.slice(0, 1024), payload_size: 1500 },
      { sender: SERVER, topic: 'five/long', payload: LONG.slice(0, 1024), payload_size: 1500 },
    ],
  },
  {
    name: 'a ping',
    turns: [c('c000'), s('d000')],
    rows: [{ packet_type: TYPE.pingreq, sender: CLIENT, resp_type: TYPE.pingresp, reason_code: null }],
  },
  {
    name: 'UNSUBSCRIBE',
    turns: [c('a212000a000006666976652f2300056e65766572'), s('b005000a000011')],
    rows: [
      {
        packet_type: TYPE.unsubscribe,
        topic: 'five/#,never',
        filters: [
          { filter: 'five/#', reason_code: 0 },
          { filter: 'never', reason_code: 17 },
        ],
        packet_id: 10,
        resp_type: TYPE.unsuback,
        reason_code: 17,
        reason: 'No subscription existed',
      },
    ],
  },
  {
    name: 'many packets in a segment',
    pipelined: true,
    strictTurns: true,
    turns: [
      c('3209000161001400613132', '3209000162001500623133', '3409000163001600633134', 'c000'),
      s('40020014', '4002001550020016', 'd000'),
      c('62020016'),
      s('70020016'),
    ],
    rows: [
      { topic: 'a', packet_id: 20, payload: 'a12', resp_type: TYPE.puback },
      { topic: 'b', packet_id: 21, payload: 'b13', resp_type: TYPE.puback },
      { packet_type: TYPE.pingreq, resp_type: TYPE.pingresp },
      { topic: 'c', packet_id: 22, payload: 'c14', resp_type: TYPE.pubcomp },
    ],
  },
  {
    name: 'a client that authenticates once more',
    strictTurns: true,
    turns: [c('f00b19091500024d3116000161'), s('f0021800'), c('f00b1809150002', '4d3116000162'), s('f000')],
    rows: [
      {
        packet_type: TYPE.auth,
        sender: CLIENT,
        resp_type: TYPE.none,
        reason_code: 25,
        reason: 'Re-authenticate',
        req_properties: { authentication_method: 'M1', authentication_data: '[REDACTED]' },
      },
      { packet_type: TYPE.auth, sender: SERVER, reason_code: 24, reason: 'Continue authentication' },
      { packet_type: TYPE.auth, sender: CLIENT, reason_code: 24 },
      { packet_type: TYPE.auth, sender: SERVER, reason_code: 0, reason: 'Success' },
    ],
  },
]

const older = (name: string, connect: string, version: number, clientId: string): Example => ({
  name,
  alone: true,
  strictTurns: true,
  turns: [
    c(connect),
    s('20020000'),
    c('8212000100056f6c642f610000056f6c642f6202'),
    s('900400010002'),
    c('340c00056f6c642f62000274776f'),
    s('50020002'),
    c('62020002'),
    s('340c00056f6c642f62000174776f'),
    c('50020001'),
    s('70020002'),
    s('62020001'),
    c('70020001'),
    c('300b00056f6c642f617a65726f'),
    s('300b00056f6c642f617a65726f'),
    c('a209000400056f6c642f61'),
    s('b0020004'),
    c('e000'),
  ],
  rows: [
    {
      mqtt_version: version,
      packet_type: TYPE.connect,
      client_id: clientId,
      connect: {
        clean_start: true,
        keep_alive: 30,
        will: { topic: 'wills/old', payload: 'bye', qos: 0, retain: false },
        username: 'tester',
        password: '[REDACTED]',
      },
      session_present: false,
      reason_code: 0,
      reason: 'Connection Accepted',
      req_properties: null,
    },
    {
      packet_type: TYPE.subscribe,
      topic: 'old/a,old/b',
      filters: [
        { filter: 'old/a', qos: 0, reason_code: 0 },
        { filter: 'old/b', qos: 2, reason_code: 2 },
      ],
      reason_code: 2,
      reason: 'Success - Maximum QoS 2',
    },
    {
      sender: CLIENT,
      topic: 'old/b',
      qos: 2,
      packet_id: 2,
      payload: 'two',
      resp_type: TYPE.pubcomp,
      reason_code: null,
    },
    { sender: SERVER, topic: 'old/b', qos: 2, packet_id: 1, payload: 'two', resp_type: TYPE.pubcomp },
    { sender: CLIENT, topic: 'old/a', qos: 0, packet_id: null, payload: 'zero', client_id: clientId },
    { sender: SERVER, topic: 'old/a', qos: 0, packet_id: null, payload: 'zero', mqtt_version: version },
    { packet_type: TYPE.unsubscribe, filters: [{ filter: 'old/a' }], resp_type: TYPE.unsuback, reason_code: null },
    { packet_type: TYPE.disconnect, sender: CLIENT, resp_type: TYPE.none, reason_code: null },
  ],
})

/** Conversations of MQTT. */
export const examples: readonly Example[] = [
  ...VERSION_5,
  older(
    'version 3.1',
    '103100064d514973647003c6001e00036f6c64000977696c6c732f6f6c6400036279650006746573746572000667656865696d',
    3,
    'old',
  ),
  older(
    'version 3.1.1',
    '103000044d51545404c6001e000476333131000977696c6c732f6f6c6400036279650006746573746572000667656865696d',
    4,
    'v311',
  ),
  {
    name: 'a login that is refused, version 3.1.1',
    alone: true,
    turns: [c('101f00044d51545404c2001e00036261640006746573746572000666616c736368'), s('20020005')],
    rows: [
      {
        client_id: 'bad',
        resp_type: TYPE.connack,
        reason_code: 5,
        reason: 'Connection Refused, not authorized',
      },
    ],
  },
  {
    name: 'a login that is refused, version 5',
    alone: true,
    turns: [c('102000044d51545405c2001e0000036261640006746573746572000666616c736368'), s('2003008700')],
    rows: [{ client_id: 'bad', resp_type: TYPE.connack, reason_code: 135, reason: 'Not authorized' }],
  },
  {
    name: 'a server that does not know version 5',
    alone: true,
    turns: [c('100d00044d5154540502001e000000'), s('20020001')],
    rows: [{ mqtt_version: 5, reason_code: 1, reason: 'Connection Refused, unacceptable protocol version' }],
  },
  {
    name: 'a client identifier from the server',
    alone: true,
    turns: [
      c('100d00044d5154540502001e000000'),
      s(
        '203500003222000a1200296175746f2d43363636323743362d464638312d334130442d453432442d443034444345323338464534210014',
      ),
      s('e0018b'),
    ],
    rows: [
      { packet_type: TYPE.connect, client_id: 'auto-C66627C6-FF81-3A0D-E42D-D04DCE238FE4' },
      {
        packet_type: TYPE.disconnect,
        sender: SERVER,
        client_id: 'auto-C66627C6-FF81-3A0D-E42D-D04DCE238FE4',
        reason_code: 139,
        reason: 'Server shutting down',
      },
    ],
  },
  {
    name: 'a session that goes on: PUBREL first, and a PUBLISH again',
    alone: true,
    turns: [
      c('101200044d515454040000' + '3c0006706572736973'),
      s('20020100', '62020001', '3a0c00056f6c642f62000274776f'),
      c('70020001', '40020002'),
    ],
    rows: [
      { packet_type: TYPE.connect, client_id: 'persis', session_present: true },
      { packet_type: TYPE.pubrel, sender: SERVER, packet_id: 1, resp_type: TYPE.pubcomp },
      { packet_type: TYPE.publish, sender: SERVER, dup: true, qos: 1, packet_id: 2, resp_type: TYPE.puback },
    ],
    strictTurns: true,
  },
  {
    name: 'a PUBREC that refuses',
    alone: true,
    turns: [c('100d00044d5154540502001e000000', '340900017100070071756f'), s('200300000050030007', '97')],
    rows: [
      { packet_type: TYPE.connect },
      { topic: 'q', packet_id: 7, resp_type: TYPE.pubrec, reason_code: 151, reason: 'Quota exceeded' },
    ],
  },
  {
    name: 'credentials are shown on request',
    alone: true,
    options: { redact: false },
    turns: [c('101f00044d51545404c2001e00036261640006746573746572000666616c736368')],
    rows: [
      {
        packet_type: TYPE.connect,
        connect: { clean_start: true, keep_alive: 30, username: 'tester', password: 'falsch' },
        resp_type: TYPE.unanswered,
        reason_code: null,
      },
    ],
  },
]
