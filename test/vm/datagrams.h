// SPDX-License-Identifier: Apache-2.0
// Both ends of DNS exchanges, every exchange with other calls that move datagrams, between sockets that are connected to each
// other and between those that are not. Prints a JSON line an exchange: {"query", "client", "server": the ports, or
// what unix sockets are called, "hidden":
// which end uses io_uring, "lost": what the client does not get: all of the response, or its end}.
#ifndef STIRLING_VM_DATAGRAMS_H
#define STIRLING_VM_DATAGRAMS_H

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "ends.h"

#define ROOM 512
#define DATAGRAM_CROWD 24

/* Of sockets that are not connected: whom the next datagram goes to, whom the last one came from. */
static __thread struct sockaddr_storage peer;
static __thread socklen_t peer_size;

static struct msghdr to_peer(struct iovec *parts, int count)
{
	return (struct msghdr){ .msg_name = peer_size ? &peer : NULL, .msg_namelen = peer_size, .msg_iov = parts, .msg_iovlen = count };
}

static ssize_t datagram_sendto(int fd, char *data, size_t length)
{
	return sendto(fd, data, length, 0, peer_size ? (struct sockaddr *)&peer : NULL, peer_size);
}

static ssize_t datagram_sendmsg(int fd, char *data, size_t length)
{
	struct iovec parts[3];
	struct msghdr message = to_peer(parts, split(parts, data, length, 3));

	return sendmsg(fd, &message, 0);
}

static ssize_t datagram_sendmmsg(int fd, char *data, size_t length)
{
	struct iovec parts[2];
	struct mmsghdr message = { .msg_hdr = to_peer(parts, split(parts, data, length, 2)) };

	return sendmmsg(fd, &message, 1, 0) == 1 ? (ssize_t)message.msg_len : -1;
}

/* One datagram of three calls. */
static ssize_t datagram_more(int fd, char *data, size_t length)
{
	const struct sockaddr *to = peer_size ? (struct sockaddr *)&peer : NULL;

	need(sendto(fd, data, 7, MSG_MORE, to, peer_size) == 7, "more");
	need(sendto(fd, data + 7, 9, MSG_MORE, to, peer_size) == 9, "more");
	return sendto(fd, data + 16, length - 16, 0, to, peer_size) < 0 ? -1 : (ssize_t)length;
}

static ssize_t datagram_ring_sendmsg(int fd, char *data, size_t length)
{
	struct iovec parts[3];
	struct msghdr message = to_peer(parts, split(parts, data, length, 3));

	return by_ring(IORING_OP_SENDMSG, fd, (char *)&message, 1);
}

static ssize_t receive_from(int fd, char *data, size_t length, int flags)
{
	if (!peer_size)
		return recvfrom(fd, data, length, flags, NULL, NULL);
	peer_size = sizeof(peer);
	return recvfrom(fd, data, length, flags, (struct sockaddr *)&peer, &peer_size);
}

static ssize_t datagram_recvfrom(int fd, char *data, size_t length)
{
	return receive_from(fd, data, length, 0);
}

static ssize_t datagram_peek(int fd, char *data, size_t length)
{
	need(receive_from(fd, data, length, MSG_PEEK) > 0, "peek");
	return receive_from(fd, data, length, 0);
}

static ssize_t datagram_trunc(int fd, char *data, size_t length)
{
	return receive_from(fd, data, length, MSG_TRUNC);
}

static struct msghdr from_peer(struct iovec *parts, char *data, size_t length)
{
	struct msghdr message = to_peer(parts, scatter(parts, data, length));

	message.msg_namelen = peer_size ? sizeof(peer) : 0;
	return message;
}

static ssize_t datagram_recvmsg(int fd, char *data, size_t length)
{
	struct iovec parts[3];
	struct msghdr message = from_peer(parts, data, length);
	ssize_t got = recvmsg(fd, &message, 0);

	peer_size = message.msg_namelen;
	return got;
}

/* A buffer that is too small. */
static ssize_t datagram_short(int fd, char *data, size_t length)
{
	return datagram_recvmsg(fd, data, length < 40 ? length : 40);
}

static ssize_t datagram_recvmmsg(int fd, char *data, size_t length)
{
	struct iovec parts[3];
	struct mmsghdr message = { .msg_hdr = from_peer(parts, data, length) };

	need(recvmmsg(fd, &message, 1, 0, NULL) == 1, "recvmmsg");
	peer_size = message.msg_hdr.msg_namelen;
	return message.msg_len;
}

static ssize_t datagram_ring_recvmsg(int fd, char *data, size_t length)
{
	struct iovec parts[3];
	struct msghdr message = from_peer(parts, data, length);
	ssize_t got = by_ring(IORING_OP_RECVMSG, fd, (char *)&message, 1);

	peer_size = message.msg_namelen;
	return got;
}

/* Where nobody is connected only those that name the peer will do; unix sockets have no MSG_MORE, UDP has. */
static const struct way DATAGRAM_SENDS[] = {
	{ "write", by_write },	       { "send", by_send },		{ "writev", by_writev },
	{ "pwritev2", by_pwritev2 },   { "dup", by_dup },		{ "sendto", datagram_sendto },
	{ "sendmsg", datagram_sendmsg }, { "sendmmsg", datagram_sendmmsg }, { "more", datagram_more },
	{ "zerocopy", by_zerocopy },
};
#define WRITE (&DATAGRAM_SENDS[0])
#define NAMING 5
#define SENDTO (&DATAGRAM_SENDS[NAMING])
static const struct way DATAGRAM_RECEIVES[] = {
	{ "recvfrom", datagram_recvfrom }, { "recvmsg", datagram_recvmsg }, { "recvmmsg", datagram_recvmmsg },
	{ "peek", datagram_peek },	   { "trunc", datagram_trunc },	    { "read", by_read },
	{ "recv", by_recv },		   { "readv", by_readv },	    { "preadv2", by_preadv2 },
};
#define ANYWHERE_RECEIVES 5
static const struct way RING_SENDS[] = { { "ringsendmsg", datagram_ring_sendmsg }, { "ringsend", by_ring_send } };
static const struct way RING_RECEIVES[] = { { "ringrecvmsg", datagram_ring_recvmsg }, { "ringrecv", by_ring_recv } };

/* RFC 1035 §4.1: → length. */
static size_t dns_query(char *out, const char *name, unsigned id)
{
	const char header[12] = { id >> 8, id, 1, 0, 0, 1 };
	size_t at = sizeof(header);

	memcpy(out, header, sizeof(header));
	while (*name) {
		size_t label = strcspn(name, ".");

		out[at++] = label;
		memcpy(out + at, name, label);
		at += label;
		name += label + (name[label] == '.');
	}
	memcpy(out + at, "\0\0\1\0\1", 5);
	return at + 5;
}

static size_t dns_response(char *out, const char *query, size_t length)
{
	const char answer[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";

	memcpy(out, query, length);
	out[2] = 0x81;
	out[3] = 0x80;
	out[7] = 1;
	memcpy(out + length, answer, sizeof(answer) - 1);
	return length + sizeof(answer) - 1;
}

struct question {
	const struct way *send, *receive, *answer, *answered;
	const char *hidden, *lost;
};

static void say_question(const struct ends *ends, const char *name, const struct question *q)
{
	printf("{\"query\":\"%s\",\"client\":\"%s\",\"server\":\"%s\",\"hidden\":\"%s\",\"lost\":\"%s\"}\n", name, ends->client_name,
	       ends->server_name, q->hidden, q->lost);
}

static unsigned question_name(char *name, const struct ends *ends, const struct question *q)
{
	static unsigned serial;

	sprintf(name, "%s.%s.%s.%s.%s.%s.q%u.test", q->send->name, q->receive->name, q->answer->name, q->answered->name,
		ends->connected ? "connected" : "any", ends->family, ++serial);
	return serial;
}

/* Whom to send to; a size of 0: whom the socket is connected to. */
static void face_server(const struct ends *ends)
{
	peer = ends->address;
	peer_size = ends->connected ? 0 : ends->size;
}

static void answer(const struct ends *ends, const struct question *q, size_t length)
{
	char query[ROOM], response[2 * ROOM];

	need(q->receive->move(ends->server, query, sizeof(query)) == (ssize_t)length, "query");
	length = dns_response(response, query, length);
	need(q->answer->move(ends->server, response, length) == (ssize_t)length, "response");
}

static void ask(const struct ends *ends, const struct question *q)
{
	char name[256], query[ROOM], response[ROOM];
	size_t length = dns_query(query, name, question_name(name, ends, q));

	face_server(ends);
	need(q->send->move(ends->client, query, length) == (ssize_t)length, "send");
	answer(ends, q, length);
	need(q->answered->move(ends->client, response, sizeof(response)) > 0, "answered");
	say_question(ends, name, q);
}

static void plain_questions(const char *family, int connected)
{
	const struct way *ways = connected ? WRITE : SENDTO;
	size_t sends = COUNT(DATAGRAM_SENDS) - (connected ? 0 : NAMING) - (is_unix(family) ? 2 : connected ? 0 : 1);
	size_t receives = connected ? COUNT(DATAGRAM_RECEIVES) : ANYWHERE_RECEIVES;
	struct ends ends = new_ends(family, connected);

	for (size_t i = 0; i < 2 * receives; i++)
		ask(&ends, &(struct question){ &ways[i % sends], &DATAGRAM_RECEIVES[i % receives], &ways[(i + 2) % sends],
					       &DATAGRAM_RECEIVES[(i + 3) % receives], "", "" });
	ask(&ends, &(struct question){ SENDTO, &DATAGRAM_RECEIVES[0], SENDTO, &(struct way){ "short", datagram_short }, "", "end" });
	close_ends(&ends);
}

static void ring_questions(const char *family, int connected)
{
	const struct way *send = SENDTO, *receive = &DATAGRAM_RECEIVES[0];
	struct ends ends;

	for (int i = 0; i <= connected; i++) {
		ends = new_ends(family, connected);
		ask(&ends, &(struct question){ &RING_SENDS[i], receive, send, &RING_RECEIVES[i], "client", "" });
		close_ends(&ends);
		ends = new_ends(family, connected);
		ask(&ends, &(struct question){ send, &RING_RECEIVES[i], &RING_SENDS[i], receive, "server", "" });
		close_ends(&ends);
	}
}

/* Nobody is there: the query comes back on the error queue, and is no data. */
static void refused_question(const char *family)
{
	const struct way none = { "none", NULL };
	struct question q = { WRITE, &none, &none, &none, "", "all" };
	struct ends ends = new_ends(family, 1);
	char name[256], query[ROOM], control[ROOM];
	struct iovec part = { query, sizeof(query) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct pollfd ready = { .fd = ends.client };
	int one = 1, v6 = !strcmp(family, "inet6");
	size_t length = dns_query(query, name, question_name(name, &ends, &q));

	close(ends.server);
	need(!setsockopt(ends.client, v6 ? SOL_IPV6 : SOL_IP, v6 ? IPV6_RECVERR : IP_RECVERR, &one, sizeof(one)), "RECVERR");
	need(write(ends.client, query, length) == (ssize_t)length, "write");
	need(poll(&ready, 1, 10000) == 1, "poll");
	need(recvmsg(ends.client, &message, MSG_ERRQUEUE) == (ssize_t)length, "error queue");
	say_question(&ends, name, &q);
	close(ends.client);
}

/* Many threads that wait in a call at once. */
struct waiter {
	struct ends ends;
	struct question q;
	char name[256], query[ROOM];
	size_t length;
	pthread_t thread;
};

static void *wait_for_query(void *arg)
{
	struct waiter *waiter = arg;

	face_server(&waiter->ends);
	answer(&waiter->ends, &waiter->q, waiter->length);
	return NULL;
}

static void datagram_crowd(const char *family)
{
	struct waiter *all = calloc(DATAGRAM_CROWD, sizeof(*all));
	char response[ROOM];

	for (int i = 0; i < DATAGRAM_CROWD; i++) {
		const struct way *receive = &DATAGRAM_RECEIVES[i % 2];

		all[i].ends = new_ends(family, i % 3 == 0 || !strcmp(family, "seqpacket"));
		all[i].q = (struct question){ SENDTO, receive, SENDTO, receive, "", "" };
		all[i].length = dns_query(all[i].query, all[i].name, question_name(all[i].name, &all[i].ends, &all[i].q));
		need(!pthread_create(&all[i].thread, NULL, wait_for_query, &all[i]), "thread");
	}
	usleep(300000);
	for (int i = 0; i < DATAGRAM_CROWD; i++) {
		face_server(&all[i].ends);
		datagram_sendto(all[i].ends.client, all[i].query, all[i].length);
	}
	for (int i = 0; i < DATAGRAM_CROWD; i++) {
		pthread_join(all[i].thread, NULL);
		face_server(&all[i].ends);
		need(all[i].q.answered->move(all[i].ends.client, response, sizeof(response)) > 0, "answered");
		close_ends(&all[i].ends);
		say_question(&all[i].ends, all[i].name, &all[i].q);
	}
	free(all);
}

static void datagrams(void)
{
	const char *families[] = { "inet", "inet6", "mapped", "dgram", "seqpacket" };

	for (size_t i = 0; i < COUNT(families); i++) {
		for (int connected = !strcmp(families[i], "seqpacket"); connected < 2; connected++) {
			plain_questions(families[i], connected);
			ring_questions(families[i], connected);
		}
		datagram_crowd(families[i]);
	}
	refused_question("inet");
	refused_question("inet6");
}

#endif
