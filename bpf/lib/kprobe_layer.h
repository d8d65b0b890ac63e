/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hook layer `kprobe`: the functions of `fentry` by kprobes. The kernel keeps a few return probes a function ready: of more
 * threads that wait in it at once some return unnoticed, which the end of their system call makes up for. */
#ifndef STIRLING_KPROBE_LAYER_H
#define STIRLING_KPROBE_LAYER_H

/* Arguments of udp_recvmsg: 6 (sk, msg, len, nonblock, flags, addr_len), since 5.19 without nonblock. */
const volatile u32 udp_recvmsg_args = 5;

static __always_inline void kprobe_begins(struct pt_regs *ctx, struct sock *sk, struct msghdr *msg, u32 function,
					  u32 direction, u32 flags)
{
	struct pending call = {.frame = ctx->REG_SP, .function = function, .direction = direction, .flags = flags};

	call_begins(&call, sk, msg);
}

/* The system call of a function whose return was not noticed: takes the call out, and finds that of the system. What the
 * iterator pointed to may have been on the stack of a caller that is gone: the registers tell where the bytes are. */
static __always_inline bool call_missed(struct src *src, struct call *call, struct pt_regs *regs, bool datagrams)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct pending *known = bpf_map_lookup_elem(&pendings, &thread);

	if (!known || is_datagram(known->function) != datagrams)
		return false;
	src->sk = known->sk;
	src->direction = known->direction;
	src->tgid = thread >> 32;
	bpf_map_delete_elem(&pendings, &thread);
	if (!registers_unusable((struct task_struct *)bpf_get_current_task()))
		read_call(call, regs);
	return !(call->flags & NOT_DATA);
}

/* The result has to be bytes, and not messages or requests to io_uring. */
static __always_inline bool result_is_bytes(const struct call *call)
{
	return call->shape != SHAPE_NONE && call->shape != SHAPE_MMSGHDR;
}

static __always_inline void kprobe_missed(struct pt_regs *regs, long result, bool looped)
{
	struct src src = {.bytes = result};
	struct call call = {};

	if (!call_missed(&src, &call, regs, false) || !result_is_bytes(&call))
		return;
	if (result < 0 || (result == 0 && src.direction == DIRECTION_SEND))
		return;
	CALL(src_call(&src, &call));
	submit_data(&src, looped);
}

static __always_inline void kprobe_datagram_missed(struct pt_regs *regs, long result, bool looped)
{
	struct src src = {.bytes = result};
	struct call call = {};

	if (!call_missed(&src, &call, regs, true) || result <= 0)
		return;
	if (!result_is_bytes(&call)) {
		account(REASON_LOST_FAULT, 0);
		return;
	}
	src_datagram(&src, &call, regs);
	if (src.bytes)
		submit_datagram(&src, looped);
}

#define KPROBE_BEGIN(name, target, sk, msg, function, direction, flags)             \
	SEC("kprobe/" target)                                                       \
	int kprobe_##name(struct pt_regs *ctx)                                      \
	{                                                                           \
		kprobe_begins(ctx, (sk), (struct msghdr *)(msg), function, direction, flags); \
		return 0;                                                           \
	}

#define KPROBE_END(name, target, function, looped)                  \
	SEC("kretprobe/" target)                                    \
	int kretprobe_##name(struct pt_regs *ctx)                   \
	{                                                           \
		call_returns(function, (int)ctx->REG_RESULT, looped); \
		return 0;                                           \
	}

#define SK(argument) ((struct sock *)ctx->argument)
#define SOCKET(argument) sock_of(ctx->argument)

/* The verifier takes no choice between two places of the context. */
#define KPROBE_UDP_RECVMSG(name, function)                                                                  \
	SEC("kprobe/" #name)                                                                            \
	int kprobe_##name(struct pt_regs *ctx)                                                          \
	{                                                                                               \
		u64 flags = ctx->REG_PARM4, fifth = ctx->REG_PARM5;                                     \
                                                                                                        \
		asm volatile("" : "+r"(flags), "+r"(fifth));                                            \
		if (udp_recvmsg_args == 6)                                                              \
			flags = fifth;                                                                  \
		kprobe_begins(ctx, SK(REG_PARM1), (struct msghdr *)ctx->REG_PARM2, function, DIRECTION_RECV, flags); \
		return 0;                                                                               \
	}                                                                                               \
	KPROBE_END(name, #name, function, true)                                                         \
	KPROBE_END(name##_old, #name, function, false)

#define KPROBE_SENDMSG(name, target, sk, function)                                   \
	KPROBE_BEGIN(name, target, sk, ctx->REG_PARM2, function, DIRECTION_SEND, 0)  \
	KPROBE_END(name, target, function, true)                                     \
	KPROBE_END(name##_old, target, function, false)
#define KPROBE_RECVMSG(name, target, function)                                       \
	KPROBE_BEGIN(name, target, SOCKET(REG_PARM1), ctx->REG_PARM2, function, DIRECTION_RECV, ctx->REG_PARM4) \
	KPROBE_END(name, target, function, true)                                     \
	KPROBE_END(name##_old, target, function, false)

KPROBE_SENDMSG(inet_sendmsg, "inet_sendmsg", SOCKET(REG_PARM1), FUNCTION_INET_SENDMSG)
KPROBE_RECVMSG(inet_recvmsg, "inet_recvmsg", FUNCTION_INET_RECVMSG)
KPROBE_SENDMSG(inet6_sendmsg, "inet6_sendmsg", SOCKET(REG_PARM1), FUNCTION_INET6_SENDMSG)
KPROBE_RECVMSG(inet6_recvmsg, "inet6_recvmsg", FUNCTION_INET6_RECVMSG)
KPROBE_SENDMSG(unix_sendmsg, "unix_stream_sendmsg", SOCKET(REG_PARM1), FUNCTION_UNIX_SENDMSG)
KPROBE_RECVMSG(unix_recvmsg, "unix_stream_recvmsg", FUNCTION_UNIX_RECVMSG)

KPROBE_SENDMSG(udp_sendmsg, "udp_sendmsg", SK(REG_PARM1), FUNCTION_UDP_SENDMSG)
KPROBE_UDP_RECVMSG(udp_recvmsg, FUNCTION_UDP_RECVMSG)
KPROBE_SENDMSG(udpv6_sendmsg, "udpv6_sendmsg", SK(REG_PARM1), FUNCTION_UDPV6_SENDMSG)
KPROBE_UDP_RECVMSG(udpv6_recvmsg, FUNCTION_UDPV6_RECVMSG)

KPROBE_SENDMSG(unix_dgram_sendmsg, "unix_dgram_sendmsg", SOCKET(REG_PARM1), FUNCTION_UNIX_DGRAM_SENDMSG)
KPROBE_RECVMSG(unix_dgram_recvmsg, "unix_dgram_recvmsg", FUNCTION_UNIX_DGRAM_RECVMSG)
KPROBE_RECVMSG(unix_seqpacket_recvmsg, "unix_seqpacket_recvmsg", FUNCTION_UNIX_SEQPACKET_RECVMSG)

/* Bytes in no buffer. */

KPROBE_BEGIN(tcp_splice_read, "tcp_splice_read", SOCKET(REG_PARM1), 0, FUNCTION_TCP_SPLICE_READ, DIRECTION_RECV, 0)
KPROBE_END(tcp_splice_read, "tcp_splice_read", FUNCTION_TCP_SPLICE_READ, false)

KPROBE_BEGIN(unix_splice_read, "unix_stream_splice_read", SOCKET(REG_PARM1), 0, FUNCTION_UNIX_SPLICE_READ, DIRECTION_RECV, 0)
KPROBE_END(unix_splice_read, "unix_stream_splice_read", FUNCTION_UNIX_SPLICE_READ, false)

KPROBE_BEGIN(inet_sendpage, "inet_sendpage", SOCKET(REG_PARM1), 0, FUNCTION_INET_SENDPAGE, DIRECTION_SEND, 0)
KPROBE_END(inet_sendpage, "inet_sendpage", FUNCTION_INET_SENDPAGE, false)

KPROBE_BEGIN(unix_sendpage, "unix_stream_sendpage", SOCKET(REG_PARM1), 0, FUNCTION_UNIX_SENDPAGE, DIRECTION_SEND, 0)
KPROBE_END(unix_sendpage, "unix_stream_sendpage", FUNCTION_UNIX_SENDPAGE, false)

SEC("raw_tp/sys_exit")
int kprobe_syscall_exit(struct bpf_raw_tracepoint_args *ctx)
{
	kprobe_missed((struct pt_regs *)ctx->args[0], ctx->args[1], true);
	return 0;
}

SEC("raw_tp/sys_exit")
int kprobe_syscall_exit_old(struct bpf_raw_tracepoint_args *ctx)
{
	kprobe_missed((struct pt_regs *)ctx->args[0], ctx->args[1], false);
	return 0;
}

SEC("raw_tp/sys_exit")
int kprobe_datagram_exit(struct bpf_raw_tracepoint_args *ctx)
{
	kprobe_datagram_missed((struct pt_regs *)ctx->args[0], ctx->args[1], true);
	return 0;
}

SEC("raw_tp/sys_exit")
int kprobe_datagram_exit_old(struct bpf_raw_tracepoint_args *ctx)
{
	kprobe_datagram_missed((struct pt_regs *)ctx->args[0], ctx->args[1], false);
	return 0;
}

#endif
