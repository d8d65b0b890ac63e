import { CLUSTER_MESSAGES } from './cluster-messages.js'
import { DATA_MESSAGES } from './data-messages.js'
import { GROUP_MESSAGES } from './group-messages.js'
import type { Message } from './message.js'

/** Keys that decoding treats specially. */
export const KEY = { produce: 0, saslHandshake: 17, apiVersions: 18, saslAuthenticate: 36 } as const

/** An API of the protocol. */
export interface Api {
  readonly name: string
  /** The newest version whose body is known. */
  readonly latest: number
  /** The first version with compact lengths and tagged fields. */
  readonly flexible: number
  readonly message: Message | undefined
}

const NEVER = Infinity
// Key, name, newest version, first flexible version: of Kafka 4.4, and of 3.9 what 4.0 dropped.
const TABLE: readonly (readonly [number, string, number, number])[] = [
  [0, 'Produce', 13, 9],
  [1, 'Fetch', 18, 12],
  [2, 'ListOffsets', 11, 6],
  [3, 'Metadata', 13, 9],
  [4, 'LeaderAndIsr', 7, 4],
  [5, 'StopReplica', 4, 2],
  [6, 'UpdateMetadata', 8, 6],
  [7, 'ControlledShutdown', 3, 3],
  [8, 'OffsetCommit', 10, 8],
  [9, 'OffsetFetch', 10, 6],
  [10, 'FindCoordinator', 6, 3],
  [11, 'JoinGroup', 9, 6],
  [12, 'Heartbeat', 4, 4],
  [13, 'LeaveGroup', 5, 4],
  [14, 'SyncGroup', 5, 4],
  [15, 'DescribeGroups', 6, 5],
  [16, 'ListGroups', 5, 3],
  [17, 'SaslHandshake', 1, NEVER],
  [18, 'ApiVersions', 5, 3],
  [19, 'CreateTopics', 7, 5],
  [20, 'DeleteTopics', 6, 4],
  [21, 'DeleteRecords', 2, 2],
  [22, 'InitProducerId', 6, 2],
  [23, 'OffsetForLeaderEpoch', 4, 4],
  [24, 'AddPartitionsToTxn', 5, 3],
  [25, 'AddOffsetsToTxn', 4, 3],
  [26, 'EndTxn', 5, 3],
  [27, 'WriteTxnMarkers', 2, 1],
  [28, 'TxnOffsetCommit', 6, 3],
  [29, 'DescribeAcls', 3, 2],
  [30, 'CreateAcls', 3, 2],
  [31, 'DeleteAcls', 3, 2],
  [32, 'DescribeConfigs', 4, 4],
  [33, 'AlterConfigs', 2, 2],
  [34, 'AlterReplicaLogDirs', 2, 2],
  [35, 'DescribeLogDirs', 5, 2],
  [36, 'SaslAuthenticate', 2, 2],
  [37, 'CreatePartitions', 3, 2],
  [38, 'CreateDelegationToken', 3, 2],
  [39, 'RenewDelegationToken', 2, 2],
  [40, 'ExpireDelegationToken', 2, 2],
  [41, 'DescribeDelegationToken', 3, 2],
  [42, 'DeleteGroups', 3, 2],
  [43, 'ElectLeaders', 2, 2],
  [44, 'IncrementalAlterConfigs', 1, 1],
  [45, 'AlterPartitionReassignments', 1, 0],
  [46, 'ListPartitionReassignments', 0, 0],
  [47, 'OffsetDelete', 0, NEVER],
  [48, 'DescribeClientQuotas', 1, 1],
  [49, 'AlterClientQuotas', 1, 1],
  [50, 'DescribeUserScramCredentials', 0, 0],
  [51, 'AlterUserScramCredentials', 0, 0],
  [52, 'Vote', 2, 0],
  [53, 'BeginQuorumEpoch', 1, 1],
  [54, 'EndQuorumEpoch', 1, 1],
  [55, 'DescribeQuorum', 2, 0],
  [56, 'AlterPartition', 3, 0],
  [57, 'UpdateFeatures', 2, 0],
  [58, 'Envelope', 0, 0],
  [59, 'FetchSnapshot', 1, 0],
  [60, 'DescribeCluster', 2, 0],
  [61, 'DescribeProducers', 0, 0],
  [62, 'BrokerRegistration', 4, 0],
  [63, 'BrokerHeartbeat', 2, 0],
  [64, 'UnregisterBroker', 0, 0],
  [65, 'DescribeTransactions', 0, 0],
  [66, 'ListTransactions', 2, 0],
  [67, 'AllocateProducerIds', 0, 0],
  [68, 'ConsumerGroupHeartbeat', 1, 0],
  [69, 'ConsumerGroupDescribe', 1, 0],
  [70, 'ControllerRegistration', 0, 0],
  [71, 'GetTelemetrySubscriptions', 0, 0],
  [72, 'PushTelemetry', 0, 0],
  [73, 'AssignReplicasToDirs', 0, 0],
  [74, 'ListConfigResources', 1, 0],
  [75, 'DescribeTopicPartitions', 0, 0],
  [76, 'ShareGroupHeartbeat', 1, 0],
  [77, 'ShareGroupDescribe', 1, 0],
  [78, 'ShareFetch', 2, 0],
  [79, 'ShareAcknowledge', 2, 0],
  [80, 'AddRaftVoter', 1, 0],
  [81, 'RemoveRaftVoter', 0, 0],
  [82, 'UpdateRaftVoter', 0, 0],
  [83, 'InitializeShareGroupState', 0, 0],
  [84, 'ReadShareGroupState', 0, 0],
  [85, 'WriteShareGroupState', 1, 0],
  [86, 'DeleteShareGroupState', 0, 0],
  [87, 'ReadShareGroupStateSummary', 1, 0],
  [88, 'StreamsGroupHeartbeat', 1, 0],
  [89, 'StreamsGroupDescribe', 1, 0],
  [90, 'DescribeShareGroupOffsets', 1, 0],
  [91, 'AlterShareGroupOffsets', 0, 0],
  [92, 'DeleteShareGroupOffsets', 0, 0],
  [93, 'StreamsGroupTopologyDescriptionUpdate', 0, 0],
  [94, 'UnregisterController', 0, 0],
]

const MESSAGES = [...DATA_MESSAGES, ...GROUP_MESSAGES, ...CLUSTER_MESSAGES]

/** API key → API. */
export const APIS: ReadonlyMap<number, Api> = new Map(
  TABLE.map(([key, name, latest, flexible]) => {
    return [key, { name, latest, flexible, message: MESSAGES.find((each) => each.key === key) }]
  }),
)

/** API key → name. */
export const API_WORDS: Readonly<Record<number, string>> = Object.fromEntries(TABLE.map(([key, name]) => [key, name]))

// Clients may be newer than the table.
const NEWER_KEYS = 64
const MAX_VERSION = 24
const MAX_KNOWN_VERSION = 127

/** Whether bytes that may be a request have a key and a version to be believed. */
export function isPlausible(key: number, version: number): boolean {
  if (key < 0 || version < 0) return false
  return APIS.has(key) ? version <= MAX_KNOWN_VERSION : key < TABLE.length + NEWER_KEYS && version <= MAX_VERSION
}
