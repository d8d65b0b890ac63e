/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which connection a socket is, where in its streams it stands, and what user space must know of it.
 * Identity: inode of the socket + generation. struct sock addresses are reused within microseconds. */
#ifndef STIRLING_CONN_H
#define STIRLING_CONN_H

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_MPTCP 262
#define SOCK_DONE_BIT 1		/* enum sock_flags: FIN was received */
#define RCV_SHUTDOWN 1
#define ULP_MPTCP 0x6374706d	/* the first four letters */
#define ULP_TLS 0x736c74
#define KTLS_BOTH 3
#define USER_DATA_FLAGS 7UL
#define GENERATION_MAX 0x1fffff	/* keeps ids below 2^53 */

static __always_inline u64 now(void)
{
	return bpf_ktime_get_ns() - start_ns;
}

static __always_inline bool is_inet(struct sock *sk)
{
	u16 family = READ(sk, __sk_common.skc_family);

	return family == FAMILY_INET || family == FAMILY_INET6;
}

static __always_inline bool is_tcp(struct sock *sk)
{
	return is_inet(sk) && READ(sk, sk_type) == SOCK_STREAM && READ(sk, sk_protocol) == IPPROTO_TCP;
}

/* Moves its bytes over TCP sockets of the kernel's own, the subflows. */
static __always_inline bool is_mptcp(struct sock *sk)
{
	return is_inet(sk) && READ(sk, sk_protocol) == IPPROTO_MPTCP;
}

static __always_inline bool is_udp(struct sock *sk)
{
	return is_inet(sk) && READ(sk, sk_protocol) == IPPROTO_UDP;
}

static __always_inline u16 local_port(struct sock *sk)
{
	/* inet_sport outlives skc_num, which is 0 in state CLOSE. */
	return __builtin_bswap16(READ((struct inet_sock *)sk, inet_sport));
}

static __always_inline u16 remote_port(struct sock *sk)
{
	return __builtin_bswap16(READ(sk, __sk_common.skc_dport));
}

static __always_inline u32 socket_inode(struct sock *sk)
{
	struct socket *socket = READ(sk, sk_socket);

	return socket ? READ((struct socket_alloc *)socket, vfs_inode.i_ino) : 0;
}

/* The sequence number after the last byte that the process has sent or been given. */
static __always_inline u32 stream_seq(struct sock *sk, u32 direction)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	u32 seq;

	if (direction == DIRECTION_SEND)
		return READ(tp, write_seq);
	seq = READ(tp, copied_seq);
	/* A FIN that was read counts one. */
	if ((READ(sk, __sk_common.skc_flags) & (1UL << SOCK_DONE_BIT)) && seq == READ(tp, rcv_nxt))
		seq--;
	return seq;
}

/* How many bytes the direction has carried since the connection began, by the kernel's own totals. */
static __always_inline u64 stream_total(struct sock *sk, u32 direction, u32 seq, u8 role)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	s64 total;

	if (direction == DIRECTION_SEND) {
		/* On the connecting side the acknowledged SYN is in bytes_acked. */
		total = (s64)READ(tp, bytes_acked) - (role == ROLE_CLIENT);
		total += (s32)(seq - READ(tp, snd_una));
	} else {
		/* Both count a FIN that has come. */
		total = (s64)READ(tp, bytes_received) - (s32)(READ(tp, rcv_nxt) - seq);
	}
	return total > 0 ? total : 0;
}

/* An accepted socket has the backlog of its listener, a connecting one has none. */
static __always_inline bool was_accepted(struct sock *sk)
{
	return READ(sk, sk_max_ack_backlog);
}

static __always_inline u8 socket_role(struct sock *sk, bool tcp)
{
	if (is_unix(sk))
		return unix_role(sk);
	if (!tcp && bpf_core_type_exists(struct mptcp_sock))
		sk = READ((struct mptcp_sock *)sk, first);
	return was_accepted(sk) ? ROLE_SERVER : ROLE_CLIENT;
}

static __always_inline void v4_mapped(__u8 *out, __be32 address)
{
	out[10] = 0xff;
	out[11] = 0xff;
	__builtin_memcpy(out + 12, &address, 4);
}

#define fill_address(out, sk, v4, v6)                                                   \
	do {                                                                            \
		if (READ(sk, __sk_common.skc_family) == FAMILY_INET)                    \
			v4_mapped(out, READ(sk, __sk_common.v4));                       \
		else                                                                    \
			BPF_CORE_READ_INTO(&(out), sk, __sk_common.v6.in6_u.u6_addr8);  \
	} while (0)

#define fill_local(out, sk) fill_address(out, sk, skc_rcv_saddr, skc_v6_rcv_saddr)
#define fill_remote(out, sk) fill_address(out, sk, skc_daddr, skc_v6_daddr)

static __always_inline void fill_inet(struct conn_event *event, struct sock *sk)
{
	event->local_port = local_port(sk);
	event->remote_port = remote_port(sk);
	fill_local(event->local_addr, sk);
	fill_remote(event->remote_addr, sk);
}

static __always_inline u32 netns_of(struct sock *sk)
{
	return READ(READ(sk, __sk_common.skc_net.net), ns.inum);
}

/* The facts of a connection and of the process that uses it now. false: no room, say it again with the next event. */
static __noinline bool announce(struct conn *conn, struct sock *sk, const struct src *src, const u64 *first,
			       const struct peer *peer)
{
	struct task_struct *leader = READ((struct task_struct *)bpf_get_current_task(), group_leader);
	struct conn_event *event = bpf_ringbuf_reserve(&control, sizeof(*event), 0);
	bool tcp = is_tcp(sk);

	if (!event)
		return false;
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = EVENT_CONN;
	event->size = sizeof(*event);
	event->family = READ(sk, __sk_common.skc_family);
	event->type = READ(sk, sk_type);
	event->protocol = READ(sk, sk_protocol);
	event->mode = conn->mode;
	event->role = event->type == SOCK_DGRAM ? ROLE_UNKNOWN : socket_role(sk, tcp);
	event->conn = conn->id;
	event->time = now();
	event->cgroup = bpf_get_current_cgroup_id();
	event->start_boottime = READ(leader, start_boottime);
	event->position[0] = first[0];
	event->position[1] = first[1];
	event->tgid = src->tgid;
	event->netns = netns_of(sk);
	BPF_CORE_READ_STR_INTO(&event->comm, leader, comm);
	if (event->family != FAMILY_UNIX) {
		fill_inet(event, sk);
	} else {
		fill_unix(event, sk, src, peer);
	}
	bpf_ringbuf_submit(event, wake_flags());
	conn->announced = src->tgid;
	return true;
}

static __always_inline void say_closed(struct conn *conn)
{
	struct close_event *event;

	if (!conn->announced)
		return;
	event = bpf_ringbuf_reserve(&control, sizeof(*event), 0);
	if (!event) {
		account(REASON_LOST_CONTROL, 0);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = EVENT_CLOSE;
	event->size = sizeof(*event);
	event->conn = conn->id;
	event->time = now();
	event->position[0] = conn->position[0];
	event->position[1] = conn->position[1];
	bpf_ringbuf_submit(event, submit_flags());
}

static __always_inline void stand_at_present(struct conn *conn, struct sock *sk, bool tcp)
{
	u8 role = socket_role(sk, tcp);

	conn->standing = 1;
	if (!tcp)
		return;

	for (u32 direction = 0; direction < 2; direction++) {
		u32 seq = stream_seq(sk, direction);

		conn->origin[direction] = seq;
		conn->position[direction] = stream_total(sk, direction, seq, role);
	}
	/* In a second step, or it takes more of the stack. */
	asm volatile("" : : : "memory");
	conn->origin[0] -= conn->position[0];
	conn->origin[1] -= conn->position[1];
}

/* The ring has been more than three quarters full, and is not yet less than half full. */
u64 overloaded;

/* Of what is too much, whole connections are left out, and those that are followed stay whole. */
static __always_inline bool admitted(void)
{
	u64 fill = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA), size = bpf_ringbuf_query(&events, BPF_RB_RING_SIZE);
	u32 key = 0;
	u64 *share = bpf_map_lookup_elem(&admission, &key);

	overloaded = fill > (overloaded ? size / 2 : size / 4 * 3);
	return !overloaded && (!share || !*share || (bpf_get_prandom_u32() & (ADMIT_ALL - 1)) < *share);
}

/* Where connections have long been of no use a new one begins off; one in so many is looked at all the same. */
#define ENDPOINT_CHECKS 16
#define MODE_OPEN 255	/* not settled yet */

static __noinline u32 first_mode(struct sock *sk)
{
	struct endpoint key = {.netns = netns_of(sk)};
	u32 *off;

	if (!is_tcp(sk))
		return MODE_UNDECIDED;
	if (was_accepted(sk)) {
		key.port = local_port(sk);
		fill_local(key.addr, sk);
	} else {
		key.port = remote_port(sk);
		fill_remote(key.addr, sk);
	}
	off = bpf_map_lookup_elem(&endpoints, &key);
	return off && *off && bpf_get_prandom_u32() % ENDPOINT_CHECKS ? MODE_OFF : MODE_UNDECIDED;
}

static __always_inline u32 ulp_name(struct sock *sk)
{
	const struct tcp_ulp_ops *ops = READ((struct inet_connection_sock *)sk, icsk_ulp_ops);
	u32 name = 0;

	if (ops)
		bpf_probe_read_kernel(&name, sizeof(name), &ops->name);
	return name;
}

/* The head of struct tls_context, the same since 5.4. The types of a module that may not be loaded yet are not to be had. */
struct ktls {
	u16 prot_info[10];
	u8 tx_conf : 3;
	u8 rx_conf : 3;
};

/* Which directions the kernel encrypts: there calls carry plaintext, and sequence numbers count ciphertext. */
static __always_inline u8 ktls_ways(struct sock *sk)
{
	struct ktls context = {};

	if (ulp_name(sk) != ULP_TLS)
		return 0;
	bpf_probe_read_kernel(&context, sizeof(context), READ((struct inet_connection_sock *)sk, icsk_ulp_data));
	return (context.tx_conf ? 1 << DIRECTION_SEND : 0) | (context.rx_conf ? 1 << DIRECTION_RECV : 0);
}

/* In a sockmap, where programs hand bytes from socket to socket, past the sequence numbers. */
static __always_inline bool in_sockmap(struct sock *sk)
{
	u64 data = (u64)READ(sk, sk_user_data) & ~USER_DATA_FLAGS;

	return data && bpf_core_type_exists(struct sk_psock) && READ((struct sk_psock *)data, sk) == sk;
}

static __always_inline u64 next_generation(u64 id)
{
	return (u32)id | (((id >> 32) + 1) & GENERATION_MAX) << 32;
}

/* What the map has there has ended: → the connection that takes its place, with the values of `as`; 0: no room. */
static __always_inline struct conn *replace_conn(void *map, const u64 *key, struct conn *conn, const struct conn *as)
{
	if (conn)
		say_closed(conn);
	bpf_map_update_elem(map, key, as, BPF_ANY);
	return bpf_map_lookup_elem(map, key);
}

/* Not on the stack, of which a chain of calls has 512 bytes. */
static const struct conn blank = {.mode = MODE_OPEN};

/* What the kernel encrypts both ways is from here on another connection: of plaintext, whose positions are counted here. It
 * has been seen from its start if all of it has. */
static __always_inline struct conn *plain_conn(struct conn *conn, struct sock *sk)
{
	u64 key = (u64)sk, id = next_generation(conn->id);
	u8 shed = conn->shed, before = conn->ktls;

	conn = replace_conn(&conns, &key, conn, &blank);
	if (!conn)
		return 0;
	conn->id = id;
	conn->shed = shed;
	conn->standing = conn->counted = 1;
	conn->ktls = KTLS_BOTH;
	if (before)
		stand_at_present(conn, sk, true);
	return conn;
}

/* Not every byte of TCP is the one that a sequence number counts. */
static __always_inline struct conn *conn_as_it_is(struct conn *conn, struct sock *sk)
{
	u8 ways = ktls_ways(sk);

	if (!conn->standing)
		stand_at_present(conn, sk, true);
	if (ways == KTLS_BOTH && conn->ktls != KTLS_BOTH)
		return plain_conn(conn, sk);
	conn->ktls = ways;
	if (in_sockmap(sk))
		conn->counted = 1;
	return conn;
}

/* The connection of a socket; made at first sight. 0: no inode, or no room. */
static __noinline struct conn *conn_of(struct sock *sk)
{
	bool tcp = is_tcp(sk);
	u64 key = (u64)sk;
	u32 inode = socket_inode(sk);
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);

	if (!inode)
		return 0;
	if (conn && (u32)conn->id == inode)
		return tcp ? conn_as_it_is(conn, sk) : conn;
	conn = replace_conn(&conns, &key, conn, &blank);
	if (!conn)
		return 0;
	conn->id = inode;
	conn->shed = !admitted();
	stand_at_present(conn, sk, tcp);
	conn->ktls = tcp ? ktls_ways(sk) : 0;
	conn->counted = !tcp || conn->ktls == KTLS_BOTH || in_sockmap(sk);
	return conn;
}

/* What the tracer writes to a unix socket must not come back: its reader's end is remembered. */
static __always_inline void note_own_reader(struct sock *sk, u32 whose, u32 direction)
{
	struct sock *peer;
	u32 inode;
	u8 one = 1;

	if (!trace_unix || whose != EXCLUDED || direction != DIRECTION_SEND || !is_unix(sk))
		return;
	peer = READ((struct unix_sock *)sk, peer);
	inode = peer ? socket_inode(peer) : 0;
	if (inode)
		bpf_map_update_elem(&own_readers, &inode, &one, BPF_ANY);
}

static __noinline bool unix_in_scope(struct sock *sk, bool stream)
{
	u32 inode;

	if (!trace_unix || scope_ports || !is_unix(sk) || (READ(sk, sk_type) == SOCK_STREAM) != stream)
		return false;
	inode = socket_inode(sk);
	return !bpf_map_lookup_elem(&own_readers, &inode);
}

static __always_inline bool netns_in_scope(struct sock *sk)
{
	u32 netns;

	if (!scope_netns)
		return true;
	netns = netns_of(sk);
	return bpf_map_lookup_elem(&namespaces, &netns);
}

static __noinline bool socket_in_scope(struct sock *sk)
{
	if (is_tcp(sk) || is_mptcp(sk) ? !port_in_scope(local_port(sk), remote_port(sk)) : !unix_in_scope(sk, true))
		return false;
	return netns_in_scope(sk) && !BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock);
}

/* Where the kernel stands now, in bytes from the connection's beginning. Made of nothing that another thread may be changing. */
static __noinline u64 kernel_position(const struct conn *conn, struct sock *sk, u32 direction)
{
	u64 position = *(volatile const u64 *)&conn->position[direction & 1];

	return position + (s32)(stream_seq(sk, direction) - conn->origin[direction & 1] - (u32)position);
}

/* Moves the connection's position over a message of `bytes`, with `after` more in the same call;
 * → the position of its first byte. Of calls of several threads that have ended before this each is told the end of the last. */
static __always_inline u64 advance(struct conn *conn, struct sock *sk, u32 direction, u32 bytes, u32 after)
{
	u64 position;

	if (conn->counted) {
		__sync_fetch_and_add(&conn->position[direction & 1], bytes);
		return conn->position[direction & 1] - bytes;
	}
	position = kernel_position(conn, sk, direction);
	conn->position[direction & 1] = position;
	return position - after - bytes;
}

/* The socket of MPTCP above a subflow has no such tracepoint: it is gone when no process holds it any more. */
static __always_inline struct sock *gone_with(struct sock *sk)
{
	struct sock *above;

	if (!bpf_core_type_exists(struct mptcp_subflow_context) || ulp_name(sk) != ULP_MPTCP)
		return sk;
	above = READ((struct mptcp_subflow_context *)READ((struct inet_connection_sock *)sk, icsk_ulp_data), conn);
	return READ(above, sk_socket) ? sk : above;
}

/* Enters state CLOSE, after which a socket that is disconnected has other numbers. Bytes that no call was seen of are moved over
 * here, or nobody would miss them. A FIN that was sent counts one, which cannot be told from one byte. */
static __always_inline void conn_ends(struct sock *sk)
{
	u64 key = (u64)sk;
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);

	if (!conn || conn->counted || !conn->standing)
		return;
	for (u32 direction = 0; direction < 2; direction++) {
		u64 end = kernel_position(conn, sk, direction) - (direction == DIRECTION_SEND);

		if ((s64)(end - conn->position[direction]) > 0)
			conn->position[direction] = end;
	}
}

/* A TCP socket is gone: data could be read until now, also in state CLOSE. */
static __always_inline void conn_destroyed(struct sock *sk)
{
	u64 key = (u64)gone_with(sk);
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);

	if (!conn)
		return;
	say_closed(conn);
	bpf_map_delete_elem(&conns, &key);
}

/* connect() again on the same socket: the same inode, another connection, whose numbers are not chosen yet. */
static __always_inline void conn_reconnects(struct sock *sk)
{
	u64 key = (u64)sk;
	struct conn *conn = bpf_map_lookup_elem(&conns, &key);
	struct conn fresh = {};

	if (!conn)
		return;
	say_closed(conn);
	fresh.shed = !admitted();
	fresh.id = next_generation(conn->id);
	bpf_map_update_elem(&conns, &key, &fresh, BPF_ANY);
}

#endif
