/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* For the hook layers inside the kernel, `fentry` and `kprobe`: a call of a family's sendmsg or recvmsg. Where its bytes
 * are is noted when it begins, for at its end the iterator has advanced; they are copied when it ends. */
#ifndef STIRLING_MESSAGE_CALL_H
#define STIRLING_MESSAGE_CALL_H

/* The functions that are hooked. */
enum function {
	FUNCTION_INET_SENDMSG,
	FUNCTION_INET_RECVMSG,
	FUNCTION_INET6_SENDMSG,
	FUNCTION_INET6_RECVMSG,
	FUNCTION_UNIX_SENDMSG,
	FUNCTION_UNIX_RECVMSG,
	FUNCTION_TCP_SPLICE_READ,
	FUNCTION_UNIX_SPLICE_READ,
	FUNCTION_INET_SENDPAGE,
	FUNCTION_UNIX_SENDPAGE,
	FUNCTION_UDP_SENDMSG,	/* this and what follows: datagrams */
	FUNCTION_UDP_RECVMSG,
	FUNCTION_UDPV6_SENDMSG,
	FUNCTION_UDPV6_RECVMSG,
	FUNCTION_UNIX_DGRAM_SENDMSG,
	FUNCTION_UNIX_DGRAM_RECVMSG,
	FUNCTION_UNIX_SEQPACKET_RECVMSG,
};

/* A call that a thread is in. */
struct pending {
	u64 frame;	/* where the call stands on the stack: a call made by another one stands lower */
	u64 sk;
	u64 base;	/* as in struct src */
	u64 control;	/* streams: as in struct src */
	u32 segments;
	u32 skip;
	u32 function;
	u32 direction;
	u32 flags;	/* MSG_* */
	u32 tgid;
	u64 msg;	/* datagrams: struct msghdr * */
	u64 name;	/* its msg_name: udpv6_sendmsg leaves another one there */
	u64 room;	/* bytes in its buffers */
};

/* key: pid_tgid */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u64);
	__type(value, struct pending);
} pendings SEC(".maps");

/* Before 5.14 the field was `type`, with the direction in bit 0; before 6.4 `__iov` was `iov`. */
static __always_inline u32 iter_type(struct iov_iter *iter)
{
	if (bpf_core_field_exists(iter->iter_type))
		return READ(iter, iter_type);
	return READ((struct iov_iter___type *)iter, type) & ~1U;
}

static __always_inline const struct iovec *iter_vector(struct iov_iter *iter)
{
	if (bpf_core_field_exists(iter->__iov))
		return READ(iter, __iov);
	return READ((struct iov_iter___iov *)iter, iov);
}

/* Pages (sendfile, splice, io_uring's registered buffers) and kernel memory are not read. */
static __always_inline void read_iter(struct pending *call, struct iov_iter *iter)
{
	u32 type = iter_type(iter);

	call->segments = NO_BUFFER;
	if (bpf_core_enum_value_exists(enum iter_type, ITER_UBUF) &&
	    type == bpf_core_enum_value(enum iter_type, ITER_UBUF)) {
		call->base = (u64)READ(iter, ubuf) + READ(iter, iov_offset);
		call->segments = 0;
	} else if (type == bpf_core_enum_value(enum iter_type, ITER_IOVEC)) {
		call->base = (u64)iter_vector(iter);
		call->segments = READ(iter, nr_segs);
		call->skip = READ(iter, iov_offset);
	}
}

/* inet_sendpage may call inet_sendmsg, and such: of nested calls for one socket and direction the outermost counts. A call whose
 * end was missed does not stand in the way of the next one: that is of the same function, or stands higher. */
static __always_inline bool is_nested(const struct pending *outer, const struct pending *call)
{
	return outer && outer->sk == call->sk && outer->direction == call->direction && outer->function != call->function &&
	       outer->frame > call->frame;
}

static __always_inline bool is_datagram(u32 function)
{
	return function >= FUNCTION_UDP_SENDMSG;
}

/* A call begins. `msg` 0: its bytes are in no buffer. */
static __always_inline void call_begins(struct pending *call, struct sock *sk, struct msghdr *msg)
{
	u64 thread = bpf_get_current_pid_tgid();
	u32 process = whose(thread >> 32);

	call->tgid = thread >> 32;
	if (process != TRACED) {
		note_own_reader(sk, process, call->direction);
		return;
	}
	if (is_datagram(call->function) ? !datagram_in_scope(sk) : !socket_in_scope(sk))
		return;
	call->sk = (u64)sk;
	call->segments = NO_BUFFER;
	if (is_nested(bpf_map_lookup_elem(&pendings, &thread), call))
		return;
	if (msg) {
		read_iter(call, &msg->msg_iter);
		if (is_datagram(call->function)) {
			call->msg = (u64)msg;
			call->name = (u64)READ(msg, msg_name);
			call->room = READ(&msg->msg_iter, count);
		} else if (READ(msg, msg_controllen)) {
			call->control = (u64)READ(msg, msg_control);
		}
		if (call->direction == DIRECTION_SEND)
			call->flags = READ(msg, msg_flags);
	}
	if (bpf_map_update_elem(&pendings, &thread, call, BPF_ANY))
		count(REASON_LOST_MAP, 1, 0);
}

static __always_inline struct sock *sock_of(u64 socket)
{
	return READ((struct socket *)socket, sk);
}

/* Takes the call out: its function returns now. */
static __always_inline bool call_ends(struct pending *call, u32 function)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct pending *known = bpf_map_lookup_elem(&pendings, &thread);

	if (!known || known->function != function)
		return false;
	*call = *known;
	bpf_map_delete_elem(&pendings, &thread);
	return true;
}

static __always_inline void call_moved(const struct pending *call, long result, bool looped)
{
	struct src src = {.sk = call->sk, .base = call->base, .segments = call->segments, .skip = call->skip, .control = call->control};

	if (result < 0 || (result == 0 && call->direction == DIRECTION_SEND) || (call->flags & NOT_DATA))
		return;
	if (call->direction == DIRECTION_RECV && (call->flags & MSG_TRUNC))
		src.segments = NO_BUFFER;
	src.in_kernel = IN_KERNEL_SEGMENTS | IN_KERNEL_NAME;
	src.bytes = result;
	src.direction = call->direction;
	src.tgid = call->tgid;
	submit_data(&src, looped);
}

/* Of one that was received the kernel has written down now who sent it, and whether the buffer was too small. */
static __always_inline void datagram_call_moved(const struct pending *call, long result, bool looped)
{
	struct src src = {.sk = call->sk, .base = call->base, .segments = call->segments, .skip = call->skip};

	if (result <= 0 || (call->flags & NOT_DATA))
		return;
	src.in_kernel = IN_KERNEL_SEGMENTS | IN_KERNEL_NAME;
	src.bytes = result;
	src.direction = call->direction;
	src.tgid = call->tgid;
	src.name = call->name;
	src.name_bytes = READ((struct msghdr *)call->msg, msg_namelen);
	if (call->direction == DIRECTION_RECV && (READ((struct msghdr *)call->msg, msg_flags) & MSG_TRUNC)) {
		src.truncated = true;
		if (src.bytes > call->room)
			src.bytes = call->room;
	}
	if (src.bytes)
		submit_datagram(&src, looped);
}

/* The function returns. */
static __always_inline void call_returns(u32 function, long result, bool looped)
{
	struct pending call = {};

	if (!call_ends(&call, function))
		return;
	if (is_datagram(function))
		datagram_call_moved(&call, result, looped);
	else
		call_moved(&call, result, looped);
}

#endif
