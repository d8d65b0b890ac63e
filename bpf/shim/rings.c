// SPDX-License-Identifier: Apache-2.0
// The two ring buffers of an object, read in place: a page for the consumer, a page for the producer,
// then the data (kernel/bpf/ringbuf.c). The kernel offers the data twice in a row; mapped once, a record that goes over the
// end is copied in two parts, and a ring counts once in our resident memory.
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

#define EVENT_HEADER 8 /* u8 kind; ...; u32 size at offset 4 */

/* Where events are copied to. */
struct sink {
	uint8_t *data;
	size_t used, cap;
};

enum walk { WALK_DONE, WALK_BUSY, WALK_FULL, WALK_BROKEN };

int ring_open(struct ring *ring, struct bpf_map *map)
{
	size_t page = sysconf(_SC_PAGESIZE), size = bpf_map__max_entries(map);
	uint8_t *producer;
	void *consumer;

	consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (consumer == MAP_FAILED)
		return -errno;
	producer = mmap(NULL, page + size, PROT_READ, MAP_SHARED, bpf_map__fd(map), page);
	if (producer == MAP_FAILED) {
		int error = -errno;

		munmap(consumer, page);
		return error;
	}
	ring->consumer = consumer;
	ring->producer = (unsigned long *)producer;
	ring->data = producer + page;
	ring->size = size;
	return 0;
}

void ring_close(struct ring *ring)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (!ring->size)
		return;
	munmap(ring->consumer, page);
	munmap(ring->producer, page + ring->size);
	ring->size = 0;
}

static unsigned long ring_produced(const struct ring *ring)
{
	return ring->size ? __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) : 0;
}

/* Records are aligned to 8 bytes: the first 8 of an event are never broken. */
static enum walk copy_event(const struct ring *ring, unsigned long at, uint32_t length, struct sink *sink)
{
	size_t start = at & (ring->size - 1), first;
	const uint8_t *event = ring->data + start;
	uint32_t size = 0;

	if (length >= EVENT_HEADER)
		memcpy(&size, event + 4, sizeof(size));
	if (size < EVENT_HEADER || size > length || size % 8)
		return WALK_BROKEN;
	if (size > sink->cap - sink->used)
		return WALK_FULL;
	first = ring->size - start;
	if (first > size)
		first = size;
	memcpy(sink->data + sink->used, event, first);
	memcpy(sink->data + sink->used + first, ring->data, size - first);
	sink->used += size;
	return WALK_DONE;
}

/* Moves the records before `stop` into the sink; a broken one is consumed. */
static enum walk ring_walk(struct ring *ring, unsigned long stop, struct sink *sink)
{
	enum walk walk = WALK_DONE;
	unsigned long at;

	if (!ring->size)
		return WALK_DONE;
	at = *ring->consumer;
	while (at < stop && walk == WALK_DONE) {
		const uint8_t *record = ring->data + (at & (ring->size - 1));
		uint32_t header = __atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);
		uint32_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (header & BPF_RINGBUF_BUSY_BIT)
			walk = WALK_BUSY;
		else if (!(header & BPF_RINGBUF_DISCARD_BIT))
			walk = copy_event(ring, at + BPF_RINGBUF_HDR_SZ, length, sink);
		if (walk == WALK_DONE || walk == WALK_BROKEN)
			at += (length + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
	}
	__atomic_store_n(ring->consumer, at, __ATOMIC_RELEASE);
	return walk;
}

int st_drain(int handle, uint8_t *buf, int cap)
{
	struct object *object = find_object(handle);
	struct sink sink = { .data = buf, .cap = cap };
	unsigned long stop;
	enum walk walk;

	if (!object)
		return -EBADF;
	if (!buf || cap <= 0)
		return fail(-EINVAL, "drain: no buffer");
	/* In this order, and no events while a control record is missing: see st_drain in shim.h. */
	stop = ring_produced(&object->events);
	walk = ring_walk(&object->control, ring_produced(&object->control), &sink);
	if (walk == WALK_DONE)
		walk = ring_walk(&object->events, stop, &sink);
	if (walk == WALK_BROKEN)
		return fail(-EBADMSG, "drain: a record is not an event");
	if (walk == WALK_FULL && !sink.used)
		return fail(-ENOSPC, "drain: an event does not fit into %d bytes", cap);
	return sink.used;
}

int st_ring_fill(int handle)
{
	struct object *object = find_object(handle);

	if (!object)
		return -EBADF;
	if (!object->events.size)
		return 0;
	return (ring_produced(&object->events) - *object->events.consumer) * 100 / object->events.size;
}
