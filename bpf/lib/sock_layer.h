/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hook layer `sock` (≥ 6.3): the socket and the result come from the tracepoint, the buffer from the caller's registers. */
#ifndef STIRLING_SOCK_LAYER_H
#define STIRLING_SOCK_LAYER_H

/* Which message of sendmmsg or recvmmsg this is: one hit a message, and no hit at the end of the call. A count left over
 * from an earlier call of the thread is noticed by msg_len, which the kernel writes after every message. */
static __always_inline u64 mmsg_header(const struct call *call, u32 bytes)
{
	u64 thread = bpf_get_current_pid_tgid(), header;
	struct mmsg *known = bpf_map_lookup_elem(&mmsgs, &thread), next = {.vec = call->arg1, .next = 1, .last = bytes};
	u32 written = 0, index = 0;

	if (known && known->vec == call->arg1 && known->next < call->arg2) {
		header = call->arg1 + (u64)(known->next - 1) * sizeof(struct mmsghdr);
		bpf_probe_read_user(&written, sizeof(written), (void *)(header + __builtin_offsetof(struct mmsghdr, msg_len)));
		if (written == known->last)
			index = known->next;
	}
	next.next = index + 1;
	bpf_map_update_elem(&mmsgs, &thread, &next, BPF_ANY);
	return call->arg1 + (u64)index * sizeof(struct mmsghdr);
}

static __always_inline void mmsg_ended(void)
{
	u64 thread = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&mmsgs, &thread);
}

static __always_inline void sock_src(struct src *src, u32 direction, u32 bytes)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call call = {};

	src->segments = NO_BUFFER;
	if (registers_unusable(task))
		return;
	read_call(&call, (struct pt_regs *)bpf_task_pt_regs(task));
	if (call.shape == SHAPE_NONE || call.direction != direction)
		return;
	if (call.shape == SHAPE_MMSGHDR) {
		call.arg1 = mmsg_header(&call, bytes);
		call.shape = SHAPE_MSGHDR;
	}
	CALL(src_call(src, &call));
}

static __always_inline void sock_moved(struct sock *sk, int result, u32 flags, u32 direction)
{
	struct src src = {.sk = (u64)sk, .direction = direction, .tgid = bpf_get_current_pid_tgid() >> 32};

	if (result < 0 || (result == 0 && direction == DIRECTION_SEND)) {
		mmsg_ended();
		return;
	}
	if (flags & NOT_DATA)
		return;
	if (!process_in_scope(src.tgid)) {
		note_own_reader(sk, src.tgid, direction);
		return;
	}
	if (!socket_in_scope(sk))
		return;
	src.bytes = result;
	sock_src(&src, direction, result);
	if (flags & MSG_TRUNC)
		src.segments = NO_BUFFER;
	submit_data(&src, true);
}

#endif
