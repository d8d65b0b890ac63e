/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Settings, maps and counters. Portability floor: 5.8, -mcpu=v2 (no atomics that return a value). */
#ifndef STIRLING_MAPS_H
#define STIRLING_MAPS_H

/* A bound that the verifier sees and the compiler does not move. */
#define CLAMP(value, most)                           \
	do {                                         \
		asm volatile("" : "+r"(value));      \
		if ((value) > (most))                \
			(value) = (most);            \
	} while (0)

/* The verifier follows every value that it knows, branch by branch; what a helper has written it takes as unknown. */
#define FORGET(object) bpf_probe_read_kernel((object), sizeof(*(object)), (object))

/* For functions that are not inlined and have nothing to say. Where the compiler sees that nobody wants a result, or knows it, it
 * leaves in its register whatever was there, and the verifier refuses a function that returns a place on its stack. */
#define CALL(function)                                \
	do {                                          \
		int result = (function);              \
		asm volatile("" : : "r"(result));     \
	} while (0)
#define NOTHING                                       \
	({                                            \
		int zero = 0;                         \
		asm volatile("" : "+r"(zero));        \
		zero;                                 \
	})

/* Checked by the shim against its own: the layout of everything in intf/. */
const volatile char abi_hash[65] = ABI_HASH;

/* Settings; user space writes them before load. */
const volatile u64 start_ns;			/* event time begins here, CLOCK_MONOTONIC */
const volatile u32 capture_bytes = 65536;	/* payload of one call */
const volatile u32 infer_bytes = 262144;		/* payload of one run before a verdict */
const volatile u32 infer_total = 8388608;	/* payload of one direction before a verdict */
const volatile u32 run_bytes = 262144;		/* payload of one run with a verdict */
const volatile u32 verdict_mask = 65535;	/* entries of `verdicts` - 1 */
const volatile u8 scope_only;			/* only processes that `scope` includes */
const volatile u8 scope_ports;			/* only connections with a port in `ports` */
const volatile u8 scope_comms;			/* number of patterns in `comms`; 0 = any process */
const volatile u8 scope_cgroups;	/* number of filters in `cgroups`; 0 = any cgroup */
const volatile u8 scope_netns;		/* only sockets of a network namespace in `namespaces` */
const volatile u8 trace_unix;			/* unix sockets too */

/* When the reader was last woken. */
u64 woken_ns;

/* A wake-up costs about fifty times a submit: for news that a verdict waits for, and not in quick succession. */
#define WAKE_NS 2000000

static __always_inline u64 wake_flags(void)
{
	u64 time = bpf_ktime_get_ns();

	if (time - woken_ns < WAKE_NS)
		return BPF_RB_NO_WAKEUP;
	woken_ns = time;
	return BPF_RB_FORCE_WAKEUP;
}

/* One connection, as the hooks know it. */
struct conn {
	u64 id;			/* as in the events: inode | generation << 32 */
	u64 position[2];	/* by direction: after the last byte seen */
	u64 undecided[2];	/* payload shipped without a verdict */
	u64 run[2];		/* payload shipped since the other direction moved */
	u64 sampled;		/* when a connection that is off was last sampled */
	u32 origin[2];		/* the kernel's sequence number at position 0 */
	u32 announced;		/* process whose facts were sent; 0 = none yet */
	u8 standing;		/* origin[] and position[] are valid */
	u8 shed;		/* not taken on: nothing of it is shipped */
	u8 corked;		/* datagrams: the last one that was sent is not complete */
	u8 mode;		/* enum mode, until there is a verdict */
	u8 counted;		/* position[] is counted here, not by the kernel's sequence numbers */
	u8 ktls;		/* by direction, a bit: encrypted by the kernel */
	u64 turns;		/* how often the direction changed */
	u64 peer;		/* unix datagrams: the key of the peer whose name was sent last */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} control SEC(".maps");

/* key: struct sock *. A value whose inode is not the socket's is a leftover of an earlier one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, u64);
	__type(value, struct conn);
} conns SEC(".maps");

/* The same of sockets for datagrams, whose end nobody tells. User space knows four times as many. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, u64);
	__type(value, struct conn);
} datagram_conns SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct verdict);
} verdicts SEC(".maps");

/* Written by user space: endpoints whose connections have long been of no use. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct endpoint);
	__type(value, u32);
} endpoints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u32);
} scope SEC(".maps");

/* 1: `scope` may know a process whose number has these low bits. A look here costs a fifth of one there, and nearly all that
 * call are in neither. Nothing is taken out again. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SCOPE_SLOTS);
	__type(key, u32);
	__type(value, u8);
} scope_slots SEC(".maps");

/* A bit for each of the 65536 ports. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, u32);
	__type(value, u64);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, u32);
	__type(value, struct comm_pattern);
} comms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, u32);
	__type(value, struct cgroup_filter);
} cgroups SEC(".maps");

/* key: inode of a network namespace */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, u8);
} namespaces SEC(".maps");

/* Does the process's name match? key tgid, value 1 = yes, 2 = no; forgotten at exec. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, u32);
	__type(value, u8);
} comm_cache SEC(".maps");

/* Unix sockets that read what the tracer writes; key: inode. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u8);
} own_readers SEC(".maps");

/* Which message of sendmmsg or recvmmsg a thread is at; key pid_tgid. */
struct mmsg {
	u64 vec;
	u32 next;
	u32 last;	/* what the last message moved: the kernel has written it to msg_len since */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct mmsg);
} mmsgs SEC(".maps");

/* 1: the reader has found the rings empty and sleeps; the next event wakes it. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, u64);
} asleep SEC(".maps");

/* How many of the new connections are taken on; 0 = nobody has said, all of them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, u64);
} admission SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, REASON_COUNT);
	__type(key, u32);
	__type(value, struct counter);
} counters SEC(".maps");

/* For an event that nobody waits for: a reader that is awake will come by itself. */
static __always_inline u64 submit_flags(void)
{
	u32 key = 0;
	u64 *sleeping = bpf_map_lookup_elem(&asleep, &key);

	if (!sleeping || !*sleeping)
		return BPF_RB_NO_WAKEUP;
	*sleeping = 0;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline void count(u32 reason, u64 events, u64 bytes)
{
	struct counter *counter = bpf_map_lookup_elem(&counters, &reason);

	if (!counter)
		return;
	/* Atomic also per CPU: a program may be preempted here. */
	__sync_fetch_and_add(&counter->events, events);
	/* The compiler would make an atomic or of an addition of 0, which no kernel before 5.12 takes. */
	if (bytes)
		__sync_fetch_and_add(&counter->bytes, bytes);
}

/* A piece of a call: seen, and what became of it. */
static __always_inline void account(u32 reason, u64 bytes)
{
	count(REASON_SEEN, 1, bytes);
	count(reason, 1, bytes);
}

#endif
