// SPDX-License-Identifier: Apache-2.0
// Reading and writing the maps of a loaded object.
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

/* NULL after fail(-ENOENT). */
static struct bpf_map *find_map(struct object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, name);

	if (!map)
		fail(-ENOENT, "no map '%s'", name);
	else if (bpf_map__fd(map) < 0)
		fail(-ENOENT, "map '%s' is not loaded", name);
	else
		return map;
	return NULL;
}

static bool is_per_cpu(const struct bpf_map *map)
{
	enum bpf_map_type type = bpf_map__type(map);

	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static void sum_lanes(uint64_t *values, uint32_t lanes, int cpus)
{
	for (int cpu = 1; cpu < cpus; cpu++)
		for (uint32_t i = 0; i < lanes; i++)
			values[i] += values[cpu * lanes + i];
}

/* Copies entries as they are found. One that is deleted meanwhile makes the kernel start over: entries may come twice. */
static int read_entries(struct bpf_map *map, int cpus, uint64_t *values, uint8_t *buf, size_t cap)
{
	uint32_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map);
	size_t entry = key_size + value_size;
	uint8_t *out = buf, *previous = NULL;
	int fd = bpf_map__fd(map);

	for (uint32_t i = 0; i < bpf_map__max_entries(map) && entry <= cap - (out - buf); i++) {
		if (bpf_map_get_next_key(fd, previous, out))
			break;
		previous = out;
		if (bpf_map_lookup_elem(fd, out, values))
			continue;
		if (cpus > 1)
			sum_lanes(values, value_size / 8, cpus);
		memcpy(out + key_size, values, value_size);
		out += entry;
	}
	return (out - buf) / entry;
}

int st_map_read(int handle, const char *name, uint8_t *buf, int cap)
{
	struct object *object = find_object(handle);
	struct bpf_map *map;
	uint64_t *values;
	int cpus = 1, count;

	if (!object)
		return -EBADF;
	if (!buf || cap <= 0)
		return fail(-EINVAL, "map '%s': no buffer", name);
	map = find_map(object, name);
	if (!map)
		return -ENOENT;
	if (is_per_cpu(map)) {
		cpus = libbpf_num_possible_cpus();
		if (cpus < 0 || bpf_map__value_size(map) % 8)
			return fail(cpus < 0 ? cpus : -EINVAL, "map '%s': cannot sum its values", name);
	}
	values = calloc(cpus, (bpf_map__value_size(map) + 7) & ~7u);
	if (!values)
		return fail(-ENOMEM, "map '%s'", name);
	count = read_entries(map, cpus, values, buf, cap);
	free(values);
	return count;
}

static struct mapping *map_in_place(struct object *object, struct bpf_map *map)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)bpf_map__max_entries(map) * ((bpf_map__value_size(map) + 7) & ~7u);
	struct mapping *mapping = object->mappings, *end = mapping + MAX_MAPPINGS;
	void *data;

	while (mapping < end && mapping->map && mapping->map != map)
		mapping++;
	if (mapping == end)
		return errno = ENFILE, NULL;
	if (mapping->map)
		return mapping;
	bytes = (bytes + page - 1) & ~(page - 1);
	data = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	if (data == MAP_FAILED)
		return NULL;
	*mapping = (struct mapping){ .map = map, .data = data, .size = bytes };
	return mapping;
}

void mappings_close(struct object *object)
{
	for (int i = 0; i < MAX_MAPPINGS; i++)
		if (object->mappings[i].map)
			munmap(object->mappings[i].data, object->mappings[i].size);
}

/* A program that sees the new identity sees the new rest too; one that sees neither the old nor the new ignores the slot. */
static void write_slot(uint8_t *slot, const uint8_t *value, uint32_t size)
{
	uint64_t identity;

	if (size < sizeof(identity)) {
		memcpy(slot, value, size);
		return;
	}
	memcpy(&identity, value, sizeof(identity));
	__atomic_store_n((uint64_t *)slot, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	memcpy(slot + sizeof(identity), value + sizeof(identity), size - sizeof(identity));
	__atomic_store_n((uint64_t *)slot, identity, __ATOMIC_RELEASE);
}

static int write_entry(const struct mapping *mapping, struct bpf_map *map, const uint8_t *entry)
{
	uint32_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map), index;

	if (!mapping)
		return bpf_map_update_elem(bpf_map__fd(map), entry, entry + key_size, BPF_ANY);
	memcpy(&index, entry, sizeof(index));
	if (index >= bpf_map__max_entries(map))
		return -E2BIG;
	write_slot(mapping->data + (size_t)index * ((value_size + 7) & ~7u), entry + key_size, value_size);
	return 0;
}

int st_map_write(int handle, const char *name, const uint8_t *buf, int n)
{
	struct object *object = find_object(handle);
	struct mapping *mapping = NULL;
	struct bpf_map *map;
	size_t entry;

	if (!object)
		return -EBADF;
	map = find_map(object, name);
	if (!map)
		return -ENOENT;
	if (!buf || n < 0 || is_per_cpu(map))
		return fail(-EINVAL, "map '%s': cannot be written", name);
	if (bpf_map__type(map) == BPF_MAP_TYPE_ARRAY && bpf_map__map_flags(map) & BPF_F_MMAPABLE) {
		mapping = map_in_place(object, map);
		if (!mapping)
			return fail(-errno, "map '%s': mmap", name);
	}
	entry = bpf_map__key_size(map) + bpf_map__value_size(map);
	for (int i = 0; i < n; i++) {
		int error = write_entry(mapping, map, buf + i * entry);

		if (error) {
			fail(error, "map '%s': entry %d", name, i);
			return i ? i : error;
		}
	}
	return n;
}
