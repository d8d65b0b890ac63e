/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the kernel side of the socket tracer and user space share: events, verdicts, filters, counters.
 * The only definition: src/kernel/intf.gen.ts is generated from the BTF of these types. */
#ifndef STIRLING_INTF_SOCKET_TRACE_H
#define STIRLING_INTF_SOCKET_TRACE_H

#ifndef __bpf__
#include <linux/types.h>
#endif

enum event_kind {
	EVENT_DATA = 1,		/* bytes moved on a connection */
	EVENT_CONN = 2,		/* facts about a connection and the process that uses it */
	EVENT_CLOSE = 3,	/* a TCP connection is gone; its final positions */
};

enum direction {
	DIRECTION_SEND = 0,
	DIRECTION_RECV = 1,
};

enum lane {
	LANE_WIRE = 0,		/* what the socket carries */
	LANE_PLAIN = 1,		/* what a TLS library was given */
};

/* As AF_*: the numbers are the kernel's. */
enum family {
	FAMILY_UNIX = 1,
	FAMILY_INET = 2,
	FAMILY_INET6 = 10,
};

enum role {
	ROLE_UNKNOWN = 0,
	ROLE_CLIENT = 1,
	ROLE_SERVER = 2,
};

/* What happened to bytes. Every byte that a call moved is counted as seen and under exactly one other reason. */
enum reason {
	REASON_SEEN = 0,	/* moved by calls in scope */
	REASON_EMITTED,		/* shipped to user space */
	REASON_SKIP_UNDECIDED,	/* beyond the budget of a connection without a verdict */
	REASON_SKIP_RUN,	/* beyond what is shipped one way while the other way is silent */
	REASON_SKIP_VERDICT,	/* user space does not want them */
	REASON_SKIP_CAPTURE,	/* beyond --capture-bytes of one call */
	REASON_SKIP_NOBUF,	/* no buffer to read at this hook: sendfile, splice, io_uring, MSG_TRUNC */
	REASON_LOST_RING,	/* no room in the ring */
	REASON_LOST_FAULT,	/* the buffer was not readable */
	REASON_LOST_CONTROL,	/* no room for the facts that must precede the bytes */
	REASON_LOST_MAP,	/* no room in the map of connections */
	REASON_LOST_SHED,	/* of a connection that was not taken on: the ring was filling up, or --max-overhead */
	REASON_COUNT,
};

/* Flags of a data event. */
enum data_flag {
	DATA_START = 1,		/* the first byte of a call */
	DATA_END = 2,		/* no byte: the other end has closed this direction */
	DATA_MORE = 4,		/* datagrams: another event with the same position follows, with the next bytes of this one */
	DATA_TRUNCATED = 8,	/* datagrams: the buffer was too small, the kernel has thrown the rest away */
};

/* bytes [position, position + length) of one direction moved; the first `captured` of them follow this header,
 * the rest is missing for `reason`. 64 bytes, then the payload. */
struct data_event {
	__u8 kind;		/* EVENT_DATA; first in every event */
	__u8 direction;
	__u8 lane;
	__u8 flags;
	__u32 size;		/* of this event with its payload, a multiple of 8; second in every event */
	__u64 conn;		/* inode of the socket | generation << 32; below 2^53 */
	__u64 time;		/* ns since start_ns */
	__u64 position;		/* of the first byte; datagram number for datagrams */
	__u32 length;
	__u32 captured;
	__u32 tgid;		/* process of the call */
	__u16 reason;		/* enum reason: why captured < length */
	__u16 peer_port;	/* datagrams: the other end of this one, host order */
	__u8 peer_addr[16];	/* IPv6 or v4-mapped; unix: the key of its name, remote_addr of a conn_event */
};

/* Sent before the first data event of a connection, and again when another process uses it, or another unix socket is its peer. */
struct conn_event {
	__u8 kind;		/* EVENT_CONN */
	__u8 family;
	__u8 type;		/* SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5 */
	__u8 role;
	__u32 size;
	__u64 conn;
	__u64 time;
	__u64 cgroup;		/* id of the process's cgroup (v2) */
	__u64 start_boottime;	/* of the process, ns since boot */
	__u64 position[2];	/* by direction: of the first byte that will be reported; 0 = the connection is seen from its start */
	__u32 tgid;
	__u32 netns;		/* inode of the socket's network namespace */
	__u16 local_port;	/* host order; 0 = none */
	__u16 remote_port;
	__u16 protocol;		/* IPPROTO_* */
	__u16 mode;		/* enum mode in which it begins: MODE_OFF where its endpoint is off */
	__u8 local_addr[16];	/* IPv6 or v4-mapped */
	__u8 remote_addr[16];	/* unix datagrams: of remote_path, what peer_addr has */
	char comm[16];		/* of the thread-group leader */
	char local_path[108];	/* unix: as in sockaddr_un; a leading NUL marks an abstract name */
	char remote_path[108];
};

struct close_event {
	__u8 kind;		/* EVENT_CLOSE */
	__u8 pad[3];
	__u32 size;
	__u64 conn;
	__u64 time;
	__u64 position[2];	/* by direction: after the last byte */
};

enum mode {
	MODE_UNDECIDED = 0,
	MODE_FULL = 1,		/* ship what the run budget permits */
	MODE_LENGTHS = 2,	/* events without payload */
	MODE_OFF = 3,		/* nothing but a sample now and then */
	MODE_WHOLE = 4,		/* ship every byte: the framing depends on it */
};

/* One slot of the verdict array, at index inode & (entries - 1). Written by user space only; valid if `conn` matches. */
struct verdict {
	__u64 conn;
	__u32 mode;
	__u32 pad;
	__u64 until[2];		/* by direction: bytes before this position are not needed */
};

/* A key of the map `endpoints`: where servers are asked. Its value: 1 = new connections begin off, most of them. */
struct endpoint {
	__u32 netns;
	__u16 port;		/* host order */
	__u16 pad;
	__u8 addr[16];		/* IPv6 or v4-mapped */
};

/* Values of the map `scope`, key tgid. */
enum scope_flag {
	SCOPE_INCLUDE = 1,
	SCOPE_EXCLUDE = 2,
	SCOPE_TREE = 4,		/* children inherit this entry */
};

/* Of the map that says which processes `scope` may know, by the low bits of their numbers. */
#define SCOPE_SLOTS 4096

struct comm_pattern {
	char glob[16];		/* NUL-terminated; * and ? as in a shell */
};

/* A value of the array `cgroups`: a cgroup (v2), with all below it. */
struct cgroup_filter {
	__u64 id;
	__u32 level;		/* how far below the root */
	__u32 pad;
};

/* The value of the array `admission`: of 65536 new connections, so many are taken on. */
#define ADMIT_ALL 65536

/* A value of the per-CPU array `counters`, key enum reason. */
struct counter {
	__u64 events;
	__u64 bytes;
};

#define CAPTURE_CLASS_MAX 16384
#define SAMPLE_BYTES 64

_Static_assert(sizeof(struct data_event) == 64, "data_event");
_Static_assert(sizeof(struct conn_event) == 336, "conn_event");
_Static_assert(sizeof(struct close_event) == 40, "close_event");
_Static_assert(sizeof(struct verdict) == 32, "verdict");
_Static_assert(sizeof(struct counter) == 16, "counter");
_Static_assert(sizeof(struct endpoint) == 24, "endpoint");
_Static_assert(sizeof(struct cgroup_filter) == 16, "cgroup_filter");

#endif
