// SPDX-License-Identifier: Apache-2.0
// Both ends of HTTP exchanges, every exchange with other calls that move bytes: over TCP on IPv4 and IPv6, unix, MPTCP, kTLS
// and TCP in a sockmap (streams.h); and of DNS exchanges over UDP (datagrams.h). Then it becomes the program whose path it was
// given.
// Prints a JSON line an exchange: {"name", "up", "down", "hiddenUp": how the server took the request's body,
// "hiddenDown": how it sent the response's}. Those two are "" or one of file, out, ring, trunc, deep: for what is not in the
// memory of a system call's buffer, or in more pieces than an old kernel's programs can follow.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "calls.h"
#include "datagrams.h"
#include "streams.h"

#define BIG 65536
#define CROWD 24
#define CROWDED 3 /* families: inet, inet6, unix */

/* An exchange: the heads by plain calls where a body is moved in a way of its own. */
struct exchange {
	const char *name;
	mover send, receive, answer, answered; /* of the request, of the response */
	mover body_receive, body_answer;       /* 0 = as the head */
	size_t up, down;
	const char *hidden_up, *hidden_down;
};

static void fill_text(char *out, size_t length)
{
	char item[16];

	for (size_t at = 0; at < length; at += 8) {
		snprintf(item, sizeof(item), "%07u,", (unsigned)(at / 8) % 10000000);
		memcpy(out + at, item, length - at < 8 ? length - at : 8);
	}
}

static void send_whole(int fd, mover move, char *data, size_t length)
{
	while (length > 0) {
		ssize_t sent = move(fd, data, length);

		need(sent > 0, "send");
		data += sent;
		length -= sent;
	}
}

static void receive_whole(int fd, mover move, size_t length)
{
	static __thread char data[BIG];

	while (length > 0) {
		ssize_t got = move(fd, data, length < BIG ? length : BIG);

		/* In a sockmap, a call that was woken for nothing. */
		if (got < 0 && errno == EAGAIN)
			continue;
		need(got > 0, "receive");
		length -= got;
	}
}

struct message {
	char data[2 * BIG];
	size_t head, length;
};

static void request(struct message *m, const char *family, const struct exchange *x)
{
	m->head = sprintf(m->data, "POST /%s/%s HTTP/1.1\r\nhost: x\r\ncontent-length: %zu\r\n\r\n", family, x->name, x->up);
	m->length = m->head + x->up;
	fill_text(m->data + m->head, x->up);
}

static void response(struct message *m, const struct exchange *x)
{
	m->head = sprintf(m->data, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %zu\r\n\r\n", x->down);
	m->length = m->head + x->down;
	fill_text(m->data + m->head, x->down);
}

static void say(const char *family, const struct exchange *x)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	printf("{\"name\":\"%s/%s\",\"up\":%zu,\"down\":%zu,\"hiddenUp\":\"%s\",\"hiddenDown\":\"%s\"}\n", family, x->name, x->up,
	       x->down, x->hidden_up ? x->hidden_up : "", x->hidden_down ? x->hidden_down : "");
	pthread_mutex_unlock(&lock);
}

static void serve(int fd, const struct exchange *x, const struct message *in, struct message *out)
{
	receive_whole(fd, x->receive, x->body_receive ? in->head : in->length);
	if (x->body_receive)
		receive_whole(fd, x->body_receive, in->length - in->head);
	response(out, x);
	send_whole(fd, x->answer, out->data, x->body_answer ? out->head : out->length);
	if (x->body_answer)
		send_whole(fd, x->body_answer, out->data + out->head, out->length - out->head);
}

static void exchange(int client, int server, const char *family, const struct exchange *x)
{
	static struct message in, out;
	char byte;

	need(recv(server, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN, "nothing yet");
	request(&in, family, x);
	send_whole(client, x->send, in.data, in.length);
	serve(server, x, &in, &out);
	receive_whole(client, x->answered, out.length);
	say(family, x);
}

/* Connections */

static socklen_t address(const char *family, struct sockaddr_storage *at)
{
	static int serial;

	memset(at, 0, sizeof(*at));
	if (!strcmp(family, "unix")) {
		struct sockaddr_un *un = (struct sockaddr_un *)at;

		un->sun_family = AF_UNIX;
		return offsetof(struct sockaddr_un, sun_path) + 1 + sprintf(un->sun_path + 1, "load-%d-%d", getpid(), serial++);
	}
	if (!strcmp(family, "inet6") || !strcmp(family, "mptcp6")) {
		*(struct sockaddr_in6 *)at = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
		return sizeof(struct sockaddr_in6);
	}
	*(struct sockaddr_in *)at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return sizeof(struct sockaddr_in);
}

static void connect_ends(const char *family, int *client, int *server)
{
	struct sockaddr_storage at;
	socklen_t size = address(family, &at);
	int listener = socket(at.ss_family, SOCK_STREAM, protocol_of(family, 1));

	need(!bind(listener, (struct sockaddr *)&at, size) && !listen(listener, 1), "listen");
	need(!getsockname(listener, (struct sockaddr *)&at, &(socklen_t){ sizeof(at) }), "getsockname");
	*client = socket(at.ss_family, SOCK_STREAM, protocol_of(family, 0));
	need(!connect(*client, (struct sockaddr *)&at, size), "connect");
	*server = accept(listener, NULL, NULL);
	need(*server >= 0, "accept");
	close(listener);
	dress(family, *client, *server);
}

/* Every way at least once on both sides. */
static void plain_ways(const char *family)
{
	size_t sends = sends_of(family);
	int client, server;

	connect_ends(family, &client, &server);
	for (size_t i = 0; i < 20; i++) {
		const struct way *send = &SENDS[i % sends], *receive = &RECEIVES[i % COUNT(RECEIVES)];
		const struct way *answer = &SENDS[(i + 4) % sends], *answered = &RECEIVES[(i + 3) % COUNT(RECEIVES)];
		char name[128];

		sprintf(name, "%s-%s-%s-%s-%zu", send->name, receive->name, answer->name, answered->name, i);
		exchange(client, server, family,
			 &(struct exchange){ name, send->move, receive->move, answer->move, answered->move, .up = 100 + i,
					     .down = 700 + i });
	}
	exchange(client, server, family,
		 &(struct exchange){ "large", by_write, by_recvmsg, by_writev, by_read, .up = 40000, .down = 50000 });
	close(client);
	close(server);
}

/* Bodies that no buffer of a system call holds, and those in many pieces. */
static void hidden_ways(const char *family)
{
	const struct exchange all[] = {
		{ "sendfile", by_send, by_recv, by_send, by_recv, 0, by_sendfile, 10, 3000, 0, "file" },
		{ "splice", by_send, by_recv, by_send, by_recv, 0, by_splice, 10, 3000, 0, "file" },
		{ "ring-send", by_send, by_recv, by_send, by_recv, 0, by_ring_send, 10, 3000, 0, "ring" },
		{ "ring-recv", by_send, by_recv, by_send, by_recv, by_ring_recv, 0, 3000, 10, "ring", 0 },
		{ "splice-out", by_send, by_recv, by_send, by_recv, by_splice_out, 0, 3000, 10, "out", 0 },
		{ "trunc", by_send, by_recv, by_send, by_recv, by_trunc, 0, 3000, 10, "trunc", 0 },
		{ "writev200", by_send, by_recv, by_send, by_recv, 0, by_writev200, 10, 3000, 0, "deep" },
		{ "sendmsg64", by_send, by_recv, by_send, by_recv, 0, by_sendmsg64, 10, 3000, 0, "deep" },
		{ "sendmmsg12", by_send, by_recv, by_send, by_recv, 0, by_sendmmsg12, 10, 3000, 0, "deep" },
		{ "recvmmsg3", by_send, by_recv, by_send, by_recv, by_recvmmsg3, 0, 3000, 10, "deep", 0 },
	};
	int client, server, tcp = is_of(family, "inet");

	for (size_t i = 0; i < COUNT(all); i++) {
		/* Where there are no sequence numbers a gap has no size. MSG_TRUNC discards on TCP only. */
		if (!tcp && i < 6)
			continue;
		if (is_of(family, "ktls") && all[i].body_answer == by_sendmmsg12)
			continue;
		connect_ends(family, &client, &server);
		exchange(client, server, family, &all[i]);
		close(client);
		close(server);
	}
}

/* Many threads that wait in a call at once: for one of them all of the request, in two parts. */
struct guest {
	const char *family;
	int client, server, number;
	struct exchange x;
	struct message in, out;
	pthread_t thread;
};

static ssize_t by_waitall(int fd, char *data, size_t length)
{
	return recv(fd, data, length, MSG_WAITALL);
}

static void *wait_for_request(void *arg)
{
	struct guest *guest = arg;

	serve(guest->server, &guest->x, &guest->in, &guest->out);
	return NULL;
}

/* A thread that sleeps in its call. */
static void settle(void)
{
	usleep(300000);
}

static void crowd(const char *family)
{
	struct guest *all = calloc(CROWD, sizeof(*all));

	for (int i = 0; i < CROWD; i++) {
		all[i].x = (struct exchange){ i ? "crowd" : "waitall", by_send, i ? by_recv : by_waitall, by_write, by_read, .up = 500 + i, .down = 60 };
		request(&all[i].in, family, &all[i].x);
		connect_ends(family, &all[i].client, &all[i].server);
		need(!pthread_create(&all[i].thread, NULL, wait_for_request, &all[i]), "thread");
	}
	settle();
	for (int i = 0; i < CROWD; i++) {
		struct message *in = &all[i].in;
		size_t first = i ? in->length : 70;

		send_whole(all[i].client, by_send, in->data, first);
		if (first < in->length)
			settle();
		send_whole(all[i].client, by_send, in->data + first, in->length - first);
	}
	for (int i = 0; i < CROWD; i++) {
		pthread_join(all[i].thread, NULL);
		receive_whole(all[i].client, all[i].x.answered, all[i].out.length);
		close(all[i].client);
		close(all[i].server);
		say(family, &all[i].x);
	}
	free(all);
}

int main(int argc, char **argv)
{
	const char *families[] = { "inet", "inet6", "unix", "mptcp", "mptcp6", "mptcp-inet", "inet-mptcp", "ktls", "sockmap" };
	int client, server;

	for (size_t i = 0; i < COUNT(families); i++) {
		if (!is_there(families[i]))
			continue;
		plain_ways(families[i]);
		hidden_ways(families[i]);
		if (i < CROWDED)
			crowd(families[i]);
	}
	if (is_there("ktls")) {
		connect_ends("inet", &client, &server);
		half_encrypted(client, server);
	}
	datagrams();
	fflush(stdout);
	need(argc < 2 || execv(argv[1], argv + 1) == 0, "exec");
	return 0;
}
