/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What smoke.c loads: it reacts to getppid() of one process. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "intf/socket_trace.h"

#define NR_getppid 110

const volatile char abi_hash[65] = ABI_HASH;
const volatile u8 one;
const volatile u16 two;
const volatile s32 four;
const volatile u64 eight;
const volatile u32 only_tgid;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 3);
	__type(key, u32);
	__type(value, struct counter);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1000);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct verdict);
} verdicts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u32);
} scope SEC(".maps");

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline void count(u32 key, u64 bytes)
{
	struct counter *counter = bpf_map_lookup_elem(&counters, &key);

	if (!counter)
		return;
	__sync_fetch_and_add(&counter->events, 1);
	__sync_fetch_and_add(&counter->bytes, bytes);
}

/* A record that is thrown away, a control event, then a data event of 8 bytes: the number that `verdicts[7]` holds. */
SEC("raw_tp/sys_enter")
int on_getppid(struct bpf_raw_tracepoint_args *ctx)
{
	u32 key = 7;
	struct verdict *verdict;
	struct close_event *close;
	struct data_event *data;

	if (bpf_get_current_pid_tgid() >> 32 != only_tgid || ctx->args[1] != NR_getppid)
		return 0;
	close = bpf_ringbuf_reserve(&events, sizeof(*close), 0);
	if (close)
		bpf_ringbuf_discard(close, BPF_RB_NO_WAKEUP);
	close = bpf_ringbuf_reserve(&control, sizeof(*close), 0);
	if (!close)
		return 0;
	*close = (struct close_event){ .kind = EVENT_CLOSE, .size = sizeof(*close), .conn = eight, .time = four };
	close->position[0] = one;
	close->position[1] = two;
	bpf_ringbuf_submit(close, BPF_RB_NO_WAKEUP);
	data = bpf_ringbuf_reserve(&events, sizeof(*data) + 100, 0);
	if (!data)
		return 0;
	verdict = bpf_map_lookup_elem(&verdicts, &key);
	*data = (struct data_event){ .kind = EVENT_DATA, .size = sizeof(*data) + 8, .length = 8 };
	*(u64 *)(data + 1) = verdict ? verdict->conn + verdict->until[1] : 0;
	bpf_ringbuf_submit(data, BPF_RB_NO_WAKEUP);
	count(REASON_SEEN, 8);
	return 0;
}

SEC("tp/syscalls/sys_enter_getppid")
int on_tracepoint(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == only_tgid)
		count(2, 1);
	return 0;
}

/* For the verifier to refuse. */
SEC("raw_tp/sys_enter")
int refused(struct bpf_raw_tracepoint_args *ctx)
{
	return *(int *)(ctx->args[0] + 4);
}
