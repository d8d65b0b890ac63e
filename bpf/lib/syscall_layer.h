/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hook layer `syscall` (every kernel): the return of a system call, and from its descriptor to the socket. No entry
 * program: calls that were blocked when we attached are not lost. */
#ifndef STIRLING_SYSCALL_LAYER_H
#define STIRLING_SYSCALL_LAYER_H

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define MESSAGES_MAX 1024	/* of one sendmmsg or recvmmsg: UIO_MAXIOV */
#define MESSAGES_MAX_OLD 2	/* … before 5.17, which has no bpf_loop; the rest shows as a gap */

static __always_inline struct file *file_of(struct task_struct *task, u32 fd)
{
	struct fdtable *table = READ(READ(task, files), fdt);
	struct file *file = 0;

	if (fd < READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), READ(table, fd) + fd);
	return file;
}

/* A file may be closed and its memory reused while we look (SLAB_TYPESAFE_BY_RCU): the socket must point back at it.
 * A descriptor opened with O_PATH on a socket has no socket behind it. */
static __noinline struct sock *socket_of(struct task_struct *task, u32 fd)
{
	struct file *file = file_of(task, fd);
	struct socket *socket;

	if (!file || (READ(READ(file, f_inode), i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = (struct socket *)READ(file, private_data);
	if (!socket || READ(socket, file) != file)
		return 0;
	return READ(socket, sk);
}

static __always_inline u32 message_bytes(const struct call *call, u32 index)
{
	u32 bytes = 0;
	u64 header = call->arg1 + (u64)index * sizeof(struct mmsghdr);

	bpf_probe_read_user(&bytes, sizeof(bytes), (void *)(header + __builtin_offsetof(struct mmsghdr, msg_len)));
	return bytes;
}

struct messages {
	struct call call;
	struct src src;
	u32 count;
};

static __always_inline bool submit_message(struct messages *all, u32 index, bool looped)
{
	if (index >= all->count)
		return true;
	all->src.bytes = message_bytes(&all->call, index);
	all->src.after -= all->src.bytes;
	src_message(&all->src, all->call.arg1 + (u64)index * sizeof(struct mmsghdr));
	if (all->src.bytes)
		submit_data(&all->src, looped);
	return false;
}

static long add_message(u32 index, void *ctx)
{
	struct messages *all = ctx;

	if (index >= all->count)
		return 1;
	all->src.after += message_bytes(&all->call, index);
	return 0;
}

static long submit_message_step(u32 index, void *all)
{
	return submit_message(all, index, true);
}

static __always_inline void submit_messages(struct messages *all, bool looped)
{
	if (looped) {
		bpf_loop(MESSAGES_MAX, add_message, all, 0);
		bpf_loop(MESSAGES_MAX, submit_message_step, all, 0);
		return;
	}
	for (u32 i = 0; i < MESSAGES_MAX_OLD; i++)
		add_message(i, all);
	for (u32 i = 0; i < MESSAGES_MAX_OLD; i++)
		submit_message(all, i, false);
}

/* splice() has a pipe on one side: the socket is the source or the target. */
static __always_inline struct sock *spliced_socket(struct task_struct *task, struct pt_regs *regs, struct call *call)
{
	struct sock *sk = socket_of(task, READ(regs, REG_ARG0));

	if (sk)
		call->direction = DIRECTION_RECV;
	return sk ? sk : socket_of(task, call->arg2);
}

/* What an excluded process writes to a unix socket must not come back through its reader. */
static __always_inline void outside_scope(struct task_struct *task, struct pt_regs *regs, u32 whose)
{
	struct sock *sk;

	if (!trace_unix || whose != EXCLUDED)
		return;
	sk = socket_of(task, READ(regs, REG_ARG0));
	if (sk)
		note_own_reader(sk, whose, kind_of(regs)->direction);
}

static __always_inline void data_moved(struct task_struct *task, struct pt_regs *regs, u32 tgid, long result, bool looped)
{
	struct messages all = {.src.tgid = tgid, .count = result};
	struct call *call = &all.call;
	struct sock *sk;

	read_call(call, regs);
	if ((call->flags & NOT_DATA) || (result == 0 && call->direction == DIRECTION_SEND) || registers_unusable(task))
		return;
	sk = READ(regs, REG_NR) == NR_splice ? spliced_socket(task, regs, call) : socket_of(task, READ(regs, REG_ARG0));
	if (!sk || !socket_in_scope(sk))
		return;
	all.src.sk = (u64)sk;
	all.src.direction = call->direction;
	if (call->shape == SHAPE_MMSGHDR) {
		submit_messages(&all, looped);
		return;
	}
	all.src.bytes = result;
	CALL(src_call(&all.src, call));
	submit_data(&all.src, looped);
}

/* Most calls are none of these, or nobody's that is traced: they are to cost as little as can be. */
static __always_inline void syscall_returned(struct pt_regs *regs, long result, bool looped)
{
	struct task_struct *task;
	u32 tgid, process;

	if (result < 0 || kind_of(regs)->shape == SHAPE_NONE)
		return;
	task = (struct task_struct *)bpf_get_current_task();
	tgid = bpf_get_current_pid_tgid() >> 32;
	process = whose(tgid);
	if (process == TRACED)
		data_moved(task, regs, tgid, result, looped);
	else
		outside_scope(task, regs, process);
}

#endif
