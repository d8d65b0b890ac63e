/**
 * Where our reading differs from the other's, and why. `values`: how many values at most. `ofThem`: the other reader is wrong by
 * the specification, or says nothing of what it read: the values do not count against us.
 */
export const EXPLAINED = {
  'http1/pb__http_url_params.pcap': {
    values: 1,
    why: 'a response whose request is not in the capture is counted (http_orphan), not a row',
  },
  'http1/pb__wsgi_drum.pcap': {
    values: 27,
    ofThem: true,
    why: 'segments that were sent again are read again (RFC 9293 §3.4)',
  },
  'http1/zeek__http__261__variant-01-chunk_2pow64_overflow.pcap': {
    values: 1,
    ofThem: true,
    why: 'after a chunk size that overflows (RFC 9112 §7.1) reading goes on at the next request line',
  },
  'http1/zeek__http__261__variant-09-te_obs_fold.pcap': {
    values: 1,
    ofThem: true,
    why: 'the folded Transfer-Encoding (RFC 9112 §5.2) is chunked: what follows the last chunk is a request',
  },
  'http1/zeek__http__connect-with-smtp.pcap': {
    values: 2,
    ofThem: true,
    why: 'a target with a blank in it (RFC 9112 §3.2): the whole of it is shown',
  },
  'http1/zeek__http__content-range-gap-skip.pcap': {
    values: 1,
    ofThem: true,
    why: 'nothing is read of a response with a gap',
  },
  'http1/zeek__http__content-range-gap.pcap': {
    values: 1,
    ofThem: true,
    why: 'nothing is read of a response with a gap',
  },
  'http1/zeek__http__entity_gap.pcap': { values: 1, ofThem: true, why: 'nothing is read of a response with a gap' },
  'http1/zeek__http__methods.pcap': {
    values: 26,
    ofThem: true,
    why: 'of a request line that is none (RFC 9112 §3) parts are shown, or nothing; ours are rows without a request',
  },
  'http1/zeek__http__no-uri.pcap': {
    values: 2,
    ofThem: true,
    why: 'the version is taken for the target of a request that has none',
  },
  'http1/zeek__http__putty-upload.pcap': { values: 1, ofThem: true, why: 'a request that never ends is not read' },
  'http1/zeek__http__zero-length-bodies-with-drops.pcap': {
    values: 3,
    ofThem: true,
    why: 'a target is cut at 4096 characters; a response whose request was lost is counted, not a row',
  },
  'mysql/df__mysql__partial-packet-compressed.pcap': {
    values: 2,
    ofThem: true,
    why: 'packets that are compressed are not read',
  },
  'redis/own__redis7_cli.pcap': { values: 2, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__client-skip-while-off.pcap': { values: 7, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__excessive-pipelining.pcap': { values: 12, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__pipeline-quotes.pcap': { values: 6, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__pipeline-with-commands.pcap': { values: 4, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__reply-off-on-2conn.pcap': { values: 6, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__reply-off-on.pcap': { values: 8, ofThem: true, why: 'inline commands are not read' },
  'redis/zeek__redis__bulk-loading.pcap': {
    values: 995,
    ofThem: true,
    why: 'of the commands in one segment only the first are listed',
  },
  'redis/zeek__redis__auth.pcap': {
    values: 1,
    why: 'the first reply after a start in the middle may answer an earlier command',
  },
  'http1/own__apache_chunked.pcap': {
    values: 2,
    ofThem: true,
    why: 'a 101 to h2c is no final response: that is in HTTP/2 (RFC 7540 §3.2)',
  },
  'http2/sv__dns-over-http2__dns_over_https.pcap': {
    values: 1,
    ofThem: true,
    why: 'packet 20: the client has reset the stream (RFC 9113 §5.4.2); what comes then is ignored',
  },
  'http2/sv__http2-bugfixes__input.pcap': { values: 8, ofThem: true, why: 'requests and responses are not read' },
  'http2/sv__http2-compression-bug__input.pcap': {
    values: 10,
    ofThem: true,
    why: 'requests and responses are not read',
  },
  'http2/sv__http2-deflate__http2_deflate.pcap': { values: 1, ofThem: true, why: 'the request is not read' },
  'http2/sv__http2-range__http2-range.pcap': { values: 3, ofThem: true, why: 'requests are not read' },
  'grpc/own__grpcjs_gzip.pcap': {
    values: 2,
    ofThem: true,
    why: 'stream 21: the client has reset it (RFC 9113 §5.4.2); what comes then is ignored',
  },
  'memcached/pb__memcache__memcache_bin_udp_delete.pcap': {
    values: 2,
    ofThem: true,
    why: 'the binary protocol is not read over UDP',
  },
  'memcached/pb__memcache__memcache_bin_udp_multi_store.pcap': {
    values: 3,
    ofThem: true,
    why: 'the binary protocol is not read over UDP',
  },
  'memcached/pb__memcache__memcache_bin_udp_single_store.pcap': {
    values: 1,
    ofThem: true,
    why: 'the binary protocol is not read over UDP',
  },
  'memcached/pb__memcache__memcache_text_udp_multi_store.pcap': {
    values: 3,
    ofThem: true,
    why: 'the text protocol is not read over UDP',
  },
  'memcached/pb__memcache__memcache_text_udp_single_store.pcap': {
    values: 1,
    ofThem: true,
    why: 'the text protocol is not read over UDP',
  },
  'mongodb/ndpi__mongodb.pcap': {
    values: 1,
    ofThem: true,
    why: 'of five queries on connections of their own four are read',
  },
  'mongodb/pb__mongodb_insert_duplicate_key.pcap': {
    values: 4,
    ofThem: true,
    why: 'messages of the first and the last connection are not read',
  },
  'kafka/df__kafka__11-join-group-v7.pcap': {
    values: 3,
    ofThem: true,
    why: 'the request is read as Produce v120: its second segment is taken for a message',
  },
  'dns/sv__dns__dns-truncated-rname__poc2.pcap': {
    values: 1,
    why: 'a query of which the name is cut off (RFC 1035 §4.1.2): it is counted (dns_invalid), not a row',
  },
  'tls/zeek__tls__hrr.pcap': {
    values: 2,
    ofThem: true,
    why: 'the ServerHello after the HelloRetryRequest (RFC 8446 §4.1.4), in packet 9, is not read',
  },
  'mysql/own__mariadb_cli.pcap': { values: 2, ofThem: true, why: 'a statement is cut where it is very long' },
}
