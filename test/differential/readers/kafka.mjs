import { list, some } from './common.mjs'

const KEYS =
  `Produce Fetch ListOffsets Metadata LeaderAndIsr StopReplica UpdateMetadata ControlledShutdown OffsetCommit OffsetFetch
FindCoordinator JoinGroup Heartbeat LeaveGroup SyncGroup DescribeGroups ListGroups SaslHandshake ApiVersions CreateTopics
DeleteTopics DeleteRecords InitProducerId OffsetForLeaderEpoch AddPartitionsToTxn AddOffsetsToTxn EndTxn WriteTxnMarkers
TxnOffsetCommit DescribeAcls CreateAcls DeleteAcls DescribeConfigs AlterConfigs AlterReplicaLogDirs DescribeLogDirs
SaslAuthenticate CreatePartitions`.split(/\s+/)

const LATER = {
  68: 'ConsumerGroupHeartbeat',
  69: 'ConsumerGroupDescribe',
  71: 'GetTelemetrySubscriptions',
  72: 'PushTelemetry',
}

export const kafka = {
  name: 'kafka',
  folder: 'kafka',
  tables: ['kafka_events'],
  ours: (row) => [
    ...some(row.req_cmd, (key) => `${key} v${row.api_version} of ${row.client_id}`),
    ...(row.resp_size === null ? [] : ['answer']),
    ...(row.req_cmd === 'Produce' ? (row.topics ?? []).map((topic) => `Produce to ${topic}`) : []),
  ],
  // An answer whose request is not in the capture is counted, and no row.
  theirs: (record, { records }) => {
    const key = KEYS[Number(record['kafka.api_key'])] ?? LATER[record['kafka.api_key']]
    if (record['kafka.api_version'] === undefined) {
      const id = record['kafka.correlation_id']
      const asked = (one) => one['kafka.api_version'] !== undefined && one['kafka.correlation_id'] === id
      return records.some((one) => one.s === record.s && asked(one)) ? ['answer'] : []
    }
    const topics = key === 'Produce' ? [...new Set(list(record['kafka.topic_name']))] : []
    return [
      `${key} v${record['kafka.api_version']} of ${record['kafka.client_id']}`,
      ...topics.map((topic) => `Produce to ${topic}`),
    ]
  },
}
