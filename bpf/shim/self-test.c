// SPDX-License-Identifier: Apache-2.0
// One of each struct that the kernel and user space share, as this compiler lays them out.
#include <intf/socket_trace.h>

#include "internal.h"

/* The next known value; cut by the assignment to the width of the member. */
static uint64_t next(uint64_t *n)
{
	return ++*n * 0x0123456789abcd & ((1ull << 52) - 1);
}

#define FILL(member) ((member) = next(n))
#define FILL_ARRAY(member) \
	for (size_t i = 0; i < sizeof(member) / sizeof((member)[0]); i++) \
	FILL((member)[i])

static void fill_data(struct data_event *e, uint64_t *n)
{
	FILL(e->kind);
	FILL(e->direction);
	FILL(e->lane);
	FILL(e->flags);
	FILL(e->size);
	FILL(e->conn);
	FILL(e->time);
	FILL(e->position);
	FILL(e->length);
	FILL(e->captured);
	FILL(e->tgid);
	FILL(e->reason);
	FILL(e->peer_port);
	FILL_ARRAY(e->peer_addr);
}

static void fill_conn(struct conn_event *e, uint64_t *n)
{
	FILL(e->kind);
	FILL(e->family);
	FILL(e->type);
	FILL(e->role);
	FILL(e->size);
	FILL(e->conn);
	FILL(e->time);
	FILL(e->cgroup);
	FILL(e->start_boottime);
	FILL_ARRAY(e->position);
	FILL(e->tgid);
	FILL(e->netns);
	FILL(e->local_port);
	FILL(e->remote_port);
	FILL(e->protocol);
	FILL(e->mode);
	FILL_ARRAY(e->local_addr);
	FILL_ARRAY(e->remote_addr);
	FILL_ARRAY(e->comm);
	FILL_ARRAY(e->local_path);
	FILL_ARRAY(e->remote_path);
}

static void fill_close(struct close_event *e, uint64_t *n)
{
	FILL(e->kind);
	FILL_ARRAY(e->pad);
	FILL(e->size);
	FILL(e->conn);
	FILL(e->time);
	FILL_ARRAY(e->position);
}

static void fill_verdict(struct verdict *v, uint64_t *n)
{
	FILL(v->conn);
	FILL(v->mode);
	FILL(v->pad);
	FILL_ARRAY(v->until);
}

static void fill_counter(struct counter *c, uint64_t *n)
{
	FILL(c->events);
	FILL(c->bytes);
}

int st_self_test(uint8_t *buf, int cap)
{
	struct {
		struct data_event data;
		struct conn_event conn;
		struct close_event close;
		struct verdict verdict;
		struct counter counter;
	} all = { 0 };
	uint64_t n = 0;

	if (!buf || cap < (int)sizeof(all))
		return fail(-EINVAL, "self test: needs %zu bytes", sizeof(all));
	fill_data(&all.data, &n);
	fill_conn(&all.conn, &n);
	fill_close(&all.close, &n);
	fill_verdict(&all.verdict, &n);
	fill_counter(&all.counter, &n);
	memcpy(buf, &all, sizeof(all));
	return sizeof(all);
}
