// SPDX-License-Identifier: Apache-2.0
// A known number of calls: pairs of threads that send each other messages over TCP, all at once. A call moves a message.
// usage: threads PORT PAIRS ROUNDS
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE 100

static int rounds;
static pthread_barrier_t all;

static void check(int fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	exit(1);
}

static void move(int fd, int sends)
{
	char message[MESSAGE] = {0};
	ssize_t moved = sends ? send(fd, message, MESSAGE, 0) : recv(fd, message, MESSAGE, MSG_WAITALL);

	check(moved == MESSAGE, sends ? "send" : "recv");
}

struct end {
	pthread_t thread;
	int fd;
	int begins;
};

static void *talk(void *of)
{
	struct end *end = of;

	pthread_barrier_wait(&all);
	for (int i = 0; i < rounds; i++) {
		move(end->fd, end->begins);
		move(end->fd, !end->begins);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int port = atoi(argv[1]), pairs = atoi(argv[2]), one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct end *ends = calloc(2 * pairs, sizeof(*ends));

	(void)argc;
	rounds = atoi(argv[3]);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	check(!bind(listener, (struct sockaddr *)&address, sizeof(address)) && !listen(listener, pairs), "listen");
	pthread_barrier_init(&all, NULL, 2 * pairs);
	for (int i = 0; i < 2 * pairs; i += 2) {
		ends[i].begins = 1;
		ends[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		check(!connect(ends[i].fd, (struct sockaddr *)&address, sizeof(address)), "connect");
		ends[i + 1].fd = accept(listener, NULL, NULL);
	}
	for (int i = 0; i < 2 * pairs; i++)
		check(!pthread_create(&ends[i].thread, NULL, talk, &ends[i]), "thread");
	for (int i = 0; i < 2 * pairs; i++)
		pthread_join(ends[i].thread, NULL);
	printf("{\"calls\":%d,\"bytes\":%d}\n", 4 * pairs * rounds, 4 * pairs * rounds * MESSAGE);
	return 0;
}
