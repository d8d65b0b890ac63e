/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hook layer `fentry`: the functions of the address families, whoever calls them and whatever is below: TCP, MPTCP, kTLS,
 * a sockmap. The programs ending in _old are for kernels before 5.17, which have no bpf_loop. */
#ifndef STIRLING_FENTRY_LAYER_H
#define STIRLING_FENTRY_LAYER_H

#define RECV_ARGS_OLD 6		/* (sk, msg, len, nonblock, flags, addr_len); 5.19 dropped nonblock */

static __always_inline void fentry_begins(u64 *ctx, struct sock *sk, struct msghdr *msg, u32 function, u32 direction,
					  u32 flags)
{
	struct pending call = {.frame = (u64)ctx, .function = function, .direction = direction, .flags = flags};

	call_begins(&call, sk, msg);
}

/* The flags of a call to a recvmsg of UDP. */
static __always_inline u64 recv_flags(u64 *ctx)
{
	u64 flags = 0;

	bpf_get_func_arg(ctx, bpf_get_func_arg_cnt(ctx) == RECV_ARGS_OLD ? 4 : 3, &flags);
	return flags;
}

static __always_inline u64 result_of(u64 *ctx)
{
	u64 result = 0;

	bpf_get_func_ret(ctx, &result);
	return result;
}

#define FENTRY(program, target, sk, function, direction, flags)                                        \
	SEC("fentry/" target)                                                                          \
	int fentry_##program(u64 *ctx)                                                                 \
	{                                                                                              \
		fentry_begins(ctx, (sk), (struct msghdr *)ctx[1], function, direction, flags);         \
		return 0;                                                                              \
	}

#define FEXIT(program, target, function, result, looped)                \
	SEC("fexit/" target)                                            \
	int fexit_##program(u64 *ctx)                                   \
	{                                                               \
		call_returns(function, (int)(result), looped);          \
		return 0;                                               \
	}

/* (sk or socket, msg, len) */
#define SENDMSG(name, target, sk, function)                          \
	FENTRY(name, target, sk, function, DIRECTION_SEND, 0)        \
	FEXIT(name, target, function, ctx[3], true)                  \
	FEXIT(name##_old, target, function, ctx[3], false)

/* (sk, msg, len, …): how many arguments depends on the kernel. */
#define RECVMSG(name, target, function)                                                                 \
	FENTRY(name, target, (struct sock *)ctx[0], function, DIRECTION_RECV, recv_flags(ctx))          \
	FENTRY(name##_old, target, (struct sock *)ctx[0], function, DIRECTION_RECV, ctx[4])             \
	FEXIT(name, target, function, result_of(ctx), true)                                             \
	FEXIT(name##_old, target, function, ctx[RECV_ARGS_OLD], false)

/* (socket, msg, len, flags) */
#define FAMILY_RECVMSG(name, target, function)                                                          \
	FENTRY(name, target, sock_of(ctx[0]), function, DIRECTION_RECV, ctx[3])                         \
	FEXIT(name, target, function, ctx[4], true)                                                     \
	FEXIT(name##_old, target, function, ctx[4], false)

SENDMSG(inet_sendmsg, "inet_sendmsg", sock_of(ctx[0]), FUNCTION_INET_SENDMSG)
FAMILY_RECVMSG(inet_recvmsg, "inet_recvmsg", FUNCTION_INET_RECVMSG)
SENDMSG(inet6_sendmsg, "inet6_sendmsg", sock_of(ctx[0]), FUNCTION_INET6_SENDMSG)
FAMILY_RECVMSG(inet6_recvmsg, "inet6_recvmsg", FUNCTION_INET6_RECVMSG)
SENDMSG(unix_sendmsg, "unix_stream_sendmsg", sock_of(ctx[0]), FUNCTION_UNIX_SENDMSG)
FAMILY_RECVMSG(unix_recvmsg, "unix_stream_recvmsg", FUNCTION_UNIX_RECVMSG)

SENDMSG(udp_sendmsg, "udp_sendmsg", (struct sock *)ctx[0], FUNCTION_UDP_SENDMSG)
RECVMSG(udp_recvmsg, "udp_recvmsg", FUNCTION_UDP_RECVMSG)
SENDMSG(udpv6_sendmsg, "udpv6_sendmsg", (struct sock *)ctx[0], FUNCTION_UDPV6_SENDMSG)
RECVMSG(udpv6_recvmsg, "udpv6_recvmsg", FUNCTION_UDPV6_RECVMSG)

/* That of SOCK_SEQPACKET calls unix_dgram_sendmsg; to receive, the compiler may have put the other into it. */
SENDMSG(unix_dgram_sendmsg, "unix_dgram_sendmsg", sock_of(ctx[0]), FUNCTION_UNIX_DGRAM_SENDMSG)
FAMILY_RECVMSG(unix_dgram_recvmsg, "unix_dgram_recvmsg", FUNCTION_UNIX_DGRAM_RECVMSG)
FAMILY_RECVMSG(unix_seqpacket_recvmsg, "unix_seqpacket_recvmsg", FUNCTION_UNIX_SEQPACKET_RECVMSG)

/* Bytes in no buffer: the return alone says all. These have five arguments. */

static __always_inline void fexit_length(struct sock *sk, int result, u32 direction)
{
	struct pending call = {.sk = (u64)sk, .segments = NO_BUFFER, .direction = direction};

	call.tgid = bpf_get_current_pid_tgid() >> 32;
	if (whose(call.tgid) == TRACED && socket_in_scope(sk))
		call_moved(&call, result, false);
}

SEC("fexit/tcp_splice_read")
int fexit_tcp_splice_read(u64 *ctx)
{
	fexit_length(sock_of(ctx[0]), ctx[5], DIRECTION_RECV);
	return 0;
}

SEC("fexit/unix_stream_splice_read")
int fexit_unix_splice_read(u64 *ctx)
{
	fexit_length(sock_of(ctx[0]), ctx[5], DIRECTION_RECV);
	return 0;
}

/* Before 6.5 sendfile and splice come this way; what has no sendpage of its own calls sendmsg from here. */

/* (socket, page, offset, size, flags) */
#define SENDPAGE(name, target, function)                                                                 \
	SEC("fentry/" target)                                                                            \
	int fentry_##name(u64 *ctx)                                                                      \
	{                                                                                                \
		fentry_begins(ctx, sock_of(ctx[0]), 0, function, DIRECTION_SEND, 0);                     \
		return 0;                                                                                \
	}                                                                                                \
	FEXIT(name, target, function, ctx[5], false)

SENDPAGE(inet_sendpage, "inet_sendpage", FUNCTION_INET_SENDPAGE)
SENDPAGE(unix_sendpage, "unix_stream_sendpage", FUNCTION_UNIX_SENDPAGE)

#endif
