/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* UDP, whatever the hook layer of streams is: the return of a system call. Only then is the peer of a datagram that was
 * received in user memory, and nowhere else that every kernel lets a program look. */
#ifndef STIRLING_DATAGRAM_LAYER_H
#define STIRLING_DATAGRAM_LAYER_H

/* struct sockaddr_in and sockaddr_in6 up to the address. */
struct address {
	u16 family;
	u8 port[2];
	u8 four[4];
	u8 six[16];
};

#define ADDRESS_BYTES_V4 8

static const struct conn no_datagram_yet;

static __always_inline void socket_peer(struct peer *peer, struct sock *sk)
{
	peer->port = remote_port(sk);
	if (READ(sk, __sk_common.skc_family) == FAMILY_INET)
		v4_mapped(peer->addr, READ(sk, __sk_common.skc_daddr));
	else
		BPF_CORE_READ_INTO(&peer->addr, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
}

/* What is not an address of IP leaves the peer unknown. */
static __always_inline void named_peer(struct peer *peer, u64 name)
{
	struct address address = {};

	if (bpf_probe_read_user(&address, ADDRESS_BYTES_V4, (void *)name))
		return;
	if (address.family == FAMILY_INET) {
		peer->addr[10] = 0xff;
		peer->addr[11] = 0xff;
		__builtin_memcpy(peer->addr + 12, address.four, 4);
	} else if (address.family == FAMILY_INET6) {
		if (bpf_probe_read_user(&address, sizeof(address), (void *)name))
			return;
		__builtin_memcpy(peer->addr, address.six, 16);
	} else {
		return;
	}
	peer->port = address.port[0] << 8 | address.port[1];
}

/* A name that the caller gives goes before the peer that the socket is connected to; of what it receives it has no other. */
static __always_inline void peer_of(struct peer *peer, struct sock *sk, const struct src *src)
{
	bool connected = remote_port(sk) != 0;

	if (connected && (src->direction == DIRECTION_RECV || !src->name))
		socket_peer(peer, sk);
	else if (src->name)
		named_peer(peer, src->name);
}

static __always_inline struct conn *datagram_conn(struct sock *sk)
{
	u64 key = (u64)sk;
	u32 inode = socket_inode(sk);
	struct conn *conn = bpf_map_lookup_elem(&datagram_conns, &key);

	if (!inode)
		return 0;
	if (conn && (u32)conn->id == inode)
		return conn;
	if (conn)
		say_closed(conn);
	bpf_map_update_elem(&datagram_conns, &key, &no_datagram_yet, BPF_ANY);
	conn = bpf_map_lookup_elem(&datagram_conns, &key);
	if (conn)
		conn->id = inode;
	return conn;
}

static __always_inline void submit_datagram(const struct src *src, bool looped)
{
	struct sock *sk = (struct sock *)src->sk;
	struct walk walk = {.datagram = 1, .bytes = src->bytes};
	u32 direction = src->direction & 1;
	struct conn *conn;

	peer_of(&walk.peer, sk, src);
	if (!port_in_scope(local_port(sk), walk.peer.port) || BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock))
		return;
	conn = datagram_conn(sk);
	if (!conn) {
		account(REASON_LOST_MAP, src->bytes);
		return;
	}
	if (direction == DIRECTION_RECV && src->truncated)
		walk.flags = DATA_TRUNCATED;
	walk.position = conn->position[direction];
	__sync_fetch_and_add(&conn->position[direction], 1);
	submit_walk(conn, sk, src, &walk, looped);
}

__noinline int submit_datagram_looped(const struct src *src)
{
	if (src)
		submit_datagram(src, true);
	return 0;
}

static __noinline void submit_datagram_unrolled(const struct src *src)
{
	submit_datagram(src, false);
}

/* With MSG_TRUNC a call returns the length that the datagram had, which may be more than the buffer has. */
static __always_inline void fit_buffer(struct src *src, const struct call *call)
{
	if (src->direction != DIRECTION_RECV || !(call->flags & MSG_TRUNC))
		return;
	if (call->shape == SHAPE_BUFFER) {
		src->segments = 0;
		src->truncated = src->bytes > call->arg2;
		if (src->truncated)
			src->bytes = call->arg2;
		return;
	}
	if (call->shape == SHAPE_MSGHDR)
		src_message(src, call->arg1);
	if (src->truncated)
		src->segments = NO_BUFFER;
}

static __always_inline bool next_datagram(struct messages *all, u32 index, bool looped)
{
	u64 header = all->call.arg1 + (u64)index * sizeof(struct mmsghdr);

	if (index >= all->count)
		return true;
	all->src.bytes = message_bytes(&all->call, index);
	src_message(&all->src, header);
	fit_buffer(&all->src, &all->call);
	if (!all->src.bytes)
		return false;
	if (looped)
		submit_datagram_looped(&all->src);
	else
		submit_datagram_unrolled(&all->src);
	return false;
}

static long next_datagram_step(u32 index, void *all)
{
	return next_datagram(all, index, true);
}

static __always_inline void submit_datagrams(struct messages *all, bool looped)
{
	if (looped)
		bpf_loop(MESSAGES_MAX, next_datagram_step, all, 0);
	else
		for (u32 i = 0; i < MESSAGES_MAX_OLD; i++)
			next_datagram(all, i, false);
}

static __always_inline bool moves_datagrams(u64 nr)
{
	u32 shape = nr < CALL_KINDS ? call_kinds[nr].shape : SHAPE_NONE;

	return shape != SHAPE_NONE && shape != SHAPE_HIDDEN;
}

static __always_inline void datagram_moved(struct pt_regs *regs, long result, u64 nr, bool looped)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct messages all = {.src.tgid = bpf_get_current_pid_tgid() >> 32, .count = result};
	struct call *call = &all.call;
	struct sock *sk;

	if (!process_in_scope(all.src.tgid) || registers_unusable(task))
		return;
	read_call(call, regs);
	if (call->flags & NOT_DATA)
		return;
	sk = socket_of(task, READ(regs, REG_ARG0));
	if (!sk || !is_udp(sk))
		return;
	all.src.sk = (u64)sk;
	all.src.direction = call->direction;
	if (call->shape == SHAPE_MMSGHDR) {
		submit_datagrams(&all, looped);
		return;
	}
	all.src.bytes = result;
	src_call(&all.src, call);
	fit_buffer(&all.src, call);
	if (!all.src.bytes)
		return;
	if (nr == NR_sendto || nr == NR_recvfrom)
		all.src.name = READ(regs, REG_ARG4);
	if (looped)
		submit_datagram_looped(&all.src);
	else
		submit_datagram_unrolled(&all.src);
}

/* Most calls are none of these: they are to cost as little as can be. */
static __always_inline void datagram_returned(struct pt_regs *regs, long result, bool looped)
{
	u64 nr;

	if (result <= 0)
		return;
	nr = READ(regs, REG_NR);
	if (moves_datagrams(nr))
		datagram_moved(regs, result, nr, looped);
}

#endif
