/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hook layer `sock` (≥ 6.3): the socket and the result come from the tracepoint, the buffer from the caller's registers. */
#ifndef STIRLING_SOCK_LAYER_H
#define STIRLING_SOCK_LAYER_H

#define ROOM_SEGMENTS 16

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

/* A call has failed: its messages end here. Most that fail are of other kinds. */
static __always_inline void mmsg_ended(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 thread = bpf_get_current_pid_tgid(), nr = READ((struct pt_regs *)bpf_task_pt_regs(task), REG_NR);

	if (nr == NR_sendmmsg || nr == NR_recvmmsg)
		bpf_map_delete_elem(&mmsgs, &thread);
}

/* The call that the thread is in; of several messages, the one that has just moved. false: its registers do not tell. */
static __always_inline bool sock_call(struct call *call, u32 direction, u32 bytes)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (registers_unusable(task))
		return false;
	read_call(call, (struct pt_regs *)bpf_task_pt_regs(task));
	if (call->shape == SHAPE_NONE || call->direction != direction)
		return false;
	if (call->shape == SHAPE_MMSGHDR) {
		call->arg1 = mmsg_header(call, bytes);
		call->shape = SHAPE_MSGHDR;
	}
	return true;
}

static __always_inline void sock_stream(struct src *src, u32 flags)
{
	struct call call = {};

	if (sock_call(&call, src->direction, src->bytes))
		CALL(src_call(src, &call));
	if (flags & MSG_TRUNC)
		src->segments = NO_BUFFER;
	if (src->bytes || src->direction == DIRECTION_RECV)
		submit_data(src, true);
}

/* Bytes that the buffers of a message have room for. */
static __always_inline u64 message_room(const struct src *src)
{
	u64 room = 0;

	for (u32 i = 0; i < ROOM_SEGMENTS && i < src->segments; i++) {
		struct iovec segment = {};

		bpf_probe_read_user(&segment, sizeof(segment), (struct iovec *)src->base + i);
		room += segment.iov_len;
	}
	return src->segments > ROOM_SEGMENTS ? src->bytes + 1ULL : room;
}

/* A datagram may be longer than the buffer. With MSG_TRUNC the call tells; of a message, whether it was cut is written down only
 * after this: if it fills its buffers it is taken to be. */
static __always_inline void fit_room(struct src *src, const struct call *call)
{
	u64 room = call->arg2;

	src->truncated = false;
	if (call->shape == SHAPE_IOVEC)
		return;
	if (call->shape == SHAPE_BUFFER) {
		src->segments = 0;
	} else {
		src_message(src, call->arg1);
		room = message_room(src);
	}
	src->truncated = src->bytes > room || (call->shape == SHAPE_MSGHDR && src->bytes == room);
	if (src->bytes > room)
		src->bytes = room;
}

static __always_inline void sock_datagram(struct src *src)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct call call = {};

	if (sock_call(&call, src->direction, src->bytes)) {
		CALL(src_call(src, &call));
		if (src->direction == DIRECTION_RECV)
			fit_room(src, &call);
		else if (READ(regs, REG_NR) == NR_sendto)
			src_name(src, regs, NR_sendto);
	}
	if (src->direction == DIRECTION_RECV)
		heard_name(src);
	if (src->bytes)
		submit_datagram(src, true);
}

static __always_inline void sock_data(struct sock *sk, int bytes, u32 flags, u32 direction, u32 tgid)
{
	struct src src = {.sk = (u64)sk, .direction = direction, .segments = NO_BUFFER, .tgid = tgid, .bytes = bytes};

	if (socket_in_scope(sk))
		sock_stream(&src, flags);
	else if (sock_datagrams && datagram_in_scope(sk))
		sock_datagram(&src);
}

/* Whose it is comes first: most calls are nobody's that is traced, and pay for all that stands before. */
static __always_inline void sock_moved(struct sock *sk, int result, u32 flags, u32 direction)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32, process = whose(tgid);

	if (process != TRACED) {
		if (result >= 0 && !(flags & NOT_DATA))
			note_own_reader(sk, process, direction);
		return;
	}
	if (result < 0)
		mmsg_ended();
	else if (!(flags & NOT_DATA))
		sock_data(sk, result, flags, direction, tgid);
}

#endif
