/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which system calls move data, and where their bytes are: from the registers, which still hold number and arguments
 * when the call returns. */
#ifndef STIRLING_SYSCALLS_H
#define STIRLING_SYSCALLS_H

#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000
#define NOT_DATA (MSG_OOB | MSG_PEEK | MSG_ERRQUEUE)

#define PF_IO_WORKER 0x00000010
#define PF_KTHREAD 0x00200000

enum shape {
	SHAPE_NONE = 0,
	SHAPE_BUFFER,	/* (fd, buffer, length) */
	SHAPE_IOVEC,	/* (fd, iovec, count) */
	SHAPE_MSGHDR,	/* (fd, msghdr) */
	SHAPE_MMSGHDR,	/* (fd, mmsghdr, count) */
	SHAPE_HIDDEN,	/* no user buffer: sendfile, splice */
};

struct call {
	u32 shape;
	u32 direction;
	u32 flags;	/* MSG_* of the caller */
	u64 arg1;
	u64 arg2;
};

enum flags_in {
	FLAGS_NONE = 0,
	FLAGS_IN_ARG2,
	FLAGS_IN_ARG3,
};

struct call_kind {
	u8 shape;
	u8 direction;
	u8 flags_in;	/* received messages only */
	u8 pad;
};

#define CALL_KINDS 512	/* the last is none */

/* By number. A table, not a switch: what is read from it the verifier takes as unknown, and does not follow case by case. */
static const struct call_kind call_kinds[CALL_KINDS] = {
	[NR_read] = {SHAPE_BUFFER, DIRECTION_RECV},
	[NR_write] = {SHAPE_BUFFER, DIRECTION_SEND},
	[NR_recvfrom] = {SHAPE_BUFFER, DIRECTION_RECV, FLAGS_IN_ARG3},
	[NR_sendto] = {SHAPE_BUFFER, DIRECTION_SEND},
	[NR_readv] = {SHAPE_IOVEC, DIRECTION_RECV},
	[NR_preadv2] = {SHAPE_IOVEC, DIRECTION_RECV},
	[NR_writev] = {SHAPE_IOVEC, DIRECTION_SEND},
	[NR_pwritev2] = {SHAPE_IOVEC, DIRECTION_SEND},
	[NR_recvmsg] = {SHAPE_MSGHDR, DIRECTION_RECV, FLAGS_IN_ARG2},
	[NR_sendmsg] = {SHAPE_MSGHDR, DIRECTION_SEND},
	[NR_recvmmsg] = {SHAPE_MMSGHDR, DIRECTION_RECV, FLAGS_IN_ARG3},
	[NR_sendmmsg] = {SHAPE_MMSGHDR, DIRECTION_SEND},
	[NR_sendfile] = {SHAPE_HIDDEN, DIRECTION_SEND},
	[NR_splice] = {SHAPE_HIDDEN, DIRECTION_SEND},
};

/* Of the system call that the registers are of. */
static __always_inline const struct call_kind *kind_of(struct pt_regs *regs)
{
	u64 nr = READ(regs, REG_NR);

	return &call_kinds[nr < CALL_KINDS ? nr : CALL_KINDS - 1];
}

static __always_inline void read_call(struct call *call, struct pt_regs *regs)
{
	const struct call_kind *kind = kind_of(regs);

	call->shape = kind->shape;
	call->direction = kind->direction;
	call->arg1 = READ(regs, REG_ARG1);
	call->arg2 = READ(regs, REG_ARG2);
	call->flags = 0;
	if (kind->flags_in)
		call->flags = kind->flags_in == FLAGS_IN_ARG2 ? call->arg2 : READ(regs, REG_ARG3);
}

/* A 32-bit process numbers its system calls otherwise; a worker of io_uring has none. */
static __always_inline bool registers_unusable(struct task_struct *task)
{
	if (READ(task, flags) & (PF_KTHREAD | PF_IO_WORKER))
		return true;
	return READ(task, COMPAT_FIELD) & COMPAT_BIT;
}

static __always_inline void src_message(struct src *src, u64 header)
{
	struct user_msghdr message = {};

	if (bpf_probe_read_user(&message, sizeof(message), (void *)header)) {
		src->segments = NO_BUFFER;
		return;
	}
	src->base = (u64)message.msg_iov;
	src->segments = message.msg_iovlen;
	src->name = (u64)message.msg_name;
	src->name_bytes = message.msg_namelen;
	src->truncated = message.msg_flags & MSG_TRUNC;
	src->control = message.msg_controllen ? (u64)message.msg_control : 0;
}

/* recvfrom() writes down how long the name is. */
static __always_inline void src_name(struct src *src, struct pt_regs *regs, u64 nr)
{
	u64 length = READ(regs, REG_ARG5);
	u32 received = 0;

	src->name = READ(regs, REG_ARG4);
	if (nr == NR_recvfrom) {
		bpf_probe_read_user(&received, sizeof(received), (void *)length);
		length = received;
	}
	src->name_bytes = length;
}

static __noinline int src_call(struct src *src, const struct call *call)
{
	src->base = call->arg1;
	src->segments = 0;
	if (call->shape == SHAPE_IOVEC)
		src->segments = call->arg2;
	else if (call->shape == SHAPE_MSGHDR)
		src_message(src, call->arg1);
	else if (call->shape != SHAPE_BUFFER)
		src->segments = NO_BUFFER;
	if (call->direction == DIRECTION_RECV && (call->flags & MSG_TRUNC))
		src->segments = NO_BUFFER;
	return NOTHING;
}

#endif
