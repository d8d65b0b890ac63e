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
#define TS_COMPAT 0x0002

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

static __always_inline void read_call(struct call *call, struct pt_regs *regs)
{
	u64 nr = BPF_CORE_READ(regs, REG_NR);

	call->arg1 = BPF_CORE_READ(regs, REG_ARG1);
	call->arg2 = BPF_CORE_READ(regs, REG_ARG2);
	call->flags = 0;
	call->direction = DIRECTION_SEND;
	switch (nr) {
	case NR_recvfrom:
		call->flags = BPF_CORE_READ(regs, REG_ARG3);
		/* fallthrough */
	case NR_read:
		call->direction = DIRECTION_RECV;
		/* fallthrough */
	case NR_write:
	case NR_sendto:
		call->shape = SHAPE_BUFFER;
		break;
	case NR_readv:
	case NR_preadv2:
		call->direction = DIRECTION_RECV;
		/* fallthrough */
	case NR_writev:
	case NR_pwritev2:
		call->shape = SHAPE_IOVEC;
		break;
	case NR_recvmsg:
		call->flags = call->arg2;
		call->direction = DIRECTION_RECV;
		/* fallthrough */
	case NR_sendmsg:
		call->shape = SHAPE_MSGHDR;
		break;
	case NR_recvmmsg:
		call->flags = BPF_CORE_READ(regs, REG_ARG3);
		call->direction = DIRECTION_RECV;
		/* fallthrough */
	case NR_sendmmsg:
		call->shape = SHAPE_MMSGHDR;
		break;
	case NR_sendfile:
	case NR_splice:
		call->shape = SHAPE_HIDDEN;
		break;
	default:
		call->shape = SHAPE_NONE;
	}
	FORGET(call);
}

/* A 32-bit process numbers its system calls otherwise; a worker of io_uring has none. */
static __always_inline bool registers_unusable(struct task_struct *task)
{
	if (BPF_CORE_READ(task, flags) & (PF_KTHREAD | PF_IO_WORKER))
		return true;
	if (bpf_core_field_exists(task->thread_info.status))
		return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
	return false;
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
	src->truncated = message.msg_flags & MSG_TRUNC;
}

static __always_inline void src_call(struct src *src, const struct call *call)
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
}

#endif
