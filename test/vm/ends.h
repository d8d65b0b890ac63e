// SPDX-License-Identifier: Apache-2.0
// Two sockets for datagrams, connected to each other or not.
#ifndef STIRLING_VM_ENDS_H
#define STIRLING_VM_ENDS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "calls.h"

#define NAME_ROOM 64

struct ends {
	int client, server;
	char client_name[NAME_ROOM], server_name[NAME_ROOM]; /* ports; of unix sockets what they are bound to */
	struct sockaddr_storage address; /* of the server, as the client says it */
	socklen_t size;
	int connected;
	const char *family;
};

/* On loopback, bound to a port. */
static int bound(int v6, struct sockaddr_storage *at, socklen_t *size)
{
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);

	memset(at, 0, sizeof(*at));
	if (v6)
		*(struct sockaddr_in6 *)at = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	else
		*(struct sockaddr_in *)at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	*size = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	need(fd >= 0 && !bind(fd, (struct sockaddr *)at, *size), "bind");
	need(!getsockname(fd, (struct sockaddr *)at, size), "getsockname");
	return fd;
}

/* In both kinds of address the port is at the same place. */
static unsigned port_of(const struct sockaddr_storage *at)
{
	return ntohs(((const struct sockaddr_in *)at)->sin_port);
}

/* ::ffff:a.b.c.d */
static void map_address(struct sockaddr_storage *at, socklen_t *size)
{
	struct sockaddr_in four = *(struct sockaddr_in *)at;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = four.sin_port };

	six.sin6_addr.s6_addr[10] = six.sin6_addr.s6_addr[11] = 0xff;
	memcpy(six.sin6_addr.s6_addr + 12, &four.sin_addr, 4);
	*(struct sockaddr_in6 *)at = six;
	*size = sizeof(six);
}

/* `mapped`: a client that speaks IPv4 on a socket of IPv6. */
static struct ends new_inet_ends(const char *family, int connected)
{
	struct ends ends = { .family = family, .connected = connected };
	struct sockaddr_storage own;
	socklen_t size;
	int v6 = !strcmp(family, "inet6"), mapped = !strcmp(family, "mapped");

	ends.server = bound(v6, &ends.address, &ends.size);
	ends.client = bound(v6, &own, &size);
	if (mapped) {
		close(ends.client);
		ends.client = socket(AF_INET6, SOCK_DGRAM, 0);
		map_address(&own, &size);
		need(!bind(ends.client, (struct sockaddr *)&own, size), "bind");
	}
	sprintf(ends.client_name, "%u", port_of(&own));
	sprintf(ends.server_name, "%u", port_of(&ends.address));
	if (mapped)
		map_address(&ends.address, &ends.size);
	if (!connected)
		return ends;
	need(!connect(ends.client, (struct sockaddr *)&ends.address, ends.size), "connect");
	if (mapped)
		*(struct sockaddr_in *)&own = (struct sockaddr_in){ .sin_family = AF_INET,
								    .sin_port = htons(port_of(&own)),
								    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	need(!connect(ends.server, (struct sockaddr *)&own, mapped ? sizeof(struct sockaddr_in) : size), "connect");
	return ends;
}

static int is_unix(const char *family)
{
	return !strcmp(family, "dgram") || !strcmp(family, "seqpacket");
}

/* Bound to a path, or to an abstract name, and in `name` as tools show that. */
static int bound_unix(int type, int abstract, char *name, struct sockaddr_un *at, socklen_t *size)
{
	static int serial;
	int fd = socket(AF_UNIX, type, 0), length;

	memset(at, 0, sizeof(*at));
	at->sun_family = AF_UNIX;
	length = sprintf(at->sun_path + abstract, "%sdatagrams-%d-%d", abstract ? "" : "/tmp/", getpid(), serial++);
	sprintf(name, "%s%s", abstract ? "@" : "", at->sun_path + abstract);
	*size = offsetof(struct sockaddr_un, sun_path) + 1 + length;
	need(fd >= 0 && !bind(fd, (struct sockaddr *)at, *size), "bind");
	return fd;
}

static struct ends new_unix_ends(const char *family, int connected)
{
	struct ends ends = { .family = family, .connected = connected };
	int type = strcmp(family, "dgram") ? SOCK_SEQPACKET : SOCK_DGRAM, listener;
	struct sockaddr_un own, *address = (struct sockaddr_un *)&ends.address;
	socklen_t size;

	ends.server = bound_unix(type, 0, ends.server_name, address, &ends.size);
	ends.client = bound_unix(type, 1, ends.client_name, &own, &size);
	if (type == SOCK_SEQPACKET)
		need(!listen(ends.server, 1), "listen");
	if (connected)
		need(!connect(ends.client, (struct sockaddr *)address, ends.size), "connect");
	if (connected && type == SOCK_DGRAM)
		need(!connect(ends.server, (struct sockaddr *)&own, size), "connect");
	if (type == SOCK_SEQPACKET) {
		listener = ends.server;
		ends.server = accept(listener, NULL, NULL);
		need(ends.server >= 0, "accept");
		close(listener);
	}
	return ends;
}

static struct ends new_ends(const char *family, int connected)
{
	return is_unix(family) ? new_unix_ends(family, connected) : new_inet_ends(family, connected);
}

static void close_ends(const struct ends *ends)
{
	close(ends->client);
	close(ends->server);
	if (is_unix(ends->family))
		unlink(ends->server_name);
}

#endif
