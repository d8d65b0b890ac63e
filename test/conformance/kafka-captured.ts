import type { Example } from './example.js'

// Lines `>` from the client and `<` from the server, each a frame; a row a line.
function captured(name: string, frames: readonly string[], rows: string, alone = false): Example {
  const turns = frames.map((frame) => {
    return { from: frame[0] === '>' ? 'client' : 'server', bytes: Buffer.from(frame.slice(1), 'base64') } as const
  })
  return { name, turns, rows: rows.trim().split('\n').map(row), alone }
}

function row(line: string): object {
  const [req_cmd, api_version, client_id, topics, partitions, ...more] = JSON.parse(line) as unknown[]
  const [record_count, record_bytes, resp_result, error_codes, req_body, resp] = more
  const texts = { req_body, resp, client_id }
  return { ...texts, req_cmd, api_version, topics, partitions, record_count, record_bytes, resp_result, error_codes }
}

/**
 * Kafka 4.1 with librdkafka 2.16 and 2.0, kafka-python 3.0 and the Java client 4.1, and what mock clusters of librdkafka 2.0
 * and 2.8 answered; the correlation ids were made to differ.
 */
export const CAPTURED: readonly Example[] = [
  captured(
    'ApiVersions 4 of a Java client',
    [
      '>AAAAKgASAAQAAABlAAZqYXZhLWMAEmFwYWNoZS1rYWZrYS1qYXZhBjQuMS4xAA==',
      '<AAADEgAAAGUAAEoAAAAAAA0AAAEABAASAAACAAEACgAAAwAAAA0AAAgAAgAJAAAJAAEACQAACgAAAAYAAAsAAAAJAAAMAAAABAAADQAAAAUAAA4AAAAFAAAPAAAABgAAEAAAAAUAABEAAAABAAASAAAABAAAEwACAAcAABQAAQAGAAAVAAAAAgAAFgAAAAUAABcAAgAEAAAYAAAABQAAGQAAAAQAABoAAAAFAAAbAAEAAQAAHAAAAAUAAB0AAQADAAAeAAEAAwAAHwABAAMAACAAAQAEAAAhAAAAAgAAIgABAAIAACMAAQAEAAAkAAAAAgAAJQAAAAMAACYAAQADAAAnAAEAAgAAKAABAAIAACkAAQADAAAqAAAAAgAAKwAAAAIAACwAAAABAAAtAAAAAQAALgAAAAAAAC8AAAAAAAAwAAAAAQAAMQAAAAEAADIAAAAAAAAzAAAAAAAANwAAAAIAADkAAAACAAA8AAAAAgAAPQAAAAAAAEAAAAAAAABBAAAAAAAAQgAAAAIAAEQAAAABAABFAAAAAQAASgAAAAEAAEsAAAAAAABMAAEAAQAATQABAAEAAE4AAQABAABPAAEAAQAAUAAAAAAAAFEAAAAAAABTAAAAAAAAVAAAAAAAAFUAAAAAAABWAAAAAAAAVwAAAAAAAFoAAAAAAABbAAAAAAAAXAAAAAAAAAAAAAMAjwEHDmdyb3VwLnZlcnNpb24AAAABAA5rcmFmdC52ZXJzaW9uAAAAAQARbWV0YWRhdGEudmVyc2lvbgAHABsADnNoYXJlLnZlcnNpb24AAAABABR0cmFuc2FjdGlvbi52ZXJzaW9uAAAAAgAhZWxpZ2libGUubGVhZGVyLnJlcGxpY2FzLnZlcnNpb24AAAABAAEIAAAAAAAAA8ACaQUOZ3JvdXAudmVyc2lvbgABAAEAFHRyYW5zYWN0aW9uLnZlcnNpb24AAgACACFlbGlnaWJsZS5sZWFkZXIucmVwbGljYXMudmVyc2lvbgABAAEAEW1ldGFkYXRhLnZlcnNpb24AGwAbAA==',
    ],
    String.raw`
    [18,4,"java-c",[],[],null,null,2,[],"{\"client_software_name\":\"apache-kafka-java\",\"client_software_version\":\"4.1.1\"}","{\"error_code\":0,\"api_keys\":[{\"api_key\":0,\"min_version\":0,\"max_version\":13},{\"api_key\":1,\"min_version\":4,\"max_version\":18},{\"api_key\":2,\"min_version\":1,\"max_version\":10},{\"api_key\":3,\"min_version\":0,\"max_version\":13},{\"api_key\":8,\"min_version\":2,\"max_version\":9},{\"api_key\":9,\"min_version\":1,\"max_version\":9},{\"api_key\":10,\"min_version\":0,\"max_version\":6},{\"api_key\":11,\"min_version\":0,\"max_version\":9},{\"api_key\":12,\"min_version\":0,\"max_version\":4},{\"api_key\":13,\"min_version\":0,\"max_version\":5},{\"api_key\":14,\"min_version\":0,\"max_version\":5},{\"api_key\":15,\"min_version\":0,\"max_version\":6},{\"api_key\":16,\"min_version\":0,\"max_version\":5},{\"api_key\":17,\"min_version\":0,\"max_version\":1},{\"api_key\":18,\"min_version\":0,\"max_version\":4},{\"api_key\":19,\"min_version\":2,\"max_version\":7},{\"api_key\":20,\"min_version\":1,\"max_version\":6},{\"api_key\":21,\"min_version\":0,\"max_version\":2},{\"api_key\":22,\"min_version\":0,\"max_version\":5},{\"api_key\":23,\"min_version\":2,\"max_version\":4},{\"api_key\":24,\"min_version\":0,\"max_version\":5},{\"api_key\":"]
  `,
  ),
  captured(
    'Metadata 13 tells the id of a topic, Fetch 16 uses it',
    [
      '>AAAAKwADAA0AAABmAAZjb25zLWQAAgAAAAAAAAAAAAAAAAAAAAAFdGlueQAAAAA=',
      '<AAAAjwAAAGYAAAAAAAIAAAABCjEyNy4wLjAuMQAAcaQAABdNa1UzT0VWQk5UY3dOVEpFTkRNMlFnAAAAAQIAAAV0aW55SwQvXK6oR0yTAqxSzXAsYwADAAAAAAABAAAAAQAAAAACAAAAAQIAAAABAQAAAAAAAAAAAAABAAAAAAIAAAABAgAAAAEBAIAAAAAAAAAA',
      '>AAAAfgABABAAAABnAAZjb25zLWQAAAAB9AAAAAEDIAAAAQAAAAD/////AksEL1yuqEdMkwKsUs1wLGMDAAAAAAAAAAAAAAAAAAAAAP///////////////wAQAAAAAAAAAQAAAAAAAAAAAAAAAP///////////////wAQAAAAAAEBAA==',
      '<AAABlQAAAGcAAAAAAAAAAAAAAAJLBC9crqhHTJMCrFLNcCxjAwAAAAAAAAAAAAAAAAADAAAAAAAAAAMAAAAAAAAAAAH/////YgAAAAAAAAAAAAAAVQAAAAAC9kT18QAAAAAAAgAAAaIDE0Y+AAABogMTRj7//////////////////wAAAAMWAAAAAQpvbmUgMAAWAAACAQpvbmUgMQAWAAAEAQpvbmUgMgAAAAAAAQAAAAAAAAAAAAYAAAAAAAAABgAAAAAAAAAAAf/////HAQAAAAAAAAAAAAAASQAAAAACcQDb7gAAAAAAAQAAAaIDE0Y+AAABogMTRj7//////////////////wAAAAIWAAAAAQp0d28gMAAWAAACAQp0d28gMQAAAAAAAAAAAgAAAGUAAAAAAgW0av0AAAAAAAMAAAGiAxNOPAAAAaIDE048//////////////////8AAAAEGAAAAAEMbm8gYWNrABgAAAIBDG5vIGFjawAYAAAEAQxubyBhY2sAGAAABgEMbm8gYWNrAAAAAA==',
      '>AAAAfgABABAAAABoAAZjb25zLWQAAAAB9AAAAAEDIAAAAQAAAAD/////AksEL1yuqEdMkwKsUs1wLGMDAAAAAQAAAAAAAAAAAAAABv///////////////wAQAAAAAAAAAAAAAAAAAAAAAAAAA////////////////wAQAAAAAAEBAA==',
      '<AAAAbQAAAGgAAAAAAAAAAAAAAAJLBC9crqhHTJMCrFLNcCxjAwAAAAEAAAAAAAAAAAAGAAAAAAAAAAYAAAAAAAAAAAH/////AQAAAAAAAAAAAAAAAAAAAwAAAAAAAAADAAAAAAAAAAAB/////wEAAAA=',
    ],
    String.raw`
    [3,13,"cons-d",["tiny"],[],null,null,2,[],"{\"topics\":[{\"topic_id\":null,\"name\":\"tiny\"}],\"allow_auto_topic_creation\":false,\"include_topic_authorized_operations\":false}","{\"throttle_time_ms\":0,\"brokers\":[{\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":29092,\"rack\":null}],\"cluster_id\":\"MkU3OEVBNTcwNTJENDM2Qg\",\"controller_id\":1,\"topics\":[{\"error_code\":0,\"name\":\"tiny\",\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"is_internal\":false,\"partitions\":[{\"error_code\":0,\"partition_index\":1,\"leader_id\":1,\"leader_epoch\":0,\"replica_nodes\":[1],\"isr_nodes\":[1],\"offline_replicas\":[]},{\"error_code\":0,\"partition_index\":0,\"leader_id\":1,\"leader_epoch\":0,\"replica_nodes\":[1],\"isr_nodes\":[1],\"offline_replicas\":[]}],\"topic_authorized_operations\":-2147483648}],\"error_code\":0}"]
    [1,16,"cons-d",["tiny"],["tiny-0","tiny-1"],9,295,2,[],"{\"max_wait_ms\":500,\"min_bytes\":1,\"max_bytes\":52428800,\"isolation_level\":1,\"session_id\":0,\"session_epoch\":-1,\"topics\":[{\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"partitions\":[{\"partition\":0,\"current_leader_epoch\":0,\"fetch_offset\":0,\"last_fetched_epoch\":-1,\"log_start_offset\":-1,\"partition_max_bytes\":1048576},{\"partition\":1,\"current_leader_epoch\":0,\"fetch_offset\":0,\"last_fetched_epoch\":-1,\"log_start_offset\":-1,\"partition_max_bytes\":1048576}]}],\"forgotten_topics_data\":[],\"rack_id\":\"\"}","{\"throttle_time_ms\":0,\"error_code\":0,\"session_id\":0,\"responses\":[{\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"partitions\":[{\"partition_index\":0,\"error_code\":0,\"high_watermark\":3,\"last_stable_offset\":3,\"log_start_offset\":0,\"aborted_transactions\":[],\"preferred_read_replica\":-1,\"records\":{\"size\":97,\"count\":3}},{\"partition_index\":1,\"error_code\":0,\"high_watermark\":6,\"last_stable_offset\":6,\"log_start_offset\":0,\"aborted_transactions\":[],\"preferred_read_replica\":-1,\"records\":{\"size\":198,\"count\":6}}]}]}"]
    [1,16,"cons-d",["tiny"],["tiny-1","tiny-0"],0,0,2,[],"{\"max_wait_ms\":500,\"min_bytes\":1,\"max_bytes\":52428800,\"isolation_level\":1,\"session_id\":0,\"session_epoch\":-1,\"topics\":[{\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"partitions\":[{\"partition\":1,\"current_leader_epoch\":0,\"fetch_offset\":6,\"last_fetched_epoch\":-1,\"log_start_offset\":-1,\"partition_max_bytes\":1048576},{\"partition\":0,\"current_leader_epoch\":0,\"fetch_offset\":3,\"last_fetched_epoch\":-1,\"log_start_offset\":-1,\"partition_max_bytes\":1048576}]}],\"forgotten_topics_data\":[],\"rack_id\":\"\"}","{\"throttle_time_ms\":0,\"error_code\":0,\"session_id\":0,\"responses\":[{\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"partitions\":[{\"partition_index\":1,\"error_code\":0,\"high_watermark\":6,\"last_stable_offset\":6,\"log_start_offset\":0,\"aborted_transactions\":[],\"preferred_read_replica\":-1,\"records\":{\"size\":0,\"count\":0}},{\"partition_index\":0,\"error_code\":0,\"high_watermark\":3,\"last_stable_offset\":3,\"log_start_offset\":0,\"aborted_transactions\":[],\"preferred_read_replica\":-1,\"records\":{\"size\":0,\"count\":0}}]}]}"]
  `,
    true,
  ),
  captured(
    'Fetch 18 with ids that nobody told, and without records',
    [
      '>AAAAfgABABIAAABpAAZqYXZhLWMAAAAB9AAAAAEDIAAAAAAAAAAAAAAAAksEL1yuqEdMkwKsUs1wLGMDAAAAAQAAAAAAAAAAAAAAAP///////////////wAQAAAAAAAAAAAAAAAAAAAAAAAAAP///////////////wAQAAAAAAEBAA==',
      '<AAABlQAAAGkAAAAAAAAADxBQcgJLBC9crqhHTJMCrFLNcCxjAwAAAAEAAAAAAAAAAAAGAAAAAAAAAAYAAAAAAAAAAAD/////xwEAAAAAAAAAAAAAAEkAAAAAAnEA2+4AAAAAAAEAAAGiAxNGPgAAAaIDE0Y+//////////////////8AAAACFgAAAAEKdHdvIDAAFgAAAgEKdHdvIDEAAAAAAAAAAAIAAABlAAAAAAIFtGr9AAAAAAADAAABogMTTjwAAAGiAxNOPP//////////////////AAAABBgAAAABDG5vIGFjawAYAAACAQxubyBhY2sAGAAABAEMbm8gYWNrABgAAAYBDG5vIGFjawAAAAAAAAAAAAAAAAAAAAMAAAAAAAAAAwAAAAAAAAAAAP////9iAAAAAAAAAAAAAABVAAAAAAL2RPXxAAAAAAACAAABogMTRj4AAAGiAxNGPv//////////////////AAAAAxYAAAABCm9uZSAwABYAAAIBCm9uZSAxABYAAAQBCm9uZSAyAAAAAA==',
      '>AAAAKgABABIAAABqAAZqYXZhLWMAAAAB9AAAAAEDIAAAAA8QUHL/////AQEBAA==',
      '<AAAAEQAAAGoAAAAAAAAAAAAAAAEA',
    ],
    String.raw`
    [1,18,"java-c",["SwQvXK6oR0yTAqxSzXAsYw"],["SwQvXK6oR0yTAqxSzXAsYw-1","SwQvXK6oR0yTAqxSzXAsYw-0"],9,295,2,[],"{\"max_wait_ms\":500,\"min_bytes\":1,\"max_bytes\":52428800,\"isolation_level\":0,\"session_id\":0,\"session_epoch\":0,\"topics\":[{\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"partitions\":[{\"partition\":1,\"current_leader_epoch\":0,\"fetch_offset\":0,\"last_fetched_epoch\":-1,\"log_start_offset\":-1,\"partition_max_bytes\":1048576},{\"partition\":0,\"current_leader_epoch\":0,\"fetch_offset\":0,\"last_fetched_epoch\":-1,\"log_start_offset\":-1,\"partition_max_bytes\":1048576}]}],\"forgotten_topics_data\":[],\"rack_id\":\"\"}","{\"throttle_time_ms\":0,\"error_code\":0,\"session_id\":252727410,\"responses\":[{\"topic_id\":\"SwQvXK6oR0yTAqxSzXAsYw\",\"partitions\":[{\"partition_index\":1,\"error_code\":0,\"high_watermark\":6,\"last_stable_offset\":6,\"log_start_offset\":0,\"aborted_transactions\":null,\"preferred_read_replica\":-1,\"records\":{\"size\":198,\"count\":6}},{\"partition_index\":0,\"error_code\":0,\"high_watermark\":3,\"last_stable_offset\":3,\"log_start_offset\":0,\"aborted_transactions\":null,\"preferred_read_replica\":-1,\"records\":{\"size\":97,\"count\":3}}]}]}"]
    [1,18,"java-c",[],[],null,null,2,[],"{\"max_wait_ms\":500,\"min_bytes\":1,\"max_bytes\":52428800,\"isolation_level\":0,\"session_id\":252727410,\"session_epoch\":-1,\"topics\":[],\"forgotten_topics_data\":[],\"rack_id\":\"\"}","{\"throttle_time_ms\":0,\"error_code\":0,\"session_id\":0,\"responses\":[]}"]
  `,
  ),
  captured(
    'Produce 10, idempotent',
    [
      '>AAAAIQAWAAQAAABrAAZwcm9kLWMAAP//////////////////AA==',
      '<AAAAFgAAAGsAAAAAAAAO/////////////wA=',
      '>AAAAIQAWAAQAAABsAAZwcm9kLWMAAP//////////////////AA==',
      '<AAAAFgAAAGwAAAAAAAAAAAAAAAAAAAAAAAA=',
      '>AAAAiAAAAAoAAABtAAZwcm9kLWQAAP//AAB1MAIFdGlueQIAAAAAYgAAAAAAAAAAAAAAVQAAAAAC9kT18QAAAAAAAgAAAaIDE0Y+AAABogMTRj7//////////////////wAAAAMWAAAAAQpvbmUgMAAWAAACAQpvbmUgMQAWAAAEAQpvbmUgMgAAAAA=',
      '<AAAAMwAAAG0AAgV0aW55AgAAAAAAAAAAAAAAAAAA//////////8AAAAAAAAAAAEAAAAAAAAAAA==',
      '>AAAAfAAAAAoAAABuAAZwcm9kLWQAAP//AAB1MAIFdGlueQIAAAABVgAAAAAAAAAAAAAASQAAAAACcQDb7gAAAAAAAQAAAaIDE0Y+AAABogMTRj7//////////////////wAAAAIWAAAAAQp0d28gMAAWAAACAQp0d28gMQAAAAA=',
      '<AAAAMwAAAG4AAgV0aW55AgAAAAEAAAAAAAAAAAAA//////////8AAAAAAAAAAAEAAAAAAAAAAA==',
    ],
    String.raw`
    [22,4,"prod-c",[],[],null,null,3,["COORDINATOR_LOAD_IN_PROGRESS"],"{\"transactional_id\":null,\"transaction_timeout_ms\":-1,\"producer_id\":-1,\"producer_epoch\":-1}","{\"throttle_time_ms\":0,\"error_code\":14,\"producer_id\":-1,\"producer_epoch\":-1}"]
    [22,4,"prod-c",[],[],null,null,2,[],"{\"transactional_id\":null,\"transaction_timeout_ms\":-1,\"producer_id\":-1,\"producer_epoch\":-1}","{\"throttle_time_ms\":0,\"error_code\":0,\"producer_id\":0,\"producer_epoch\":0}"]
    [0,10,"prod-d",["tiny"],["tiny-0"],3,97,2,[],"{\"transactional_id\":null,\"acks\":-1,\"timeout_ms\":30000,\"topic_data\":[{\"name\":\"tiny\",\"partition_data\":[{\"index\":0,\"records\":{\"size\":97,\"count\":3}}]}]}","{\"responses\":[{\"name\":\"tiny\",\"partition_responses\":[{\"index\":0,\"error_code\":0,\"base_offset\":0,\"log_append_time_ms\":-1,\"log_start_offset\":0,\"record_errors\":[],\"error_message\":null}]}],\"throttle_time_ms\":0}"]
    [0,10,"prod-d",["tiny"],["tiny-1"],2,85,2,[],"{\"transactional_id\":null,\"acks\":-1,\"timeout_ms\":30000,\"topic_data\":[{\"name\":\"tiny\",\"partition_data\":[{\"index\":1,\"records\":{\"size\":85,\"count\":2}}]}]}","{\"responses\":[{\"name\":\"tiny\",\"partition_responses\":[{\"index\":1,\"error_code\":0,\"base_offset\":0,\"log_append_time_ms\":-1,\"log_start_offset\":0,\"record_errors\":[],\"error_message\":null}]}],\"throttle_time_ms\":0}"]
  `,
  ),
  captured(
    'Produce 10 without acknowledgement, then a request',
    [
      '>AAAAmAAAAAoAAABvAAZwcm9kLW4AAAAAAAB1MAIFdGlueQIAAAABcgAAAAAAAAAAAAAAZQAAAAACBbRq/QAAAAAAAwAAAaIDE048AAABogMTTjz//////////////////wAAAAQYAAAAAQxubyBhY2sAGAAAAgEMbm8gYWNrABgAAAQBDG5vIGFjawAYAAAGAQxubyBhY2sAAAAA',
      '>AAAALQADAA0AAABwAAZwcm9kLTAAAgAAAAAAAAAAAAAAAAAAAAAHb3JkZXJzAAEAAA==',
      '<AAAAkQAAAHAAAAAAAAIAAAABCjEyNy4wLjAuMQAAcaQAABdNa1UzT0VWQk5UY3dOVEpFTkRNMlFnAAAAAQIAAAdvcmRlcnOf8rI80uJIvrdWoBp/STvvAAMAAAAAAAEAAAABAAAAAAIAAAABAgAAAAEBAAAAAAAAAAAAAAEAAAAAAgAAAAECAAAAAQEAgAAAAAAAAAA=',
    ],
    String.raw`
    [0,10,"prod-n",["tiny"],["tiny-1"],4,113,1,null,"{\"transactional_id\":null,\"acks\":0,\"timeout_ms\":30000,\"topic_data\":[{\"name\":\"tiny\",\"partition_data\":[{\"index\":1,\"records\":{\"size\":113,\"count\":4}}]}]}",null]
    [3,13,"prod-0",["orders"],[],null,null,2,[],"{\"topics\":[{\"topic_id\":null,\"name\":\"orders\"}],\"allow_auto_topic_creation\":true,\"include_topic_authorized_operations\":false}","{\"throttle_time_ms\":0,\"brokers\":[{\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":29092,\"rack\":null}],\"cluster_id\":\"MkU3OEVBNTcwNTJENDM2Qg\",\"controller_id\":1,\"topics\":[{\"error_code\":0,\"name\":\"orders\",\"topic_id\":\"n_KyPNLiSL63VqAaf0k77w\",\"is_internal\":false,\"partitions\":[{\"error_code\":0,\"partition_index\":1,\"leader_id\":1,\"leader_epoch\":0,\"replica_nodes\":[1],\"isr_nodes\":[1],\"offline_replicas\":[]},{\"error_code\":0,\"partition_index\":0,\"leader_id\":1,\"leader_epoch\":0,\"replica_nodes\":[1],\"isr_nodes\":[1],\"offline_replicas\":[]}],\"topic_authorized_operations\":-2147483648}],\"error_code\":0}"]
  `,
  ),
  captured(
    'Produce 13 by ids',
    [
      '>AAABXgAAAA0AAABxAAZqYXZhLXAAAP//AAB1MAKf8rI80uJIvrdWoBp/STvvAgAAAACsAgAAAAAAAAAAAAABH/////8CcUBMtAAAAAAADQAAAaIDDoQdAAABogMOhCIAAAAAAAAAAwAAAAAADwAAAA4gAAAABmsyOA5qYXZhIDI4ACAABgIGazI5DmphdmEgMjkAIAAIBAZrMzAOamF2YSAzMAAgAAgGBmszMQ5qYXZhIDMxACAACAgGazMyDmphdmEgMzIAIAAICgZrMzYOamF2YSAzNgAgAAgMBms0MA5qYXZhIDQwACAACA4GazQxDmphdmEgNDEAIAAIEAZrNDIOamF2YSA0MgAgAAoSBms0Mw5qYXZhIDQzACAAChQGazQ1DmphdmEgNDUAIAAKFgZrNDYOamF2YSA0NgAgAAoYBms0Nw5qYXZhIDQ3ACAAChoGazQ4DmphdmEgNDgAAAAA',
      '<AAAAPgAAAHEAAp/ysjzS4ki+t1agGn9JO+8CAAAAAAAAAAAAAAAAALH//////////wAAAAAAAAAAAQAAAAAAAAAA',
    ],
    String.raw`
    [0,13,"java-p",["n_KyPNLiSL63VqAaf0k77w"],["n_KyPNLiSL63VqAaf0k77w-0"],14,299,2,[],"{\"transactional_id\":null,\"acks\":-1,\"timeout_ms\":30000,\"topic_data\":[{\"topic_id\":\"n_KyPNLiSL63VqAaf0k77w\",\"partition_data\":[{\"index\":0,\"records\":{\"size\":299,\"count\":14}}]}]}","{\"responses\":[{\"topic_id\":\"n_KyPNLiSL63VqAaf0k77w\",\"partition_responses\":[{\"index\":0,\"error_code\":0,\"base_offset\":177,\"log_append_time_ms\":-1,\"log_start_offset\":0,\"record_errors\":[],\"error_message\":null}]}],\"throttle_time_ms\":0}"]
  `,
    true,
  ),
  captured(
    'Produce 7 and Fetch 11 of librdkafka 2.0',
    [
      '>AAAAugAAAAcAAAByAAdyZGthZmth/////wAAdTAAAAABAAZvcmRlcnMAAAABAAAAAQAAAIkAAAAAAAAAAAAAAH0AAAAAAqw/LTQAAAAAAAgAAAGiAw6QZgAAAaIDDpBm//////////////////8AAAAJDgAAAAECMQAOAAACAQIyAA4AAAQBAjQADgAABgECNQAOAAAIAQI4ABAAAAoBBDExABAAAAwBBDEyABAAAA4BBDEzABAAABABBDIwAA==',
      '<AAAANgAAAHIAAAABAAZvcmRlcnMAAAABAAAAAQAAAAAAAAAAAL7//////////wAAAAAAAAAAAAAAAA==',
      '>AAAAXAABAAsAAABzAAdyZGthZmth/////wAAAfQAAAABAyAAAAEAAAAA/////wAAAAEABm9yZGVycwAAAAEAAAAB/////wAAAAAAAADH//////////8AEAAAAAAAAAAA',
      '<AAAASAAAAHMAAAAAAAAAAAAAAAAAAQAGb3JkZXJzAAAAAQAAAAEAAAAAAAAAAADHAAAAAAAAAMcAAAAAAAAAAAAAAAD/////AAAAAA==',
    ],
    String.raw`
    [0,7,"rdkafka",["orders"],["orders-1"],9,137,2,[],"{\"transactional_id\":null,\"acks\":-1,\"timeout_ms\":30000,\"topic_data\":[{\"name\":\"orders\",\"partition_data\":[{\"index\":1,\"records\":{\"size\":137,\"count\":9}}]}]}","{\"responses\":[{\"name\":\"orders\",\"partition_responses\":[{\"index\":1,\"error_code\":0,\"base_offset\":190,\"log_append_time_ms\":-1,\"log_start_offset\":0}]}],\"throttle_time_ms\":0}"]
    [1,11,"rdkafka",["orders"],["orders-1"],0,0,2,[],"{\"replica_id\":-1,\"max_wait_ms\":500,\"min_bytes\":1,\"max_bytes\":52428800,\"isolation_level\":1,\"session_id\":0,\"session_epoch\":-1,\"topics\":[{\"topic\":\"orders\",\"partitions\":[{\"partition\":1,\"current_leader_epoch\":-1,\"fetch_offset\":199,\"log_start_offset\":-1,\"partition_max_bytes\":1048576}]}],\"forgotten_topics_data\":[],\"rack_id\":\"\"}","{\"throttle_time_ms\":0,\"error_code\":0,\"session_id\":0,\"responses\":[{\"topic\":\"orders\",\"partitions\":[{\"partition_index\":1,\"error_code\":0,\"high_watermark\":199,\"last_stable_offset\":199,\"log_start_offset\":0,\"aborted_transactions\":[],\"preferred_read_replica\":-1,\"records\":{\"size\":0,\"count\":0}}]}]}"]
  `,
  ),
  captured(
    'Produce 2 with messages of format 1',
    [
      '>AAAAGwADAAEAAAB0AAVvbGQtcAAAAAEABmxlZ2FjeQ==',
      '<AAAAnAAAAHQAAAABAAAAAQAJMTI3LjAuMC4xAACuMf//AAAAAAAAAAEAAAAGbGVnYWN5AAAAAAQAAAAAAAAAAAABAAAAAQAAAAEAAAABAAAAAQAAAAAAAQAAAAEAAAABAAAAAQAAAAEAAAABAAAAAAACAAAAAQAAAAEAAAABAAAAAQAAAAEAAAAAAAMAAAABAAAAAQAAAAEAAAABAAAAAQ==',
      '>AAAA4QAAAAIAAAB1AAVvbGQtcAABAAB1MAAAAAEABmxlZ2FjeQAAAAEAAAAAAAAAtAAAAAAAAAAAAAAAGMDe0ewBAAAAAaIDEfJG/////wAAAAJtMAAAAAAAAAABAAAAGLfZ4XoBAAAAAaIDEfJG/////wAAAAJtMQAAAAAAAAACAAAAGC7QsMABAAAAAaIDEfJG/////wAAAAJtMgAAAAAAAAADAAAAGJhZX5YBAAAAAaIDEfJH/////wAAAAJtMwAAAAAAAAAEAAAAGAY9yjUBAAAAAaIDEfJH/////wAAAAJtNA==',
      '<AAAALgAAAHUAAAABAAZsZWdhY3kAAAABAAAAAAAj/////////////////////wAAAAA=',
    ],
    String.raw`
    [3,1,"old-p",["legacy"],[],null,null,2,[],"{\"topics\":[{\"name\":\"legacy\"}]}","{\"brokers\":[{\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":44593,\"rack\":null}],\"controller_id\":0,\"topics\":[{\"error_code\":0,\"name\":\"legacy\",\"is_internal\":false,\"partitions\":[{\"error_code\":0,\"partition_index\":0,\"leader_id\":1,\"replica_nodes\":[1],\"isr_nodes\":[1]},{\"error_code\":0,\"partition_index\":1,\"leader_id\":1,\"replica_nodes\":[1],\"isr_nodes\":[1]},{\"error_code\":0,\"partition_index\":2,\"leader_id\":1,\"replica_nodes\":[1],\"isr_nodes\":[1]},{\"error_code\":0,\"partition_index\":3,\"leader_id\":1,\"replica_nodes\":[1],\"isr_nodes\":[1]}]}]}"]
    [0,2,"old-p",["legacy"],["legacy-0"],5,180,3,["UNSUPPORTED_VERSION"],"{\"acks\":1,\"timeout_ms\":30000,\"topic_data\":[{\"name\":\"legacy\",\"partition_data\":[{\"index\":0,\"records\":{\"size\":180,\"count\":5}}]}]}","{\"responses\":[{\"name\":\"legacy\",\"partition_responses\":[{\"index\":0,\"error_code\":35,\"base_offset\":-1,\"log_append_time_ms\":-1}]}],\"throttle_time_ms\":0}"]
  `,
  ),
  captured(
    'CreateTopics 4: one, and one that is there already',
    [
      '>AAAAQwATAAQAAAB2AAdhZG1pbi1jAAAAAgAGb3JkZXJzAAAAAgABAAAAAAAAAAAAA2JpZwAAAAEAAQAAAAAAAAAAAADqYAA=',
      '<AAAAIQAAAHYAAAAAAAAAAgAGb3JkZXJzAAD//wADYmlnAAD//w==',
      '>AAAAMAATAAQAAAB3AAdhZG1pbi1jAAAAAQAGb3JkZXJzAAAAAgABAAAAAAAAAAAAAOpgAA==',
      '<AAAANgAAAHcAAAAAAAAAAQAGb3JkZXJzACQAHlRvcGljICdvcmRlcnMnIGFscmVhZHkgZXhpc3RzLg==',
    ],
    String.raw`
    [19,4,"admin-c",["orders","big"],[],null,null,2,[],"{\"topics\":[{\"name\":\"orders\",\"num_partitions\":2,\"replication_factor\":1,\"assignments\":[],\"configs\":[]},{\"name\":\"big\",\"num_partitions\":1,\"replication_factor\":1,\"assignments\":[],\"configs\":[]}],\"timeout_ms\":60000,\"validate_only\":false}","{\"throttle_time_ms\":0,\"topics\":[{\"name\":\"orders\",\"error_code\":0,\"error_message\":null},{\"name\":\"big\",\"error_code\":0,\"error_message\":null}]}"]
    [19,4,"admin-c",["orders"],[],null,null,3,["TOPIC_ALREADY_EXISTS"],"{\"topics\":[{\"name\":\"orders\",\"num_partitions\":2,\"replication_factor\":1,\"assignments\":[],\"configs\":[]}],\"timeout_ms\":60000,\"validate_only\":false}","{\"throttle_time_ms\":0,\"topics\":[{\"name\":\"orders\",\"error_code\":36,\"error_message\":\"Topic 'orders' already exists.\"}]}"]
  `,
  ),
  captured(
    'a consumer group: FindCoordinator 6 to LeaveGroup 5',
    [
      '>AAAAFwAKAAYAAAB4AAZqYXZhLWMAAAIDZ2oA',
      '<AAAAJAAAAHgAAAAAAAIDZ2oAAAABCjEyNy4wLjAuMQAAcaQAAAEAAA==',
      '>AAAAgwALAAkAAAB5AAZqYXZhLWMAA2dqAACvyAAEk+ABAAljb25zdW1lcgMGcmFuZ2UdAAMAAAABAAZvcmRlcnP/////AAAAAP///////wATY29vcGVyYXRpdmUtc3RpY2t5IQADAAAAAQAGb3JkZXJzAAAABP////8AAAAA////////AAEA',
      '<AAAAQQAAAHkAAAAAAABP/////wAAAQAsamF2YS1jLTU0ZjBjMzIxLTJiYjYtNDU4Mi1hZjIzLTA1ZDAyZTg5ZTBkNgEA',
      '>AAABAwALAAkAAAB6AAZqYXZhLWMAA2dqAACvyAAEk+AsamF2YS1jLTU0ZjBjMzIxLTJiYjYtNDU4Mi1hZjIzLTA1ZDAyZTg5ZTBkNgAJY29uc3VtZXIDBnJhbmdlHQADAAAAAQAGb3JkZXJz/////wAAAAD///////8AE2Nvb3BlcmF0aXZlLXN0aWNreSEAAwAAAAEABm9yZGVycwAAAAT/////AAAAAP///////wBWbmVlZCB0byByZS1qb2luIHdpdGggdGhlIGdpdmVuIG1lbWJlci1pZDogamF2YS1jLTU0ZjBjMzIxLTJiYjYtNDU4Mi1hZjIzLTA1ZDAyZTg5ZTBkNgA=',
      '<AAAAxAAAAHoAAAAAAAAAAAAAAQljb25zdW1lcgZyYW5nZSxqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2ACxqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2AixqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2AB0AAwAAAAEABm9yZGVyc/////8AAAAA////////AAA=',
      '>AAAAogAOAAUAAAB7AAZqYXZhLWMAA2dqAAAAASxqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2AAljb25zdW1lcgZyYW5nZQIsamF2YS1jLTU0ZjBjMzIxLTJiYjYtNDU4Mi1hZjIzLTA1ZDAyZTg5ZTBkNh8AAwAAAAEABm9yZGVycwAAAAIAAAAAAAAAAf////8AAA==',
      '<AAAAOgAAAHsAAAAAAAAACWNvbnN1bWVyBnJhbmdlHwADAAAAAQAGb3JkZXJzAAAAAgAAAAAAAAAB/////wA=',
      '>AAAALwAJAAkAAAB8AAZqYXZhLWMAAgNnagD/////AgdvcmRlcnMDAAAAAAAAAAEAAAEA',
      '<AAAAQwAAAHwAAAAAAAIDZ2oCB29yZGVycwMAAAAA////////////////AQAAAAAAAAH///////////////8BAAAAAAAAAAA=',
      '>AAAARwACAAoAAAB9AAZqYXZhLWMA/////wACB29yZGVycwMAAAAAAAAAAP/////////+AAAAAAEAAAAA//////////4AAAAAdTAA',
      '<AAAASgAAAH0AAAAAAAIHb3JkZXJzAwAAAAAAAP//////////AAAAAAAAAAAAAAAAAAAAAAEAAP//////////AAAAAAAAAAAAAAAAAAAA',
      '>AAAAdAAIAAkAAAB+AAZqYXZhLWMAA2dqAAAAASxqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2AAIHb3JkZXJzAwAAAAAAAAAAAAAAvwAAAAABAAAAAAEAAAAAAAAAvgAAAAABAAAA',
      '<AAAAIgAAAH4AAAAAAAIHb3JkZXJzAwAAAAAAAAAAAAABAAAAAAA=',
      '>AAAAYQANAAUAAAB/AAZqYXZhLWMAA2dqAixqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2AB10aGUgY29uc3VtZXIgaXMgYmVpbmcgY2xvc2VkAAA=',
      '<AAAAPQAAAH8AAAAAAAAAAixqYXZhLWMtNTRmMGMzMjEtMmJiNi00NTgyLWFmMjMtMDVkMDJlODllMGQ2AAAAAAA=',
    ],
    String.raw`
    [10,6,"java-c",[],[],null,null,2,[],"{\"key_type\":0,\"coordinator_keys\":[\"gj\"]}","{\"throttle_time_ms\":0,\"coordinators\":[{\"key\":\"gj\",\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":29092,\"error_code\":0,\"error_message\":\"\"}]}"]
    [11,9,"java-c",[],[],null,null,3,["MEMBER_ID_REQUIRED"],"{\"group_id\":\"gj\",\"session_timeout_ms\":45000,\"rebalance_timeout_ms\":300000,\"member_id\":\"\",\"group_instance_id\":null,\"protocol_type\":\"consumer\",\"protocols\":[{\"name\":\"range\",\"metadata\":{\"size\":28}},{\"name\":\"cooperative-sticky\",\"metadata\":{\"size\":32}}],\"reason\":\"\"}","{\"throttle_time_ms\":0,\"error_code\":79,\"generation_id\":-1,\"protocol_type\":null,\"protocol_name\":null,\"leader\":\"\",\"skip_assignment\":false,\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"members\":[]}"]
    [11,9,"java-c",[],[],null,null,2,[],"{\"group_id\":\"gj\",\"session_timeout_ms\":45000,\"rebalance_timeout_ms\":300000,\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"group_instance_id\":null,\"protocol_type\":\"consumer\",\"protocols\":[{\"name\":\"range\",\"metadata\":{\"size\":28}},{\"name\":\"cooperative-sticky\",\"metadata\":{\"size\":32}}],\"reason\":\"need to re-join with the given member-id: java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\"}","{\"throttle_time_ms\":0,\"error_code\":0,\"generation_id\":1,\"protocol_type\":\"consumer\",\"protocol_name\":\"range\",\"leader\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"skip_assignment\":false,\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"members\":[{\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"group_instance_id\":null,\"metadata\":{\"size\":28}}]}"]
    [14,5,"java-c",[],[],null,null,2,[],"{\"group_id\":\"gj\",\"generation_id\":1,\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"group_instance_id\":null,\"protocol_type\":\"consumer\",\"protocol_name\":\"range\",\"assignments\":[{\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"assignment\":{\"size\":30}}]}","{\"throttle_time_ms\":0,\"error_code\":0,\"protocol_type\":\"consumer\",\"protocol_name\":\"range\",\"assignment\":{\"size\":30}}"]
    [9,9,"java-c",["orders"],["orders-0","orders-1"],null,null,2,[],"{\"groups\":[{\"group_id\":\"gj\",\"member_id\":null,\"member_epoch\":-1,\"topics\":[{\"name\":\"orders\",\"partition_indexes\":[0,1]}]}],\"require_stable\":true}","{\"throttle_time_ms\":0,\"groups\":[{\"group_id\":\"gj\",\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"committed_offset\":-1,\"committed_leader_epoch\":-1,\"metadata\":\"\",\"error_code\":0},{\"partition_index\":1,\"committed_offset\":-1,\"committed_leader_epoch\":-1,\"metadata\":\"\",\"error_code\":0}]}],\"error_code\":0}]}"]
    [2,10,"java-c",["orders"],["orders-0","orders-1"],null,null,2,[],"{\"replica_id\":-1,\"isolation_level\":0,\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"current_leader_epoch\":0,\"timestamp\":-2},{\"partition_index\":1,\"current_leader_epoch\":0,\"timestamp\":-2}]}],\"timeout_ms\":30000}","{\"throttle_time_ms\":0,\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"error_code\":0,\"timestamp\":-1,\"offset\":0,\"leader_epoch\":0},{\"partition_index\":1,\"error_code\":0,\"timestamp\":-1,\"offset\":0,\"leader_epoch\":0}]}]}"]
    [8,9,"java-c",["orders"],["orders-0","orders-1"],null,null,2,[],"{\"group_id\":\"gj\",\"generation_id_or_member_epoch\":1,\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"group_instance_id\":null,\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"committed_offset\":191,\"committed_leader_epoch\":0,\"committed_metadata\":\"\"},{\"partition_index\":1,\"committed_offset\":190,\"committed_leader_epoch\":0,\"committed_metadata\":\"\"}]}]}","{\"throttle_time_ms\":0,\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"error_code\":0},{\"partition_index\":1,\"error_code\":0}]}]}"]
    [13,5,"java-c",[],[],null,null,2,[],"{\"group_id\":\"gj\",\"members\":[{\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"group_instance_id\":null,\"reason\":\"the consumer is being closed\"}]}","{\"throttle_time_ms\":0,\"error_code\":0,\"members\":[{\"member_id\":\"java-c-54f0c321-2bb6-4582-af23-05d02e89e0d6\",\"group_instance_id\":null,\"error_code\":0}]}"]
  `,
  ),
  captured(
    'a consumer group: FindCoordinator 2 to LeaveGroup 1',
    [
      '>AAAAFQAKAAIAAACAAAZjb25zLWMAAmcxAA==',
      '<AAAAIwAAAIAAAAAAAAAABE5PTkUAAAABAAkxMjcuMC4wLjEAAHGk',
      '>AAAAiwALAAUAAACBAAZjb25zLWMAAmcxAACvyAAEk+AAAP//AAhjb25zdW1lcgAAAAIABXJhbmdlAAAAIQADAAAAAgADYmlnAAZvcmRlcnMAAAAAAAAAAP////8AAAAKcm91bmRyb2JpbgAAACEAAwAAAAIAA2JpZwAGb3JkZXJzAAAAAAAAAAD/////AAA=',
      '<AAAAQwAAAIEAAAAAAE//////AAAAAAArY29ucy1jLTAxMTE2ZGVkLTg3NjQtNDYwMC04ZWE4LWJmYTJmOTI5NDRhMQAAAAA=',
      '>AAAAtgALAAUAAACCAAZjb25zLWMAAmcxAACvyAAEk+AAK2NvbnMtYy0wMTExNmRlZC04NzY0LTQ2MDAtOGVhOC1iZmEyZjkyOTQ0YTH//wAIY29uc3VtZXIAAAACAAVyYW5nZQAAACEAAwAAAAIAA2JpZwAGb3JkZXJzAAAAAAAAAAD/////AAAACnJvdW5kcm9iaW4AAAAhAAMAAAACAANiaWcABm9yZGVycwAAAAAAAAAA/////wAA',
      '<AAAAxwAAAIIAAAAAAAAAAAABAAVyYW5nZQArY29ucy1jLTAxMTE2ZGVkLTg3NjQtNDYwMC04ZWE4LWJmYTJmOTI5NDRhMQArY29ucy1jLTAxMTE2ZGVkLTg3NjQtNDYwMC04ZWE4LWJmYTJmOTI5NDRhMQAAAAEAK2NvbnMtYy0wMTExNmRlZC04NzY0LTQ2MDAtOGVhOC1iZmEyZjkyOTQ0YTH//wAAACEAAwAAAAIAA2JpZwAGb3JkZXJzAAAAAAAAAAD/////AAA=',
      '>AAAApwAOAAMAAACDAAZjb25zLWMAAmcxAAAAAQArY29ucy1jLTAxMTE2ZGVkLTg3NjQtNDYwMC04ZWE4LWJmYTJmOTI5NDRhMf//AAAAAQArY29ucy1jLTAxMTE2ZGVkLTg3NjQtNDYwMC04ZWE4LWJmYTJmOTI5NDRhMQAAACsAAAAAAAIAA2JpZwAAAAEAAAAAAAZvcmRlcnMAAAACAAAAAAAAAAEAAAAA',
      '<AAAAOQAAAIMAAAAAAAAAAAArAAAAAAACAANiaWcAAAABAAAAAAAGb3JkZXJzAAAAAgAAAAAAAAABAAAAAA==',
      '>AAAARwAMAAMAAACEAAZjb25zLWMAAmcxAAAAAQArY29ucy1jLTAxMTE2ZGVkLTg3NjQtNDYwMC04ZWE4LWJmYTJmOTI5NDRhMf//',
      '<AAAACgAAAIQAAAAAAAA=',
      '>AAAAMgACAAcAAACFAAZjb25zLWMA/////wECB29yZGVycwIAAAABAAAAAP/////////+AAAA',
      '<AAAALwAAAIUAAAAAAAIHb3JkZXJzAgAAAAEAAP//////////AAAAAAAAAAAAAAAAAAAA',
      '>AAAAjAAIAAkAAACGAAZjb25zLWMAA2cxAAAAASxjb25zLWMtMDExMTZkZWQtODc2NC00NjAwLThlYTgtYmZhMmY5Mjk0NGExAAMEYmlnAgAAAAAAAAAAAAAABgAAAAABAAAHb3JkZXJzAwAAAAAAAAAAAAAAkwAAAAABAAAAAAEAAAAAAAAAlwAAAAABAAAA',
      '<AAAALwAAAIYAAAAAAAMEYmlnAgAAAAAAAAAAB29yZGVycwMAAAAAAAAAAAAAAQAAAAAA',
      '>AAAAQQANAAEAAACHAAZjb25zLWMAAmcxACtjb25zLWMtMDExMTZkZWQtODc2NC00NjAwLThlYTgtYmZhMmY5Mjk0NGEx',
      '<AAAACgAAAIcAAAAAAAA=',
    ],
    String.raw`
    [10,2,"cons-c",[],[],null,null,2,[],"{\"key\":\"g1\",\"key_type\":0}","{\"throttle_time_ms\":0,\"error_code\":0,\"error_message\":\"NONE\",\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":29092}"]
    [11,5,"cons-c",[],[],null,null,3,["MEMBER_ID_REQUIRED"],"{\"group_id\":\"g1\",\"session_timeout_ms\":45000,\"rebalance_timeout_ms\":300000,\"member_id\":\"\",\"group_instance_id\":null,\"protocol_type\":\"consumer\",\"protocols\":[{\"name\":\"range\",\"metadata\":{\"size\":33}},{\"name\":\"roundrobin\",\"metadata\":{\"size\":33}}]}","{\"throttle_time_ms\":0,\"error_code\":79,\"generation_id\":-1,\"protocol_name\":\"\",\"leader\":\"\",\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"members\":[]}"]
    [11,5,"cons-c",[],[],null,null,2,[],"{\"group_id\":\"g1\",\"session_timeout_ms\":45000,\"rebalance_timeout_ms\":300000,\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"group_instance_id\":null,\"protocol_type\":\"consumer\",\"protocols\":[{\"name\":\"range\",\"metadata\":{\"size\":33}},{\"name\":\"roundrobin\",\"metadata\":{\"size\":33}}]}","{\"throttle_time_ms\":0,\"error_code\":0,\"generation_id\":1,\"protocol_name\":\"range\",\"leader\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"members\":[{\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"group_instance_id\":null,\"metadata\":{\"size\":33}}]}"]
    [14,3,"cons-c",[],[],null,null,2,[],"{\"group_id\":\"g1\",\"generation_id\":1,\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"group_instance_id\":null,\"assignments\":[{\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"assignment\":{\"size\":43}}]}","{\"throttle_time_ms\":0,\"error_code\":0,\"assignment\":{\"size\":43}}"]
    [12,3,"cons-c",[],[],null,null,2,[],"{\"group_id\":\"g1\",\"generation_id\":1,\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"group_instance_id\":null}","{\"throttle_time_ms\":0,\"error_code\":0}"]
    [2,7,"cons-c",["orders"],["orders-1"],null,null,2,[],"{\"replica_id\":-1,\"isolation_level\":1,\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":1,\"current_leader_epoch\":0,\"timestamp\":-2}]}]}","{\"throttle_time_ms\":0,\"topics\":[{\"name\":\"orders\",\"partitions\":[{\"partition_index\":1,\"error_code\":0,\"timestamp\":-1,\"offset\":0,\"leader_epoch\":0}]}]}"]
    [8,9,"cons-c",["big","orders"],["big-0","orders-0","orders-1"],null,null,2,[],"{\"group_id\":\"g1\",\"generation_id_or_member_epoch\":1,\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\",\"group_instance_id\":null,\"topics\":[{\"name\":\"big\",\"partitions\":[{\"partition_index\":0,\"committed_offset\":6,\"committed_leader_epoch\":0,\"committed_metadata\":\"\"}]},{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"committed_offset\":147,\"committed_leader_epoch\":0,\"committed_metadata\":\"\"},{\"partition_index\":1,\"committed_offset\":151,\"committed_leader_epoch\":0,\"committed_metadata\":\"\"}]}]}","{\"throttle_time_ms\":0,\"topics\":[{\"name\":\"big\",\"partitions\":[{\"partition_index\":0,\"error_code\":0}]},{\"name\":\"orders\",\"partitions\":[{\"partition_index\":0,\"error_code\":0},{\"partition_index\":1,\"error_code\":0}]}]}"]
    [13,1,"cons-c",[],[],null,null,2,[],"{\"group_id\":\"g1\",\"member_id\":\"cons-c-01116ded-8764-4600-8ea8-bfa2f92944a1\"}","{\"throttle_time_ms\":0,\"error_code\":0}"]
  `,
  ),
  captured(
    'ConsumerGroupHeartbeat 1',
    [
      '>AAAAQQBEAAEAAACIAAZqYXZhLWsAA2drF053UllMVmVSVGx1dF9idlBUemxOTXcAAAAAAAAABJPgAgdvcmRlcnMAAAEA',
      '<AAAASQAAAIgAAAAAAAAAABdOd1JZTFZlUlRsdXRfYnZQVHpsTk13AAAAAQAAE4gBAp/ysjzS4ki+t1agGn9JO+8DAAAAAAAAAAEAAAA=',
      '>AAAAVABEAAEAAACJAAZqYXZhLWsAA2drF053UllMVmVSVGx1dF9idlBUemxOTXcAAAABAAD/////AAAAAp/ysjzS4ki+t1agGn9JO+8DAAAAAAAAAAEAAA==',
      '<AAAALQAAAIkAAAAAAAAAABdOd1JZTFZlUlRsdXRfYnZQVHpsTk13AAAAAQAAE4j/AA==',
    ],
    String.raw`
    [68,1,"java-k",["orders","n_KyPNLiSL63VqAaf0k77w"],["n_KyPNLiSL63VqAaf0k77w-0","n_KyPNLiSL63VqAaf0k77w-1"],null,null,2,[],"{\"group_id\":\"gk\",\"member_id\":\"NwRYLVeRTlut_bvPTzlNMw\",\"member_epoch\":0,\"instance_id\":null,\"rack_id\":null,\"rebalance_timeout_ms\":300000,\"subscribed_topic_names\":[\"orders\"],\"subscribed_topic_regex\":null,\"server_assignor\":null,\"topic_partitions\":[]}","{\"throttle_time_ms\":0,\"error_code\":0,\"error_message\":null,\"member_id\":\"NwRYLVeRTlut_bvPTzlNMw\",\"member_epoch\":1,\"heartbeat_interval_ms\":5000,\"assignment\":{\"topic_partitions\":[{\"topic_id\":\"n_KyPNLiSL63VqAaf0k77w\",\"partitions\":[0,1]}]}}"]
    [68,1,"java-k",["n_KyPNLiSL63VqAaf0k77w"],["n_KyPNLiSL63VqAaf0k77w-0","n_KyPNLiSL63VqAaf0k77w-1"],null,null,2,[],"{\"group_id\":\"gk\",\"member_id\":\"NwRYLVeRTlut_bvPTzlNMw\",\"member_epoch\":1,\"instance_id\":null,\"rack_id\":null,\"rebalance_timeout_ms\":-1,\"subscribed_topic_names\":null,\"subscribed_topic_regex\":null,\"server_assignor\":null,\"topic_partitions\":[{\"topic_id\":\"n_KyPNLiSL63VqAaf0k77w\",\"partitions\":[0,1]}]}","{\"throttle_time_ms\":0,\"error_code\":0,\"error_message\":null,\"member_id\":\"NwRYLVeRTlut_bvPTzlNMw\",\"member_epoch\":1,\"heartbeat_interval_ms\":5000,\"assignment\":null}"]
  `,
    true,
  ),
  captured(
    'a transaction',
    [
      '>AAAAFgAKAAIAAACKAAZwcm9kLXQAA3R4MQE=',
      '<AAAAIwAAAIoAAAAAAAAABE5PTkUAAAABAAkxMjcuMC4wLjEAAHGk',
      '>AAAAJAAWAAQAAACLAAZwcm9kLXQABHR4MQAA6mD/////////////AA==',
      '<AAAAFgAAAIsAAAAAAAAAAAAAAAAAAAEAAAA=',
      '>AAAAMwAYAAAAAACMAAZwcm9kLXQAA3R4MQAAAAAAAAABAAAAAAABAAZvcmRlcnMAAAABAAAAAA==',
      '<AAAAHgAAAIwAAAAAAAAAAQAGb3JkZXJzAAAAAQAAAAAAAA==',
      '>AAAAqAAAAAoAAACNAAZwcm9kLXQABHR4Mf//AAB1MAIHb3JkZXJzAgAAAAB9AAAAAAAAAAAAAABwAAAAAAItQounABAAAAAGAAABogMOT0sAAAGiAw5PSwAAAAAAAAABAAAAAAAAAAAABxAAAAABBHR4ABAAAAIBBHR4ABAAAAQBBHR4ABAAAAYBBHR4ABAAAAgBBHR4ABAAAAoBBHR4ABAAAAwBBHR4AAAAAA==',
      '<AAAANQAAAI0AAgdvcmRlcnMCAAAAAAAAAAAAAAAAAIv//////////wAAAAAAAAAAAQAAAAAAAAAA',
      '>AAAAIAAaAAEAAACOAAZwcm9kLXQAA3R4MQAAAAAAAAABAAAB',
      '<AAAACgAAAI4AAAAAAAA=',
    ],
    String.raw`
    [10,2,"prod-t",[],[],null,null,2,[],"{\"key\":\"tx1\",\"key_type\":1}","{\"throttle_time_ms\":0,\"error_code\":0,\"error_message\":\"NONE\",\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":29092}"]
    [22,4,"prod-t",[],[],null,null,2,[],"{\"transactional_id\":\"tx1\",\"transaction_timeout_ms\":60000,\"producer_id\":-1,\"producer_epoch\":-1}","{\"throttle_time_ms\":0,\"error_code\":0,\"producer_id\":1,\"producer_epoch\":0}"]
    [24,0,"prod-t",["orders"],["orders-0"],null,null,2,[],"{\"v3_and_below_transactional_id\":\"tx1\",\"v3_and_below_producer_id\":1,\"v3_and_below_producer_epoch\":0,\"v3_and_below_topics\":[{\"name\":\"orders\",\"partitions\":[0]}]}","{\"throttle_time_ms\":0,\"results_by_topic_v3_and_below\":[{\"name\":\"orders\",\"results_by_partition\":[{\"partition_index\":0,\"partition_error_code\":0}]}]}"]
    [0,10,"prod-t",["orders"],["orders-0"],7,124,2,[],"{\"transactional_id\":\"tx1\",\"acks\":-1,\"timeout_ms\":30000,\"topic_data\":[{\"name\":\"orders\",\"partition_data\":[{\"index\":0,\"records\":{\"size\":124,\"count\":7}}]}]}","{\"responses\":[{\"name\":\"orders\",\"partition_responses\":[{\"index\":0,\"error_code\":0,\"base_offset\":139,\"log_append_time_ms\":-1,\"log_start_offset\":0,\"record_errors\":[],\"error_message\":null}]}],\"throttle_time_ms\":0}"]
    [26,1,"prod-t",[],[],null,null,2,[],"{\"transactional_id\":\"tx1\",\"producer_id\":1,\"producer_epoch\":0,\"committed\":true}","{\"throttle_time_ms\":0,\"error_code\":0}"]
  `,
  ),
  captured(
    'WriteTxnMarkers 1: an API that is only named',
    [
      '>AAAARQAbAAEAAACPABpicm9rZXItMS10eG4tbWFya2VyLXNlbmRlcgACAAAAAAAAAAEAAAECB29yZGVycwIAAAAAAAAAAAAAAA==',
      '<AAAAIQAAAI8AAgAAAAAAAAABAgdvcmRlcnMCAAAAAAAAAAAAAA==',
    ],
    `
    [27,1,"broker-1-txn-marker-sender",null,null,null,null,null,null,null,null]
  `,
  ),
  captured(
    'ApiVersions 9 is too new: error 35',
    [
      '>AAAAFQASAAkAAACQAANyYXcABHJhdwIxAA==',
      '<AAAAEAAAAJAAIwAAAAEAEgAAAAQ=',
      '>AAAADQASAAAAAACRAANyYXc=',
      '<AAABwAAAAJEAAAAAAEkAAAAAAA0AAQAEABIAAgABAAoAAwAAAA0ACAACAAkACQABAAkACgAAAAYACwAAAAkADAAAAAQADQAAAAUADgAAAAUADwAAAAYAEAAAAAUAEQAAAAEAEgAAAAQAEwACAAcAFAABAAYAFQAAAAIAFgAAAAUAFwACAAQAGAAAAAUAGQAAAAQAGgAAAAUAGwABAAEAHAAAAAUAHQABAAMAHgABAAMAHwABAAMAIAABAAQAIQAAAAIAIgABAAIAIwABAAQAJAAAAAIAJQAAAAMAJgABAAMAJwABAAIAKAABAAIAKQABAAMAKgAAAAIAKwAAAAIALAAAAAEALQAAAAEALgAAAAAALwAAAAAAMAAAAAEAMQAAAAEAMgAAAAAAMwAAAAAANwAAAAIAOQAAAAIAPAAAAAIAPQAAAAAAQAAAAAAAQQAAAAAAQgAAAAIARAAAAAEARQAAAAEASgAAAAEASwAAAAAATAABAAEATQABAAEATgABAAEATwABAAEAUAAAAAAAUQAAAAAAUwAAAAAAVAAAAAAAVQAAAAAAVgAAAAAAVwAAAAAAWgAAAAAAWwAAAAAAXAAAAAA=',
    ],
    String.raw`
    [18,9,"raw",[],[],null,null,3,["UNSUPPORTED_VERSION"],null,"{\"error_code\":35}"]
    [18,0,"raw",[],[],null,null,2,[],"{}","{\"error_code\":0,\"api_keys\":[{\"api_key\":0,\"min_version\":0,\"max_version\":13},{\"api_key\":1,\"min_version\":4,\"max_version\":18},{\"api_key\":2,\"min_version\":1,\"max_version\":10},{\"api_key\":3,\"min_version\":0,\"max_version\":13},{\"api_key\":8,\"min_version\":2,\"max_version\":9},{\"api_key\":9,\"min_version\":1,\"max_version\":9},{\"api_key\":10,\"min_version\":0,\"max_version\":6},{\"api_key\":11,\"min_version\":0,\"max_version\":9},{\"api_key\":12,\"min_version\":0,\"max_version\":4},{\"api_key\":13,\"min_version\":0,\"max_version\":5},{\"api_key\":14,\"min_version\":0,\"max_version\":5},{\"api_key\":15,\"min_version\":0,\"max_version\":6},{\"api_key\":16,\"min_version\":0,\"max_version\":5},{\"api_key\":17,\"min_version\":0,\"max_version\":1},{\"api_key\":18,\"min_version\":0,\"max_version\":4},{\"api_key\":19,\"min_version\":2,\"max_version\":7},{\"api_key\":20,\"min_version\":1,\"max_version\":6},{\"api_key\":21,\"min_version\":0,\"max_version\":2},{\"api_key\":22,\"min_version\":0,\"max_version\":5},{\"api_key\":23,\"min_version\":2,\"max_version\":4},{\"api_key\":24,\"min_version\":0,\"max_version\":5},{\"api_key\":"]
  `,
  ),
  captured(
    'ApiVersions 3 refused by the mock cluster of librdkafka 2.8',
    ['>AAAAKgASAAMAAACSAARwbGF0ABNwbGF0Zm9ybWF0aWMta2Fma2EHMS4zNS4wAA==', '<AAAAEQAAAJIAIwEAEgAAAAIAAAAA'],
    String.raw`
    [18,3,"plat",[],[],null,null,3,["UNSUPPORTED_VERSION"],"{\"client_software_name\":\"platformatic-kafka\",\"client_software_version\":\"1.35.0\"}","{\"error_code\":35}"]
  `,
  ),
  captured(
    'SaslHandshake 1, SaslAuthenticate 1',
    [
      '>AAAAFAARAAEAAACTAANyYXcABVBMQUlO',
      '<AAAAEQAAAJMAAAAAAAEABVBMQUlO',
      '>AAAAJAAkAAEAAACUAANyYXcAAAATAGFsaWNlAGFsaWNlLXNlY3JldA==',
      '<AAAAFAAAAJQAAAAAAAAAAAAAAAAAAAAA',
      '>AAAAEgAKAAEAAACVAANyYXcAAmcxAA==',
      '<AAAAIwAAAJUAAAAAAAAABE5PTkUAAAABAAkxMjcuMC4wLjEAAHGm',
    ],
    String.raw`
    [17,1,"raw",[],[],null,null,2,[],"{\"mechanism\":\"PLAIN\"}","{\"error_code\":0,\"mechanisms\":[\"PLAIN\"]}"]
    [36,1,"raw",[],[],null,null,2,[],"{\"auth_bytes\":\"[REDACTED]\"}","{\"error_code\":0,\"error_message\":\"\",\"auth_bytes\":\"[REDACTED]\",\"session_lifetime_ms\":0}"]
    [10,1,"raw",[],[],null,null,2,[],"{\"key\":\"g1\",\"key_type\":0}","{\"throttle_time_ms\":0,\"error_code\":0,\"error_message\":\"NONE\",\"node_id\":1,\"host\":\"127.0.0.1\",\"port\":29094}"]
  `,
  ),
  captured(
    'SaslAuthenticate 2 with a wrong password',
    [
      '>AAAAJQAkAAIAAACWAANyYXcAFgBhbGljZQB3cm9uZy1wYXNzd29yZAA=',
      '<AAAARQAAAJYAADo0QXV0aGVudGljYXRpb24gZmFpbGVkOiBJbnZhbGlkIHVzZXJuYW1lIG9yIHBhc3N3b3JkAQAAAAAAAAAAAA==',
    ],
    String.raw`
    [36,2,"raw",[],[],null,null,3,["SASL_AUTHENTICATION_FAILED"],"{\"auth_bytes\":\"[REDACTED]\"}","{\"error_code\":58,\"error_message\":\"Authentication failed: Invalid username or password\",\"auth_bytes\":\"[REDACTED]\",\"session_lifetime_ms\":0}"]
  `,
  ),
]
