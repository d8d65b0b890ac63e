// SPDX-License-Identifier: Apache-2.0
// The calls that move bytes over a socket, each as a function (descriptor, data, length) -> bytes moved, or -1.
#ifndef STIRLING_VM_CALLS_H
#define STIRLING_VM_CALLS_H

#include <err.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef ssize_t (*mover)(int fd, char *data, size_t length);

struct way {
	const char *name;
	mover move;
};

static void need(int fine, const char *what)
{
	if (!fine)
		err(1, "%s", what);
}

/* `n` parts of a buffer, the first ones short. */
static int split(struct iovec *parts, char *data, size_t length, int n)
{
	size_t step = length / n ? length / n : 1, at = 0;
	int count = 0;

	while (at < length) {
		size_t size = count == n - 1 || at + step > length ? length - at : step;

		parts[count++] = (struct iovec){ data + at, size };
		at += size;
	}
	return count;
}

/* Sending: all of it. */

static ssize_t by_write(int fd, char *data, size_t length)
{
	return write(fd, data, length);
}

static ssize_t by_send(int fd, char *data, size_t length)
{
	return send(fd, data, length, 0);
}

static ssize_t by_sendto(int fd, char *data, size_t length)
{
	return syscall(SYS_sendto, fd, data, length, MSG_NOSIGNAL, NULL, 0);
}

static ssize_t sendmsg_parts(int fd, char *data, size_t length, int n)
{
	struct iovec parts[256];
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = split(parts, data, length, n) };

	return sendmsg(fd, &message, 0);
}

static ssize_t by_sendmsg(int fd, char *data, size_t length)
{
	return sendmsg_parts(fd, data, length, 3);
}

static ssize_t by_sendmsg64(int fd, char *data, size_t length)
{
	return sendmsg_parts(fd, data, length, 64);
}

static ssize_t by_writev(int fd, char *data, size_t length)
{
	struct iovec parts[8];

	return writev(fd, parts, split(parts, data, length, 5));
}

static ssize_t by_writev200(int fd, char *data, size_t length)
{
	struct iovec parts[256];

	return writev(fd, parts, split(parts, data, length, 200));
}

static ssize_t by_pwritev2(int fd, char *data, size_t length)
{
	struct iovec parts[2];

	return pwritev2(fd, parts, split(parts, data, length, 2), -1, 0);
}

static ssize_t mmsg(int fd, char *data, size_t length, int n)
{
	struct mmsghdr messages[16] = { 0 };
	struct iovec parts[16];
	int count = split(parts, data, length, n);

	for (int i = 0; i < count; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	return sendmmsg(fd, messages, count, 0) == count ? (ssize_t)length : -1;
}

static ssize_t by_sendmmsg2(int fd, char *data, size_t length)
{
	return mmsg(fd, data, length, 2);
}

static ssize_t by_sendmmsg12(int fd, char *data, size_t length)
{
	return mmsg(fd, data, length, 12);
}

static ssize_t by_dup(int fd, char *data, size_t length)
{
	int copy = dup(fd);
	ssize_t sent = write(copy, data, length);

	close(copy);
	return sent;
}

/* What the kernel says of the buffers on the error queue is not data. */
static ssize_t by_zerocopy(int fd, char *data, size_t length)
{
	struct pollfd ready = { .fd = fd };
	char control[256];
	struct msghdr message = { .msg_control = control, .msg_controllen = sizeof(control) };
	int one = 1;
	ssize_t sent;

	if (setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)))
		return by_send(fd, data, length);
	sent = send(fd, data, length, MSG_ZEROCOPY);
	if (poll(&ready, 1, 10000) == 1)
		recvmsg(fd, &message, MSG_ERRQUEUE);
	return sent;
}

static ssize_t by_sendfile(int fd, char *data, size_t length)
{
	int file = memfd_create("body", 0);
	off_t from = 0;
	ssize_t sent;

	need(write(file, data, length) == (ssize_t)length, "memfd");
	sent = sendfile(fd, file, &from, length);
	close(file);
	return sent;
}

static ssize_t by_splice(int fd, char *data, size_t length)
{
	int ends[2];
	ssize_t sent;

	need(!pipe(ends), "pipe");
	need(write(ends[1], data, length) == (ssize_t)length, "pipe");
	sent = splice(ends[0], NULL, fd, NULL, length, 0);
	close(ends[0]);
	close(ends[1]);
	return sent;
}

/* One request to a ring of its own. */
static ssize_t by_ring(int opcode, int fd, char *data, size_t length)
{
	struct io_uring_params params = { 0 };
	int ring = syscall(SYS_io_uring_setup, 1, &params);
	size_t size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	struct io_uring_sqe *entry;
	struct io_uring_cqe *done;
	ssize_t result;
	char *queue;

	need(ring >= 0 && params.features & IORING_FEAT_SINGLE_MMAP, "io_uring_setup");
	queue = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	entry = mmap(NULL, sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	need(queue != MAP_FAILED && entry != MAP_FAILED, "io_uring: mmap");
	*entry = (struct io_uring_sqe){ .opcode = opcode, .fd = fd, .addr = (unsigned long)data, .len = length };
	((unsigned *)(queue + params.sq_off.array))[0] = 0;
	__atomic_store_n((unsigned *)(queue + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	need(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1, "io_uring_enter");
	done = (struct io_uring_cqe *)(queue + params.cq_off.cqes);
	result = done->res;
	munmap(entry, sizeof(*entry));
	munmap(queue, size);
	close(ring);
	errno = result < 0 ? -result : 0;
	return result;
}

static ssize_t by_ring_send(int fd, char *data, size_t length)
{
	return by_ring(IORING_OP_SEND, fd, data, length);
}

/* Receiving: some of it. */

static ssize_t by_read(int fd, char *data, size_t length)
{
	return read(fd, data, length);
}

static ssize_t by_recv(int fd, char *data, size_t length)
{
	return recv(fd, data, length, 0);
}

static ssize_t by_recvfrom(int fd, char *data, size_t length)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);

	return recvfrom(fd, data, length, 0, (struct sockaddr *)&from, &size);
}

static int scatter(struct iovec *parts, char *data, size_t length)
{
	size_t first = length < 9 ? length : 9;

	parts[0] = (struct iovec){ data, first };
	parts[1] = (struct iovec){ data + first, length - first < 30 ? length - first : 30 };
	parts[2] = (struct iovec){ data + first + parts[1].iov_len, length - first - parts[1].iov_len };
	return 3;
}

static ssize_t by_recvmsg(int fd, char *data, size_t length)
{
	struct iovec parts[3];
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = scatter(parts, data, length) };

	return recvmsg(fd, &message, 0);
}

static ssize_t by_readv(int fd, char *data, size_t length)
{
	struct iovec parts[3];

	return readv(fd, parts, scatter(parts, data, length));
}

static ssize_t by_preadv2(int fd, char *data, size_t length)
{
	struct iovec parts[3];

	return preadv2(fd, parts, scatter(parts, data, length), -1, 0);
}

static ssize_t take_messages(int fd, char *data, size_t length, int n)
{
	struct mmsghdr messages[3] = { 0 };
	struct iovec parts[3];
	ssize_t sum = 0;
	int got;

	scatter(parts, data, length);
	if (n == 2)
		parts[1].iov_len = length - parts[0].iov_len;
	for (int i = 0; i < n; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	got = recvmmsg(fd, messages, n, MSG_WAITFORONE, NULL);
	for (int i = 0; i < got; i++)
		sum += messages[i].msg_len;
	return got < 0 ? -1 : sum;
}

static ssize_t by_recvmmsg2(int fd, char *data, size_t length)
{
	return take_messages(fd, data, length, 2);
}

static ssize_t by_recvmmsg3(int fd, char *data, size_t length)
{
	return take_messages(fd, data, length, 3);
}

static ssize_t by_peek(int fd, char *data, size_t length)
{
	need(recv(fd, data, length, MSG_PEEK) > 0, "peek");
	return recv(fd, data, length, 0);
}

static ssize_t by_small(int fd, char *data, size_t length)
{
	return recv(fd, data, length < 11 ? length : 11, 0);
}

static ssize_t by_early(int fd, char *data, size_t length)
{
	ssize_t got;

	do
		got = recv(fd, data, length < 40 ? length : 40, MSG_DONTWAIT);
	while (got < 0 && errno == EAGAIN);
	return got;
}

static ssize_t by_trunc(int fd, char *data, size_t length)
{
	return recv(fd, data, length, MSG_TRUNC);
}

static ssize_t by_ring_recv(int fd, char *data, size_t length)
{
	return by_ring(IORING_OP_RECV, fd, data, length);
}

static ssize_t by_splice_out(int fd, char *data, size_t length)
{
	int ends[2];
	ssize_t got;

	need(!pipe(ends), "pipe");
	got = splice(fd, NULL, ends[1], NULL, length < 4096 ? length : 4096, 0);
	if (got > 0)
		need(read(ends[0], data, got) == got, "pipe");
	close(ends[0]);
	close(ends[1]);
	return got;
}

static const struct way SENDS[] = {
	{ "write", by_write },	 { "send", by_send },		{ "sendto", by_sendto },     { "sendmsg", by_sendmsg },
	{ "writev", by_writev }, { "pwritev2", by_pwritev2 },	{ "dup", by_dup },	     { "sendmmsg", by_sendmmsg2 },
	{ "zerocopy", by_zerocopy },
};
static const struct way RECEIVES[] = {
	{ "read", by_read },   { "recv", by_recv },	    { "recvfrom", by_recvfrom }, { "recvmsg", by_recvmsg },
	{ "readv", by_readv }, { "preadv2", by_preadv2 }, { "recvmmsg", by_recvmmsg2 }, { "peek", by_peek },
	{ "small", by_small }, { "early", by_early },
};

#endif
