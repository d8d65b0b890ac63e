/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Unix sockets: what they are called, and what the other end is called. */
#ifndef STIRLING_UNIX_H
#define STIRLING_UNIX_H

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define PATH_AT 2	/* offsetof(struct sockaddr_un, sun_path) */
#define PATH_BYTES 108
#define PATH_CHUNKS 14	/* of 8 bytes */

/* Where a name is, without its family. at 0: there is none. */
struct path {
	u64 at;
	u32 bytes;
	u32 in_kernel;
};

static __always_inline bool is_unix(struct sock *sk)
{
	return READ(sk, __sk_common.skc_family) == FAMILY_UNIX;
}

static __always_inline u8 unix_role(struct sock *sk)
{
	struct unix_sock *self = (struct unix_sock *)sk;
	struct unix_sock *peer = (struct unix_sock *)READ(self, peer);

	if (READ(self, addr))
		return ROLE_SERVER;
	return peer && READ(peer, addr) ? ROLE_CLIENT : ROLE_UNKNOWN;
}

static __always_inline struct sock *unix_peer(struct sock *sk)
{
	return READ((struct unix_sock *)sk, peer);
}

static __always_inline void path_of(struct path *path, struct sock *sk)
{
	struct unix_address *address = sk ? READ((struct unix_sock *)sk, addr) : 0;

	if (!address)
		return;
	path->at = (u64)&address->name[0].sun_path;
	path->bytes = (u32)READ(address, len) - PATH_AT;
	path->in_kernel = true;
}

/* What datagrams are sent to by name, or came from, is called that; else it is the socket at the other end. */
static __always_inline void path_of_peer(struct path *path, struct sock *sk, const struct src *src)
{
	if (READ(sk, sk_type) == SOCK_STREAM || !src->name) {
		path_of(path, unix_peer(sk));
		return;
	}
	path->at = src->name + PATH_AT;
	path->bytes = src->name_bytes - PATH_AT;
	path->in_kernel = src->in_kernel & IN_KERNEL_NAME;
}

static __always_inline long read_path(void *to, u64 bytes, const struct path *path, u32 from)
{
	if (path->in_kernel)
		return bpf_probe_read_kernel(to, bytes, (void *)(path->at + from));
	return bpf_probe_read_user(to, bytes, (void *)(path->at + from));
}

static __always_inline void fill_path(char *out, const struct path *path)
{
	u64 bytes = path->bytes;

	if (!path->at)
		return;
	CLAMP(bytes, PATH_BYTES);
	read_path(out, bytes, path, 0);
}

/* Tells the peers of a socket apart: 64 bits made of the name, 0 = it has none. */
static __noinline u64 peer_key(struct sock *sk, const struct src *src)
{
	struct path path = {};
	u64 key = 0;

	path_of_peer(&path, sk, src);
	FORGET(&path);
	if (!path.at)
		return 0;
	for (u32 i = 0; i < PATH_CHUNKS && i * 8 < path.bytes; i++) {
		u64 chunk = 0, bytes = path.bytes - i * 8;

		CLAMP(bytes, 8);
		read_path(&chunk, bytes, &path, i * 8);
		key = (key ^ chunk) * 0x9e3779b97f4a7c15;
		key ^= key >> 29;
	}
	return key;
}

static __always_inline void fill_unix(struct conn_event *event, struct sock *sk, const struct src *src,
				      const struct peer *peer)
{
	struct path local = {}, remote = {};

	path_of(&local, sk);
	fill_path(event->local_path, &local);
	path_of_peer(&remote, sk, src);
	fill_path(event->remote_path, &remote);
	__builtin_memcpy(event->remote_addr, peer->addr, sizeof(event->remote_addr));
}

#endif
