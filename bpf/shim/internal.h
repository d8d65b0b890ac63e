/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the shim share. */
#ifndef STIRLING_SHIM_INTERNAL_H
#define STIRLING_SHIM_INTERNAL_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shim.h"

#define MAX_OBJECTS 8
#define MAX_LINKS 256
#define MAX_MAPPINGS 8

/* A BPF ring buffer in our memory. size 0 = the object has none of that name. */
struct ring {
	unsigned long *consumer;
	unsigned long *producer;
	uint8_t *data;
	size_t size;
};

/* An mmapable array in our memory. */
struct mapping {
	struct bpf_map *map;
	uint8_t *data;
	size_t size;
};

struct object {
	struct bpf_object *bpf; /* NULL = a free slot */
	bool loaded;
	int stats_fd;
	struct ring control, events;
	int watch_fd; /* written to: the watcher ends; 0 = none */
	struct bpf_link *links[MAX_LINKS];
	struct mapping mappings[MAX_MAPPINGS];
};

/* log.c */
void log_start(void);
void log_begin_call(void);
int fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int copy_text(const char *text, size_t length, char *out, int cap);

/* shim.c: NULL after fail(-EBADF). */
struct object *find_object(int handle);

/* rings.c */
int ring_open(struct ring *ring, struct bpf_map *map);
void ring_close(struct ring *ring);

/* watch.c */
void watch_close(struct object *object);

/* maps.c */
void mappings_close(struct object *object);

#endif
