/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Datagrams beside the hook layers `sock` and `syscall`: the return of a system call. Only then is the peer of a datagram that was
 * received in user memory. */
#ifndef STIRLING_DATAGRAM_LAYER_H
#define STIRLING_DATAGRAM_LAYER_H

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

/* As src_call. */
static __always_inline void src_datagram(struct src *src, const struct call *call, struct pt_regs *regs)
{
	u64 nr = READ(regs, REG_NR);

	CALL(src_call(src, call));
	fit_buffer(src, call);
	if (nr == NR_sendto || nr == NR_recvfrom)
		src_name(src, regs, nr);
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
	submit_datagram(&all->src, looped);
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

static __always_inline void datagram_moved(struct pt_regs *regs, long result, bool looped)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct messages all = {.src.tgid = bpf_get_current_pid_tgid() >> 32, .count = result};
	struct call *call = &all.call;
	struct sock *sk;

	if (whose(all.src.tgid) != TRACED || registers_unusable(task))
		return;
	read_call(call, regs);
	if (call->flags & NOT_DATA)
		return;
	sk = socket_of(task, READ(regs, REG_ARG0));
	if (!sk || !datagram_in_scope(sk))
		return;
	all.src.sk = (u64)sk;
	all.src.direction = call->direction;
	if (call->shape == SHAPE_MMSGHDR) {
		submit_datagrams(&all, looped);
		return;
	}
	all.src.bytes = result;
	src_datagram(&all.src, call, regs);
	if (all.src.bytes)
		submit_datagram(&all.src, looped);
}

/* Most calls are none of these: they are to cost as little as can be. */
static __always_inline void datagram_returned(struct pt_regs *regs, long result, bool looped)
{
	if (result > 0 && moves_datagrams(READ(regs, REG_NR)))
		datagram_moved(regs, result, looped);
}

#endif
