/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A call that moved bytes, as the hooks see it. */
#ifndef STIRLING_SRC_H
#define STIRLING_SRC_H

/* The other end of a datagram, as in the event. */
struct peer {
	__u16 port;
	__u8 addr[16];
};

/* Where the bytes of a call are. */
struct src {
	u64 sk;		/* struct sock * */
	u64 base;	/* user memory: the buffer, or the array of segments */
	u32 segments;	/* 0: base is the buffer · n: base is iovec[n] · NO_BUFFER: not readable at this hook */
	u32 bytes;	/* that the call (of several messages: this one) moved */
	u32 after;	/* bytes of later messages of the same call */
	u32 tgid;
	u32 skip;	/* bytes of the first segment that come before */
	u8 direction;
	u8 in_kernel;	/* what is kernel memory, a bit each: IN_KERNEL_* */
	u8 truncated;	/* datagrams: the buffer was too small */
	u8 name_bytes;	/* of `name`, where that is a path */
	u64 name;	/* datagrams: address of the peer; 0 = not given */
	u64 control;	/* control messages: in the kernel's memory where it is the kernel that has the array of segments to send */
};

#define NO_BUFFER 0xffffffffU
#define IN_KERNEL_SEGMENTS 1	/* the array of them, not what they point to */
#define IN_KERNEL_NAME 2

#endif
