/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* arm64: the registers of a system call and of a function, and the numbers of those that move data. */
struct pt_regs {
	u64 regs[31];
	u64 sp;
	u64 orig_x0;
	s32 syscallno;
} __attribute__((preserve_access_index));

#define REG_NR syscallno
#define REG_ARG0 orig_x0
#define REG_ARG1 regs[1]
#define REG_ARG2 regs[2]
#define REG_ARG3 regs[3]
#define REG_ARG4 regs[4]
#define REG_ARG5 regs[5]

/* of a function in the kernel */
#define REG_PARM1 regs[0]
#define REG_PARM2 regs[1]
#define REG_PARM4 regs[3]
#define REG_PARM5 regs[4]
#define REG_RESULT regs[0]
#define REG_SP sp

/* of a 32-bit process: TIF_32BIT */
struct thread_info {
	unsigned long flags;
} __attribute__((preserve_access_index));

#define COMPAT_FIELD thread_info.flags
#define COMPAT_BIT (1 << 22)

enum {
	NR_read = 63,
	NR_write = 64,
	NR_readv = 65,
	NR_writev = 66,
	NR_sendfile = 71,
	NR_splice = 76,
	NR_sendto = 206,
	NR_recvfrom = 207,
	NR_sendmsg = 211,
	NR_recvmsg = 212,
	NR_recvmmsg = 243,
	NR_sendmmsg = 269,
	NR_preadv2 = 286,
	NR_pwritev2 = 287,
};
