/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A datagram on its way to user space: whose it is, and which number it has. The hooks fill `struct src`. */
#ifndef STIRLING_DATAGRAM_H
#define STIRLING_DATAGRAM_H

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
	fill_remote(peer->addr, sk);
}

static __always_inline long read_name(struct address *to, u32 bytes, const struct src *src)
{
	if (src->in_kernel & IN_KERNEL_NAME)
		return bpf_probe_read_kernel(to, bytes, (void *)src->name);
	return bpf_probe_read_user(to, bytes, (void *)src->name);
}

/* What is not an address of IP leaves the peer unknown. */
static __always_inline void named_peer(struct peer *peer, const struct src *src)
{
	struct address address = {};

	if (read_name(&address, ADDRESS_BYTES_V4, src))
		return;
	if (address.family == FAMILY_INET) {
		peer->addr[10] = 0xff;
		peer->addr[11] = 0xff;
		__builtin_memcpy(peer->addr + 12, address.four, 4);
	} else if (address.family == FAMILY_INET6) {
		if (read_name(&address, sizeof(address), src))
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
		named_peer(peer, src);
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
	conn = replace_conn(&datagram_conns, &key, conn, &no_datagram_yet);
	if (conn)
		conn->id = inode;
	return conn;
}

/* Ports are looked at when the peer is known. */
static __always_inline bool datagram_in_scope(struct sock *sk)
{
	return (is_udp(sk) || unix_in_scope(sk, false)) && netns_in_scope(sk) && !BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock);
}

/* MSG_MORE, UDP_CORK: the kernel waits for more of this datagram. */
static __always_inline bool is_corked(struct sock *sk)
{
	return is_udp(sk) && READ((struct udp_sock *)sk, pending);
}

/* A peer that was not told of yet is announced as a process is. */
static __always_inline void unix_peer_of(struct peer *peer, struct conn *conn, struct sock *sk, struct src *src)
{
	bool named = READ(sk, sk_type) == SOCK_DGRAM && src->name_bytes > PATH_AT;
	u64 key;

	if (!named || (unix_peer(sk) && src->direction == DIRECTION_RECV))
		src->name = 0;
	key = peer_key(sk, src);
	__builtin_memcpy(peer->addr + 8, &key, sizeof(key));
	if (conn->peer != key)
		conn->announced = 0;
	conn->peer = key;
}

static __always_inline void submit_datagram_to(struct src *src, bool looped)
{
	struct sock *sk = (struct sock *)src->sk;
	struct walk walk = {.datagram = 1, .bytes = src->bytes, .flags = DATA_START};
	u32 direction = src->direction & 1;
	struct conn *conn;

	if (!is_unix(sk)) {
		peer_of(&walk.peer, sk, src);
		if (!port_in_scope(local_port(sk), walk.peer.port))
			return;
	}
	conn = datagram_conn(sk);
	if (!conn) {
		account(REASON_LOST_MAP, src->bytes);
		return;
	}
	if (is_unix(sk))
		unix_peer_of(&walk.peer, conn, sk, src);
	if (direction == DIRECTION_RECV && src->truncated)
		walk.flags |= DATA_TRUNCATED;
	walk.position = conn->position[direction];
	if (direction == DIRECTION_SEND) {
		if (conn->corked)
			walk.flags = 0;
		conn->corked = is_corked(sk);
		walk.more = conn->corked ? DATA_MORE : 0;
	}
	if (!walk.more)
		__sync_fetch_and_add(&conn->position[direction], 1);
	if (!looped) {
		/* Or what follows is verified for each family anew. */
		FORGET(&walk);
		FORGET(&src->name);
	}
	submit_walk(conn, sk, src, &walk, looped);
}

__noinline int submit_datagram_looped(struct src *src)
{
	if (src)
		submit_datagram_to(src, true);
	return 0;
}

static __noinline int submit_datagram_unrolled(struct src *src)
{
	submit_datagram_to(src, false);
	return NOTHING;
}

/* As submit_data. */
static __always_inline void submit_datagram(struct src *src, bool looped)
{
	if (looped)
		submit_datagram_looped(src);
	else
		CALL(submit_datagram_unrolled(src));
}

#endif
