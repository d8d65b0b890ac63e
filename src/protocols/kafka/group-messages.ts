import { message } from './message.js'

/** Messages of consumer groups and transactions. */
export const GROUP_MESSAGES = [
  // OffsetCommit
  message(
    8,
    `
    group_id:string generation_id_or_member_epoch:i32@1+ member_id:string@1+ group_instance_id:string@7+
    retention_time_ms:i64@2-4 topics[name:topic@0-9 topic_id:topic_id@10+ partitions[partition_index:partition
    committed_offset:i64 committed_leader_epoch:i32@6+ commit_timestamp:i64@1 committed_metadata:string]]
  `,
    `
    throttle_time_ms:i32@3+ topics[name:topic@0-9 topic_id:topic_id@10+ partitions[partition_index:partition
    error_code:error]]
  `,
  ),
  // OffsetFetch
  message(
    9,
    `
    group_id:string@0-7 topics@0-7[name:topic partition_indexes[partition]] groups@8+[group_id:string
    member_id:string@9+ member_epoch:i32@9+ topics[name:topic@8-9 topic_id:topic_id@10+
    partition_indexes[partition]]] require_stable:bool@7+
  `,
    `
    throttle_time_ms:i32@3+ topics@0-7[name:topic partitions[partition_index:partition committed_offset:i64
    committed_leader_epoch:i32@5+ metadata:string error_code:error]] error_code:error@2-7 groups@8+[group_id:string
    topics[name:topic@8-9 topic_id:topic_id@10+ partitions[partition_index:partition committed_offset:i64
    committed_leader_epoch:i32 metadata:string error_code:error]] error_code:error]
  `,
  ),
  // FindCoordinator
  message(
    10,
    'key:string@0-3 key_type:i8@1+ coordinator_keys@4+[string]',
    `
    throttle_time_ms:i32@1+ error_code:error@0-3 error_message:string@1-3 node_id:i32@0-3 host:string@0-3
    port:i32@0-3 coordinators@4+[key:string node_id:i32 host:string port:i32 error_code:error error_message:string]
  `,
  ),
  // JoinGroup
  message(
    11,
    `
    group_id:string session_timeout_ms:i32 rebalance_timeout_ms:i32@1+ member_id:string group_instance_id:string@5+
    protocol_type:string protocols[name:string metadata:bytes] reason:string@8+
  `,
    `
    throttle_time_ms:i32@2+ error_code:error generation_id:i32 protocol_type:string@7+ protocol_name:string
    leader:string skip_assignment:bool@9+ member_id:string members[member_id:string group_instance_id:string@5+
    metadata:bytes]
  `,
  ),
  // Heartbeat
  message(
    12,
    'group_id:string generation_id:i32 member_id:string group_instance_id:string@3+',
    'throttle_time_ms:i32@1+ error_code:error',
  ),
  // LeaveGroup
  message(
    13,
    `
    group_id:string member_id:string@0-2 members@3+[member_id:string group_instance_id:string reason:string@5+]
  `,
    `
    throttle_time_ms:i32@1+ error_code:error members@3+[member_id:string group_instance_id:string error_code:error]
  `,
  ),
  // SyncGroup
  message(
    14,
    `
    group_id:string generation_id:i32 member_id:string group_instance_id:string@3+ protocol_type:string@5+
    protocol_name:string@5+ assignments[member_id:string assignment:bytes]
  `,
    `
    throttle_time_ms:i32@1+ error_code:error protocol_type:string@5+ protocol_name:string@5+ assignment:bytes
  `,
  ),
  // DescribeGroups
  message(
    15,
    'groups[string] include_authorized_operations:bool@3+',
    `
    throttle_time_ms:i32@1+ groups[error_code:error error_message:string@6+ group_id:string group_state:string
    protocol_type:string protocol_data:string members[member_id:string group_instance_id:string@4+ client_id:string
    client_host:string member_metadata:bytes member_assignment:bytes] authorized_operations:i32@3+]
  `,
  ),
  // ListGroups
  message(
    16,
    'states_filter@4+[string] types_filter@5+[string]',
    `
    throttle_time_ms:i32@1+ error_code:error groups[group_id:string protocol_type:string group_state:string@4+
    group_type:string@5+]
  `,
  ),
  // DeleteGroups
  message(
    42,
    'groups_names[string]',
    'throttle_time_ms:i32 results[group_id:string error_code:error error_message:string@3+]',
  ),
  // OffsetDelete
  message(
    47,
    'group_id:string topics[name:topic partitions[partition_index:partition]]',
    `
    error_code:error throttle_time_ms:i32 topics[name:topic partitions[partition_index:partition error_code:error]]
  `,
  ),
  // ConsumerGroupHeartbeat
  message(
    68,
    `
    group_id:string member_id:string member_epoch:i32 instance_id:string rack_id:string rebalance_timeout_ms:i32
    subscribed_topic_names[topic] subscribed_topic_regex:string@1+ server_assignor:string
    topic_partitions[topic_id:topic_id partitions[partition]]
  `,
    `
    throttle_time_ms:i32 error_code:error error_message:string member_id:string member_epoch:i32
    heartbeat_interval_ms:i32 assignment{topic_partitions[topic_id:topic_id partitions[partition]]}
  `,
  ),
  // InitProducerId
  message(
    22,
    `
    transactional_id:string transaction_timeout_ms:i32 producer_id:i64@3+ producer_epoch:i16@3+ enable2_pc:bool@6+
    keep_prepared_txn:bool@6+
  `,
    `
    throttle_time_ms:i32 error_code:error producer_id:i64 producer_epoch:i16 ongoing_txn_producer_id:i64@6+
    ongoing_txn_producer_epoch:i16@6+
  `,
  ),
  // AddPartitionsToTxn
  message(
    24,
    `
    transactions@4+[transactional_id:string producer_id:i64 producer_epoch:i16 verify_only:bool topics[name:topic
    partitions[partition]]] v3_and_below_transactional_id:string@0-3 v3_and_below_producer_id:i64@0-3
    v3_and_below_producer_epoch:i16@0-3 v3_and_below_topics@0-3[name:topic partitions[partition]]
  `,
    `
    throttle_time_ms:i32 error_code:error@4+ results_by_transaction@4+[transactional_id:string
    topic_results[name:topic results_by_partition[partition_index:partition partition_error_code:error]]]
    results_by_topic_v3_and_below@0-3[name:topic results_by_partition[partition_index:partition
    partition_error_code:error]]
  `,
  ),
  // AddOffsetsToTxn
  message(
    25,
    'transactional_id:string producer_id:i64 producer_epoch:i16 group_id:string',
    'throttle_time_ms:i32 error_code:error',
  ),
  // EndTxn
  message(
    26,
    'transactional_id:string producer_id:i64 producer_epoch:i16 committed:bool',
    'throttle_time_ms:i32 error_code:error producer_id:i64@5+ producer_epoch:i16@5+',
  ),
  // TxnOffsetCommit
  message(
    28,
    `
    transactional_id:string group_id:string producer_id:i64 producer_epoch:i16 generation_id:i32@3+
    member_id:string@3+ group_instance_id:string@3+ topics[name:topic@0-5 topic_id:topic_id@6+
    partitions[partition_index:partition committed_offset:i64 committed_leader_epoch:i32@2+ committed_metadata:string]]
  `,
    `
    throttle_time_ms:i32 topics[name:topic@0-5 topic_id:topic_id@6+ partitions[partition_index:partition
    error_code:error]]
  `,
  ),
]
