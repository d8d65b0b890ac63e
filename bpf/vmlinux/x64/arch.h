/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* x86-64: the registers of a system call and of a function, and the numbers of those that move data. */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
} __attribute__((preserve_access_index));

#define REG_NR orig_ax
#define REG_ARG0 di
#define REG_ARG1 si
#define REG_ARG2 dx
#define REG_ARG3 r10
#define REG_ARG4 r8
#define REG_ARG5 r9

/* of a function in the kernel */
#define REG_PARM1 di
#define REG_PARM2 si
#define REG_PARM4 cx
#define REG_PARM5 r8
#define REG_RESULT ax
#define REG_SP sp

/* of a 32-bit process: TS_COMPAT */
struct thread_info {
	u32 status;
} __attribute__((preserve_access_index));

#define COMPAT_FIELD thread_info.status
#define COMPAT_BIT 0x0002

enum {
	NR_read = 0,
	NR_write = 1,
	NR_readv = 19,
	NR_writev = 20,
	NR_sendfile = 40,
	NR_sendto = 44,
	NR_recvfrom = 45,
	NR_sendmsg = 46,
	NR_recvmsg = 47,
	NR_splice = 275,
	NR_recvmmsg = 299,
	NR_sendmmsg = 307,
	NR_preadv2 = 327,
	NR_pwritev2 = 328,
};
