// SPDX-License-Identifier: Apache-2.0
// HTTP servers that use nothing but io_uring, each in another way, and a client with plain calls over several connections that
// stay open. Each server is a process of its own, named ring-<way>; it prints a JSON line for each exchange:
// {"served": path, "by": its name, "up", "down"}, and at its end {"by", "received", "sent"}: bytes in all. load.c runs it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONNECTIONS 3
#define EXCHANGES 4 /* on each */
#define ENTRIES 16
#define ROOM 65536
#define PROVIDED 4096
#define GROUP 7

/* How a server uses its ring. */
struct way {
	const char *name;
	unsigned setup;      /* IORING_SETUP_* */
	unsigned features;   /* IORING_FEAT_* that it needs */
	unsigned char flags; /* IOSQE_* of what moves bytes */
	int receive, send;   /* operations; ones that the kernel does not have end the server */
};

static const struct way WAYS[] = {
	{ "ring-plain", 0, 0, 0, IORING_OP_RECV, IORING_OP_SEND },
	{ "ring-readv", 0, 0, 0, IORING_OP_READ, IORING_OP_WRITE },
	{ "ring-async", 0, 0, IOSQE_ASYNC, IORING_OP_RECV, IORING_OP_SEND },
	{ "ring-sqpoll", IORING_SETUP_SQPOLL, IORING_FEAT_SQPOLL_NONFIXED, 0, IORING_OP_RECV, IORING_OP_SEND },
	{ "ring-files", 0, 0, IOSQE_FIXED_FILE, IORING_OP_RECV, IORING_OP_SEND },
	{ "ring-provided", 0, 0, IOSQE_BUFFER_SELECT, IORING_OP_RECV, IORING_OP_SEND },
	{ "ring-buffers", 0, 0, 0, IORING_OP_READ_FIXED, IORING_OP_WRITE_FIXED },
	{ "ring-zerocopy", 0, 0, 0, IORING_OP_RECV, IORING_OP_SEND_ZC },
};

static void need(int fine, const char *what)
{
	if (!fine)
		err(1, "%s", what);
}

struct ring {
	int fd;
	char *queue;
	struct io_uring_sqe *entries;
	struct io_uring_params params;
	unsigned head, tail;
};

static unsigned *ring_word(const struct ring *ring, unsigned offset)
{
	return (unsigned *)(ring->queue + offset);
}

/* false: the kernel lacks what the way needs. */
static int ring_open(struct ring *ring, const struct way *way)
{
	struct io_uring_params *params = &ring->params;
	size_t done, submitted;

	*params = (struct io_uring_params){ .flags = way->setup };
	ring->fd = syscall(SYS_io_uring_setup, ENTRIES, params);
	need(ring->fd >= 0 && params->features & IORING_FEAT_SINGLE_MMAP, "io_uring_setup");
	if ((params->features & way->features) != way->features)
		return 0;
	done = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
	submitted = params->sq_off.array + params->sq_entries * sizeof(unsigned);
	ring->queue = mmap(NULL, done > submitted ? done : submitted, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, params->sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			     IORING_OFF_SQES);
	need(ring->queue != MAP_FAILED && ring->entries != MAP_FAILED, "io_uring: mmap");
	for (unsigned i = 0; i < params->sq_entries; i++)
		ring_word(ring, params->sq_off.array)[i] = i;
	ring->head = ring->tail = 0;
	return 1;
}

static void ring_submit(struct ring *ring, struct io_uring_sqe entry)
{
	ring->entries[ring->tail % ring->params.sq_entries] = entry;
	ring->tail++;
	__atomic_store_n(ring_word(ring, ring->params.sq_off.tail), ring->tail, __ATOMIC_RELEASE);
	need(syscall(SYS_io_uring_enter, ring->fd, 1, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0) >= 0, "io_uring_enter: submit");
}

/* The next completion; it stays where it is until the one after it is asked for. */
static const struct io_uring_cqe *ring_wait(struct ring *ring)
{
	unsigned *head = ring_word(ring, ring->params.cq_off.head), *tail = ring_word(ring, ring->params.cq_off.tail);
	struct io_uring_cqe *all = (struct io_uring_cqe *)(ring->queue + ring->params.cq_off.cqes);

	__atomic_store_n(head, ring->head, __ATOMIC_RELEASE);
	while (ring->head == __atomic_load_n(tail, __ATOMIC_ACQUIRE))
		need(syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) >= 0 || errno == EINTR,
		     "io_uring_enter: wait");
	return &all[ring->head++ % ring->params.cq_entries];
}

/* Server */

struct conn {
	int fd;
	char *in, *out, *provided;
	size_t got, left, sent;
};

struct server {
	const struct way *way;
	struct ring ring;
	int listener, open;
	struct conn conns[CONNECTIONS];
	unsigned long received, sent;
};

/* user_data of what is submitted: the number of a connection, and what it is. */
enum job { ACCEPT, RECEIVE, SEND, PROVIDE };
#define JOB(number, job) ((__u64)(number) << 8 | (job))

static void submit_accept(struct server *server)
{
	ring_submit(&server->ring,
		    (struct io_uring_sqe){ .opcode = IORING_OP_ACCEPT, .fd = server->listener, .user_data = JOB(0, ACCEPT) });
}

static void submit_transfer(struct server *server, int number, enum job job, int opcode, char *data, size_t length)
{
	const struct way *way = server->way;
	struct io_uring_sqe entry = { .opcode = opcode, .flags = way->flags, .fd = server->conns[number].fd,
				      .addr = (unsigned long)data, .len = length, .user_data = JOB(number, job) };

	if (way->flags & IOSQE_FIXED_FILE)
		entry.fd = number;
	if (opcode == IORING_OP_READ_FIXED || opcode == IORING_OP_WRITE_FIXED)
		entry.buf_index = number;
	if (opcode == IORING_OP_READ || opcode == IORING_OP_WRITE)
		entry.off = -1;
	if (way->flags & IOSQE_BUFFER_SELECT && job == RECEIVE)
		entry.buf_group = GROUP;
	if (job == SEND)
		entry.flags &= ~IOSQE_BUFFER_SELECT;
	ring_submit(&server->ring, entry);
}

static void provide(struct server *server, int number)
{
	ring_submit(&server->ring, (struct io_uring_sqe){ .opcode = IORING_OP_PROVIDE_BUFFERS, .fd = 1, .len = PROVIDED, .off = number,
							  .addr = (unsigned long)server->conns[number].provided,
							  .buf_group = GROUP, .user_data = JOB(number, PROVIDE) });
}

static void submit_receive(struct server *server, int number)
{
	struct conn *conn = &server->conns[number];
	int selects = server->way->flags & IOSQE_BUFFER_SELECT;

	submit_transfer(server, number, RECEIVE, server->way->receive, selects ? NULL : conn->in + conn->got,
			selects ? PROVIDED : ROOM - conn->got);
}

static void submit_send(struct server *server, int number)
{
	struct conn *conn = &server->conns[number];

	submit_transfer(server, number, SEND, server->way->send, conn->out + conn->sent, conn->left);
}

static size_t body_length(const char *head)
{
	return strtoul(strstr(head, "content-length: ") + strlen("content-length: "), NULL, 10);
}

static void fill_text(char *out, size_t length)
{
	char item[16];

	for (size_t at = 0; at < length; at += 8) {
		snprintf(item, sizeof(item), "%07u,", (unsigned)(at / 8) % 10000000);
		memcpy(out + at, item, length - at < 8 ? length - at : 8);
	}
}

/* A whole request is answered; the path says how long the answer's body is to be. */
static void answer(struct server *server, int number)
{
	struct conn *conn = &server->conns[number];
	char *end = memmem(conn->in, conn->got, "\r\n\r\n", 4), path[64];
	size_t up, down, head;

	if (end == NULL || conn->got < (size_t)(end + 4 - conn->in) + (up = body_length(conn->in))) {
		submit_receive(server, number);
		return;
	}
	need(sscanf(conn->in, "POST %63s ", path) == 1 && sscanf(path, "/%*[^/]/%*d/%*d/%zu", &down) == 1, "request");
	head = sprintf(conn->out, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %zu\r\n\r\n", down);
	fill_text(conn->out + head, down);
	printf("{\"served\":\"%s\",\"by\":\"%s\",\"up\":%zu,\"down\":%zu}\n", path, server->way->name, up, down);
	conn->got = conn->sent = 0;
	conn->left = head + down;
	submit_send(server, number);
}

static void accepted(struct server *server, int fd)
{
	int number = server->open++;
	struct io_uring_files_update update = { .offset = number, .fds = (unsigned long)&fd };

	need(fd >= 0, "accept");
	server->conns[number].fd = fd;
	if (server->way->flags & IOSQE_FIXED_FILE)
		need(syscall(SYS_io_uring_register, server->ring.fd, IORING_REGISTER_FILES_UPDATE, &update, 1) == 1, "files");
	if (server->open < CONNECTIONS)
		submit_accept(server);
	submit_receive(server, number);
}

static void register_all(struct server *server)
{
	struct iovec buffers[2 * CONNECTIONS];
	int none[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS; i++) {
		struct conn *conn = &server->conns[i];

		conn->in = aligned_alloc(4096, 2 * ROOM);
		conn->out = conn->in + ROOM;
		conn->provided = malloc(PROVIDED);
		buffers[i] = (struct iovec){ conn->in, 2 * ROOM };
		none[i] = -1;
		if (server->way->flags & IOSQE_BUFFER_SELECT)
			provide(server, i);
	}
	if (server->way->flags & IOSQE_FIXED_FILE)
		need(!syscall(SYS_io_uring_register, server->ring.fd, IORING_REGISTER_FILES, none, CONNECTIONS), "files");
	if (server->way->receive == IORING_OP_READ_FIXED)
		need(!syscall(SYS_io_uring_register, server->ring.fd, IORING_REGISTER_BUFFERS, buffers, CONNECTIONS), "buffers");
}

static void received(struct server *server, int number, const struct io_uring_cqe *done)
{
	struct conn *conn = &server->conns[number];

	if (done->flags & IORING_CQE_F_BUFFER) {
		int buffer = done->flags >> IORING_CQE_BUFFER_SHIFT;

		memcpy(conn->in + conn->got, server->conns[buffer].provided, done->res);
		provide(server, buffer);
	}
	conn->got += done->res;
	server->received += done->res;
	answer(server, number);
}

static void sent(struct server *server, int number, int bytes)
{
	struct conn *conn = &server->conns[number];

	conn->sent += bytes;
	conn->left -= bytes;
	server->sent += bytes;
	if (conn->left > 0)
		submit_send(server, number);
	else
		submit_receive(server, number);
}

/* false: the connection is over. */
static int completed(struct server *server, const struct io_uring_cqe *done)
{
	int number = done->user_data >> 8, job = done->user_data & 0xff;

	if (done->flags & IORING_CQE_F_NOTIF)
		return 1;
	if (job == ACCEPT)
		accepted(server, done->res);
	else if (job == PROVIDE)
		need(done->res >= 0, "provide buffers");
	else if (job == RECEIVE && done->res == 0)
		return 0;
	else if (done->res < 0)
		errx(1, "%s: %s", server->way->name, strerror(-done->res));
	else if (job == RECEIVE)
		received(server, number, done);
	else
		sent(server, number, done->res);
	return 1;
}

static void serve(const struct way *way, int listener)
{
	struct server server = { .way = way, .listener = listener };
	int left = CONNECTIONS;

	prctl(PR_SET_NAME, way->name);
	need(ring_open(&server.ring, way), "ring");
	register_all(&server);
	submit_accept(&server);
	while (left > 0)
		left -= !completed(&server, ring_wait(&server.ring));
	printf("{\"by\":\"%s\",\"received\":%lu,\"sent\":%lu}\n", way->name, server.received, server.sent);
	exit(0);
}

/* Client */

static void exchange(int fd, const char *way, int conn, int number)
{
	static char data[2 * ROOM];
	size_t up = number * 9000 + conn + 1, down = 30000 - number * 9000 + conn, got = 0, length;
	int head = sprintf(data, "POST /%s/%d/%d/%zu HTTP/1.1\r\nhost: x\r\ncontent-length: %zu\r\n\r\n", way, conn, number, down, up);
	char *end = NULL;

	fill_text(data + head, up);
	for (size_t at = 0; at < head + up; at += length) {
		length = write(fd, data + at, head + up - at);
		need((ssize_t)length > 0, "write");
	}
	do {
		ssize_t n = read(fd, data + got, sizeof(data) - got);

		need(n > 0, "read");
		got += n;
		end = end ? end : memmem(data, got, "\r\n\r\n", 4);
	} while (end == NULL || got < end + 4 - data + down);
}

static void ask(const struct sockaddr_in *at, const char *way)
{
	int fds[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		need(!connect(fds[i], (const struct sockaddr *)at, sizeof(*at)), "connect");
	}
	for (int n = 0; n < EXCHANGES; n++)
		for (int i = 0; i < CONNECTIONS; i++)
			exchange(fds[i], way, i, n);
	for (int i = 0; i < CONNECTIONS; i++)
		close(fds[i]);
}

/* Whether the kernel has what the way needs. */
static int is_possible(const struct way *way)
{
	struct ring ring;
	struct io_uring_probe *probe = calloc(1, sizeof(*probe) + 256 * sizeof(struct io_uring_probe_op));
	int fine = ring_open(&ring, way);

	need(!syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PROBE, probe, 256), "probe");
	fine = fine && way->receive <= probe->last_op && way->send <= probe->last_op;
	close(ring.fd);
	free(probe);
	return fine;
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
		struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int listener = socket(AF_INET, SOCK_STREAM, 0), status;
		pid_t server;

		if (!is_possible(&WAYS[i]))
			continue;
		need(!bind(listener, (struct sockaddr *)&at, sizeof(at)) && !listen(listener, 8), "listen");
		need(!getsockname(listener, (struct sockaddr *)&at, &(socklen_t){ sizeof(at) }), "getsockname");
		server = fork();
		if (server == 0)
			serve(&WAYS[i], listener);
		close(listener);
		ask(&at, WAYS[i].name);
		need(waitpid(server, &status, 0) == server && status == 0, WAYS[i].name);
	}
	return 0;
}
