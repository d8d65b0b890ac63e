// SPDX-License-Identifier: Apache-2.0
// System calls by the clock. Reads lines on stdin, answers each with a line of JSON:
//   getppid N           N calls                                            → {"ns": of a call}
//   ping BYTES N        N turns of BYTES there and back on a TCP connection → {"ns": of a turn}
//   http RATE MS        exchanges of 256 bytes each way, RATE a second (0: as fast as can be), for MS → {"exchanges": N}
//   set PORT RATE MS    SETs of 64 bytes to a Redis, one after the other, RATE a second, for MS → {"exchanges": N}
// Both ends of `ping` are threads of this process that share a processor: to be woken on an idle one costs more than all else.
// Those of `http` are one thread's, on a pair of unix sockets: nothing makes more events out of one processor.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX 65536
#define EXCHANGE 256

struct end {
	int fd;
	int bytes;
};

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static int receive(int fd, char *buf, int bytes)
{
	int got = 0, n;

	while (got < bytes && (n = recv(fd, buf + got, bytes - got, 0)) > 0)
		got += n;
	return got;
}

static void *echo(void *arg)
{
	struct end *end = arg;
	char buf[BYTES_MAX];

	while (receive(end->fd, buf, end->bytes) == end->bytes)
		send(end->fd, buf, end->bytes, MSG_NOSIGNAL);
	close(end->fd);
	return NULL;
}

static int connect_to(const struct sockaddr_in *address)
{
	int client = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (connect(client, (const struct sockaddr *)address, sizeof(*address)))
		fail("connect");
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return client;
}

static void connect_both(int *client, int *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &length))
		fail("listen");
	*client = connect_to(&address);
	*server = accept(listener, NULL, NULL);
	close(listener);
	setsockopt(*server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void turn(int from, int to, const char *message, int bytes)
{
	char buf[BYTES_MAX];

	send(from, message, bytes, MSG_NOSIGNAL);
	if (receive(to, buf, bytes) != bytes)
		fail("receive");
}

static void ping(int bytes, long count)
{
	static char message[BYTES_MAX];
	struct end end = { .bytes = bytes };
	cpu_set_t all, one;
	pthread_t thread;
	long since;
	int client;

	memset(message, 'x', sizeof(message));
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_getaffinity(0, sizeof(all), &all);
	sched_setaffinity(0, sizeof(one), &one);
	connect_both(&client, &end.fd);
	pthread_create(&thread, NULL, echo, &end);
	since = now();
	for (long i = 0; i < count; i++)
		turn(client, client, message, bytes);
	printf("{\"ns\":%.1f}\n", (double)(now() - since) / count);
	close(client);
	pthread_join(thread, NULL);
	sched_setaffinity(0, sizeof(all), &all);
}

static void http(long rate, long ms)
{
	char request[EXCHANGE + 1], answer[EXCHANGE + 1];
	long done = 0, begun = now();
	int n, pair[2];

	n = snprintf(request, sizeof(request), "GET /bench HTTP/1.1\r\nhost: x\r\nx-fill: ");
	memset(request + n, 'r', EXCHANGE - n);
	memcpy(request + EXCHANGE - 4, "\r\n\r\n", 4);
	n = snprintf(answer, sizeof(answer), "HTTP/1.1 204 No Content\r\nx-fill: ");
	memset(answer + n, 'a', EXCHANGE - n);
	memcpy(answer + EXCHANGE - 4, "\r\n\r\n", 4);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		fail("socketpair");
	for (; now() < begun + ms * 1000000L; done++) {
		while (rate && now() < begun + done * 1000000000L / rate)
			;
		turn(pair[0], pair[1], request, EXCHANGE);
		turn(pair[1], pair[0], answer, EXCHANGE);
	}
	close(pair[0]);
	close(pair[1]);
	printf("{\"exchanges\":%ld}\n", done);
}

/* Waits for the beginning of the next exchange by sleeping: the server is to have the processor. */
static void set(int port, long rate, long ms)
{
	static const char request[] = "*3\r\n$3\r\nSET\r\n$5\r\nbench\r\n$64\r\n"
				      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n";
	static const char answer[] = "+OK\r\n";
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)
	};
	int client = connect_to(&address);
	long done = 0, begun = now();
	char buf[16];

	for (; now() < begun + ms * 1000000L; done++) {
		long at = begun + done * 1000000000L / rate;
		struct timespec time = { .tv_sec = at / 1000000000L, .tv_nsec = at % 1000000000L };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
		send(client, request, sizeof(request) - 1, MSG_NOSIGNAL);
		if (receive(client, buf, sizeof(answer) - 1) != sizeof(answer) - 1)
			fail("receive");
	}
	close(client);
	printf("{\"exchanges\":%ld}\n", done);
}

static void getppids(long count)
{
	long since = now();

	for (long i = 0; i < count; i++)
		syscall(SYS_getppid);
	printf("{\"ns\":%.2f}\n", (double)(now() - since) / count);
}

int main(void)
{
	char line[128];
	long a, b, c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "getppid %ld", &a) == 1)
			getppids(a);
		else if (sscanf(line, "ping %ld %ld", &a, &b) == 2 && a > 0 && a <= BYTES_MAX)
			ping(a, b);
		else if (sscanf(line, "http %ld %ld", &a, &b) == 2)
			http(a, b);
		else if (sscanf(line, "set %ld %ld %ld", &a, &b, &c) == 3 && b > 0)
			set(a, b, c);
		else
			return 2;
	}
	return 0;
}
