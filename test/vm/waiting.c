// SPDX-License-Identifier: Apache-2.0
// A call that is under way when a trace begins, on one connection of TCP over the loopback, both ends in this process. Says
// "waiting" once a thread waits for the first CALL bytes, and goes on with a line on stdin: 50 bytes back, that the connection
// is known, the CALL bytes, and 200 more in a call of their own.
// usage: waiting PORT
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CALL 100

static void check(int fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	exit(1);
}

static void pass(int from, int to, size_t bytes)
{
	char message[256] = {0};

	check(send(from, message, bytes, 0) == (ssize_t)bytes, "send");
	check(recv(to, message, bytes, MSG_WAITALL) == (ssize_t)bytes, "recv");
}

static void *wait_for_call(void *server)
{
	char message[CALL];

	check(recv(*(int *)server, message, CALL, MSG_WAITALL) == CALL, "recv");
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
	int client = socket(AF_INET, SOCK_STREAM, 0), listener = socket(AF_INET, SOCK_STREAM, 0), server, one = 1;
	char message[CALL] = {0};
	pthread_t thread;

	(void)argc;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	check(!bind(listener, (struct sockaddr *)&address, sizeof(address)) && !listen(listener, 1), "listen");
	check(!connect(client, (struct sockaddr *)&address, sizeof(address)), "connect");
	server = accept(listener, NULL, NULL);
	check(!pthread_create(&thread, NULL, wait_for_call, &server), "thread");
	usleep(500000);
	puts("waiting");
	fflush(stdout);
	getchar();
	pass(server, client, 50);
	check(send(client, message, CALL, 0) == CALL, "send");
	pthread_join(thread, NULL);
	pass(client, server, 200);
	return 0;
}
