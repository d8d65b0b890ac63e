/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The socket tracer's kernel side: moves bytes, knows sockets, knows no protocol. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "intf/socket_trace.h"
#include "lib/read.h"
#include "lib/maps.h"
#include "lib/scope.h"
#include "lib/src.h"
#include "lib/unix.h"
#include "lib/conn.h"
#include "lib/submit.h"
#include "lib/datagram.h"
#include "lib/syscalls.h"
#include "lib/heard.h"
#include "lib/sock_layer.h"
#include "lib/syscall_layer.h"
#include "lib/datagram_layer.h"
#include "lib/message_call.h"
#include "lib/fentry_layer.h"
#include "lib/kprobe_layer.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Hook layer `sock`. */

SEC("raw_tp/sock_send_length")
int sock_send(struct bpf_raw_tracepoint_args *ctx)
{
	sock_moved((struct sock *)ctx->args[0], ctx->args[1], ctx->args[2], DIRECTION_SEND);
	return 0;
}

SEC("raw_tp/sock_recv_length")
int sock_recv(struct bpf_raw_tracepoint_args *ctx)
{
	sock_moved((struct sock *)ctx->args[0], ctx->args[1], ctx->args[2], DIRECTION_RECV);
	return 0;
}

/* Datagrams in the layer `sock`: who has sent them. */

SEC("cgroup/recvmsg4")
int heard_udp4(void *context)
{
	return hear(context, false);
}

SEC("cgroup/recvmsg6")
int heard_udp6(void *context)
{
	return hear(context, false);
}

SEC("cgroup/recvmsg_unix")
int heard_unix_peer(void *context)
{
	return hear(context, true);
}

/* Hook layer `syscall`: the first of the two that loads. */

SEC("raw_tp/sys_exit")
int syscall_exit(struct bpf_raw_tracepoint_args *ctx)
{
	syscall_returned((struct pt_regs *)ctx->args[0], ctx->args[1], true);
	return 0;
}

SEC("raw_tp/sys_exit")
int syscall_exit_old(struct bpf_raw_tracepoint_args *ctx)
{
	syscall_returned((struct pt_regs *)ctx->args[0], ctx->args[1], false);
	return 0;
}

/* Datagrams beside the layer `syscall`, and wherever else they are not seen: the first of the two that loads. */

SEC("raw_tp/sys_exit")
int datagram_exit(struct bpf_raw_tracepoint_args *ctx)
{
	datagram_returned((struct pt_regs *)ctx->args[0], ctx->args[1], true);
	return 0;
}

SEC("raw_tp/sys_exit")
int datagram_exit_old(struct bpf_raw_tracepoint_args *ctx)
{
	datagram_returned((struct pt_regs *)ctx->args[0], ctx->args[1], false);
	return 0;
}

/* Every layer. */

SEC("raw_tp/tcp_destroy_sock")
int tcp_destroy(struct bpf_raw_tracepoint_args *ctx)
{
	conn_destroyed((struct sock *)ctx->args[0]);
	return 0;
}

#define TCP_SYN_SENT 2
#define TCP_CLOSE 7

SEC("raw_tp/inet_sock_set_state")
int tcp_state(struct bpf_raw_tracepoint_args *ctx)
{
	/* Runs in softirq too, where the current process is a bystander; SYN_SENT is set in connect() only. */
	if ((int)ctx->args[2] == TCP_SYN_SENT)
		conn_reconnects((struct sock *)ctx->args[0]);
	else if ((int)ctx->args[2] == TCP_CLOSE)
		conn_ends((struct sock *)ctx->args[0]);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	scope_fork((struct task_struct *)ctx->args[0], (struct task_struct *)ctx->args[1]);
	return 0;
}

SEC("raw_tp/sched_process_exec")
int process_exec(struct bpf_raw_tracepoint_args *ctx)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32;

	bpf_map_delete_elem(&comm_cache, &tgid);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	scope_exit((struct task_struct *)ctx->args[0]);
	return 0;
}
