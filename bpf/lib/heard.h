/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* From whom a thread receives a datagram, for the hook layer `sock`: the kernel asks the programs of a control group about the
 * name of the sender (UDP; unix sockets from 6.7), before it tells the caller. Nobody is asked where the caller does not want
 * to know, and nobody pays who receives no datagrams. */
#ifndef STIRLING_HEARD_H
#define STIRLING_HEARD_H

#define LET_PASS 1	/* the only answer that is allowed */
#define NAME_BYTES 112	/* struct sockaddr_un, rounded up */
#define NAME_BYTES_INET 28	/* struct sockaddr_in6; what is longer than a sockaddr_in is not looked at */

/* Settings: user space has attached the programs below. */
const volatile u8 sock_datagrams;

/* `name` is a struct sockaddr. */
struct heard {
	u64 sk;
	u32 bytes;
	u8 name[NAME_BYTES];
};

/* key: pid_tgid */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct heard);
} heard SEC(".maps");

extern void *bpf_cast_to_kern_ctx(void *context) __ksym __weak;

static __always_inline int hear(void *context, bool is_path)
{
	struct bpf_sock_addr_kern *asked = bpf_cast_to_kern_ctx(context);
	struct sock *sk = READ(asked, sk);
	struct heard name = {.sk = (u64)sk, .bytes = NAME_BYTES_INET};
	u64 thread = bpf_get_current_pid_tgid(), bytes;

	/* Of one that is connected there is only one peer. */
	if (whose(thread >> 32) != TRACED || (!is_path && remote_port(sk)))
		return LET_PASS;
	if (is_path)
		name.bytes = READ(asked, uaddrlen);
	bytes = name.bytes;
	CLAMP(bytes, NAME_BYTES);
	bpf_probe_read_kernel(name.name, bytes, READ(asked, uaddr));
	bpf_map_update_elem(&heard, &thread, &name, BPF_ANY);
	return LET_PASS;
}

/* The sender of what the thread has just received from a socket; used once. */
static __always_inline void heard_name(struct src *src)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct heard *name = bpf_map_lookup_elem(&heard, &thread);

	src->name = 0;
	src->name_bytes = 0;
	if (!name || name->sk != src->sk)
		return;
	name->sk = 0;
	src->name = (u64)name->name;
	src->name_bytes = name->bytes;
	src->in_kernel = IN_KERNEL_NAME;
}

#endif
