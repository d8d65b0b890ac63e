/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Hook layer `fentry`: the protocols' own functions, whoever calls them. The programs ending in _old are for kernels before
 * 5.17, which have neither bpf_loop nor bpf_get_func_ret. */
#ifndef STIRLING_FENTRY_LAYER_H
#define STIRLING_FENTRY_LAYER_H

#define RECV_ARGS_OLD 6		/* (sk, msg, len, nonblock, flags, addr_len); 5.19 dropped nonblock */

static __always_inline void fentry_begins(u64 *ctx, struct sock *sk, struct msghdr *msg, u32 function, u32 direction,
					  u32 flags)
{
	struct pending call = {.frame = (u64)ctx, .function = function, .direction = direction, .flags = flags};

	call_begins(&call, sk, msg);
}

static __always_inline void fentry_ends(u32 function, int result, bool looped)
{
	struct pending call = {};

	if (call_ends(&call, function))
		call_moved(&call, result, looped);
}

SEC("fentry/tcp_sendmsg")
int fentry_tcp_sendmsg(u64 *ctx)
{
	fentry_begins(ctx, (struct sock *)ctx[0], (struct msghdr *)ctx[1], FUNCTION_TCP_SENDMSG, DIRECTION_SEND, 0);
	return 0;
}

SEC("fexit/tcp_sendmsg")
int fexit_tcp_sendmsg(u64 *ctx)
{
	fentry_ends(FUNCTION_TCP_SENDMSG, ctx[3], true);
	return 0;
}

SEC("fexit/tcp_sendmsg")
int fexit_tcp_sendmsg_old(u64 *ctx)
{
	fentry_ends(FUNCTION_TCP_SENDMSG, ctx[3], false);
	return 0;
}

SEC("fentry/tcp_recvmsg")
int fentry_tcp_recvmsg(u64 *ctx)
{
	u64 flags = 0;

	bpf_get_func_arg(ctx, bpf_get_func_arg_cnt(ctx) == RECV_ARGS_OLD ? 4 : 3, &flags);
	fentry_begins(ctx, (struct sock *)ctx[0], (struct msghdr *)ctx[1], FUNCTION_TCP_RECVMSG, DIRECTION_RECV, flags);
	return 0;
}

SEC("fentry/tcp_recvmsg")
int fentry_tcp_recvmsg_old(u64 *ctx)
{
	fentry_begins(ctx, (struct sock *)ctx[0], (struct msghdr *)ctx[1], FUNCTION_TCP_RECVMSG, DIRECTION_RECV, ctx[4]);
	return 0;
}

SEC("fexit/tcp_recvmsg")
int fexit_tcp_recvmsg(u64 *ctx)
{
	u64 result = 0;

	bpf_get_func_ret(ctx, &result);
	fentry_ends(FUNCTION_TCP_RECVMSG, result, true);
	return 0;
}

SEC("fexit/tcp_recvmsg")
int fexit_tcp_recvmsg_old(u64 *ctx)
{
	fentry_ends(FUNCTION_TCP_RECVMSG, ctx[RECV_ARGS_OLD], false);
	return 0;
}

SEC("fentry/unix_stream_sendmsg")
int fentry_unix_sendmsg(u64 *ctx)
{
	fentry_begins(ctx, sock_of(ctx[0]), (struct msghdr *)ctx[1], FUNCTION_UNIX_SENDMSG, DIRECTION_SEND, 0);
	return 0;
}

SEC("fexit/unix_stream_sendmsg")
int fexit_unix_sendmsg(u64 *ctx)
{
	fentry_ends(FUNCTION_UNIX_SENDMSG, ctx[3], true);
	return 0;
}

SEC("fexit/unix_stream_sendmsg")
int fexit_unix_sendmsg_old(u64 *ctx)
{
	fentry_ends(FUNCTION_UNIX_SENDMSG, ctx[3], false);
	return 0;
}

SEC("fentry/unix_stream_recvmsg")
int fentry_unix_recvmsg(u64 *ctx)
{
	fentry_begins(ctx, sock_of(ctx[0]), (struct msghdr *)ctx[1], FUNCTION_UNIX_RECVMSG, DIRECTION_RECV, ctx[3]);
	return 0;
}

SEC("fexit/unix_stream_recvmsg")
int fexit_unix_recvmsg(u64 *ctx)
{
	fentry_ends(FUNCTION_UNIX_RECVMSG, ctx[4], true);
	return 0;
}

SEC("fexit/unix_stream_recvmsg")
int fexit_unix_recvmsg_old(u64 *ctx)
{
	fentry_ends(FUNCTION_UNIX_RECVMSG, ctx[4], false);
	return 0;
}

/* Bytes in no buffer: the return alone says all. These have five arguments. */

static __always_inline void fexit_length(struct sock *sk, int result, u32 direction)
{
	struct pending call = {.sk = (u64)sk, .segments = NO_BUFFER, .direction = direction};

	call.tgid = bpf_get_current_pid_tgid() >> 32;
	if (process_in_scope(call.tgid) && socket_in_scope(sk))
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

/* Before 6.5 sendfile and splice come this way, and not through sendmsg. */

SEC("fexit/tcp_sendpage")
int fexit_tcp_sendpage(u64 *ctx)
{
	fexit_length((struct sock *)ctx[0], ctx[5], DIRECTION_SEND);
	return 0;
}

SEC("fexit/unix_stream_sendpage")
int fexit_unix_sendpage(u64 *ctx)
{
	fexit_length(sock_of(ctx[0]), ctx[5], DIRECTION_SEND);
	return 0;
}

#endif
