import { message } from './message.js'

/** Messages about the cluster, its topics, and who is connected. */
export const CLUSTER_MESSAGES = [
  // Metadata
  message(
    3,
    `
    topics[topic_id:topic_id@10+ name:topic] allow_auto_topic_creation:bool@4+
    include_cluster_authorized_operations:bool@8-10 include_topic_authorized_operations:bool@8+
  `,
    `
    throttle_time_ms:i32@3+ brokers[node_id:i32 host:string port:i32 rack:string@1+] cluster_id:string@2+
    controller_id:i32@1+ topics[error_code:error name:topic topic_id:topic_id@10+ is_internal:bool@1+
    partitions[error_code:error partition_index:i32 leader_id:i32 leader_epoch:i32@7+ replica_nodes[i32]
    isr_nodes[i32] offline_replicas@5+[i32]] topic_authorized_operations:i32@8+]
    cluster_authorized_operations:i32@8-10 error_code:error@13+
  `,
  ),
  // SaslHandshake
  message(17, 'mechanism:string', 'error_code:error mechanisms[string]'),
  // ApiVersions
  message(
    18,
    'client_software_name:string@3+ client_software_version:string@3+ cluster_id:string@5+ node_id:i32@5+',
    'error_code:error api_keys[api_key:i16 min_version:i16 max_version:i16] throttle_time_ms:i32@1+',
  ),
  // CreateTopics
  message(
    19,
    `
    topics[name:topic num_partitions:i32 replication_factor:i16 assignments[partition_index:partition
    broker_ids[i32]] configs[name:string value:string]] timeout_ms:i32 validate_only:bool@1+
  `,
    `
    throttle_time_ms:i32@2+ topics[name:topic topic_id:topic_id@7+ error_code:error error_message:string@1+
    num_partitions:i32@5+ replication_factor:i16@5+ configs@5+[name:string value:string read_only:bool
    config_source:i8 is_sensitive:bool]]
  `,
  ),
  // DeleteTopics
  message(
    20,
    'topics@6+[name:topic topic_id:topic_id] topic_names@0-5[topic] timeout_ms:i32',
    `
    throttle_time_ms:i32@1+ responses[name:topic topic_id:topic_id@6+ error_code:error error_message:string@5+]
  `,
  ),
  // DescribeConfigs
  message(
    32,
    `
    resources[resource_type:i8 resource_name:string configuration_keys[string]] include_synonyms:bool@1+
    include_documentation:bool@3+
  `,
    `
    throttle_time_ms:i32 results[error_code:error error_message:string resource_type:i8 resource_name:string
    configs[name:string value:string read_only:bool is_default:bool@0 config_source:i8@1+ is_sensitive:bool
    synonyms@1+[name:string value:string source:i8] config_type:i8@3+ documentation:string@3+]]
  `,
  ),
  // SaslAuthenticate
  message(
    36,
    'auth_bytes:secret',
    'error_code:error error_message:string auth_bytes:secret session_lifetime_ms:i64@1+',
  ),
  // CreatePartitions
  message(
    37,
    'topics[name:topic count:i32 assignments[broker_ids[i32]]] timeout_ms:i32 validate_only:bool',
    'throttle_time_ms:i32 results[name:topic error_code:error error_message:string]',
  ),
  // DescribeCluster
  message(
    60,
    'include_cluster_authorized_operations:bool endpoint_type:i8@1+ include_fenced_brokers:bool@2+',
    `
    throttle_time_ms:i32 error_code:error error_message:string endpoint_type:i8@1+ cluster_id:string
    controller_id:i32 brokers[broker_id:i32 host:string port:i32 rack:string is_fenced:bool@2+]
    cluster_authorized_operations:i32
  `,
  ),
  // DescribeTopicPartitions
  message(
    75,
    `
    topics[name:topic] response_partition_limit:i32 cursor{topic_name:topic partition_index:partition}
  `,
    `
    throttle_time_ms:i32 topics[error_code:error name:topic topic_id:topic_id is_internal:bool
    partitions[error_code:error partition_index:partition leader_id:i32 leader_epoch:i32 replica_nodes[i32]
    isr_nodes[i32] eligible_leader_replicas[i32] last_known_elr[i32] offline_replicas[i32]]
    topic_authorized_operations:i32] next_cursor{topic_name:topic partition_index:partition}
  `,
  ),
]
