// SPDX-License-Identifier: Apache-2.0
// glibc has fstat as a symbol since 2.33 only; Node 20 runs from 2.28 on.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int fstat(int fd, struct stat *stat)
{
	return syscall(SYS_newfstatat, fd, "", stat, AT_EMPTY_PATH);
}
