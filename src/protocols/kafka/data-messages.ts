import { message } from './message.js'

/** Messages that move records and offsets of a log. */
export const DATA_MESSAGES = [
  // Produce
  message(
    0,
    `
    transactional_id:string@3+ acks:acks timeout_ms:i32 topic_data[name:topic@0-12 topic_id:topic_id@13+
    partition_data[index:partition records:records]]
  `,
    `
    responses[name:topic@0-12 topic_id:topic_id@13+ partition_responses[index:partition error_code:error
    base_offset:i64 log_append_time_ms:i64@2+ log_start_offset:i64@5+ record_errors@8+[batch_index:i32
    batch_index_error_message:string] error_message:string@8+]] throttle_time_ms:i32@1+
  `,
  ),
  // Fetch
  message(
    1,
    `
    replica_id:i32@0-14 max_wait_ms:i32 min_bytes:i32 max_bytes:i32@3+ isolation_level:i8@4+ session_id:i32@7+
    session_epoch:i32@7+ topics[topic:topic@0-12 topic_id:topic_id@13+ partitions[partition:partition
    current_leader_epoch:i32@9+ fetch_offset:i64 last_fetched_epoch:i32@12+ log_start_offset:i64@5+
    partition_max_bytes:i32]] forgotten_topics_data@7+[topic:topic@7-12 topic_id:topic_id@13+ partitions[partition]]
    rack_id:string@11+
  `,
    `
    throttle_time_ms:i32@1+ error_code:error@7+ session_id:i32@7+ responses[topic:topic@0-12 topic_id:topic_id@13+
    partitions[partition_index:partition error_code:error high_watermark:i64 last_stable_offset:i64@4+
    log_start_offset:i64@5+ aborted_transactions@4+[producer_id:i64 first_offset:i64] preferred_read_replica:i32@11+
    records:records]]
  `,
  ),
  // ListOffsets
  message(
    2,
    `
    replica_id:i32 isolation_level:i8@2+ topics[name:topic partitions[partition_index:partition
    current_leader_epoch:i32@4+ timestamp:i64 max_num_offsets:i32@0]] timeout_ms:i32@10+
  `,
    `
    throttle_time_ms:i32@2+ topics[name:topic partitions[partition_index:partition error_code:error
    old_style_offsets@0[i64] timestamp:i64@1+ offset:i64@1+ leader_epoch:i32@4+]]
  `,
  ),
  // DeleteRecords
  message(
    21,
    'topics[name:topic partitions[partition_index:partition offset:i64]] timeout_ms:i32',
    `
    throttle_time_ms:i32 topics[name:topic partitions[partition_index:partition low_watermark:i64 error_code:error]]
  `,
  ),
  // OffsetForLeaderEpoch
  message(
    23,
    `
    replica_id:i32@3+ topics[topic:topic partitions[partition:partition current_leader_epoch:i32@2+
    leader_epoch:i32]]
  `,
    `
    throttle_time_ms:i32@2+ topics[topic:topic partitions[error_code:error partition:partition leader_epoch:i32@1+
    end_offset:i64]]
  `,
  ),
]
