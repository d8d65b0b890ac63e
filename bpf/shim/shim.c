// SPDX-License-Identifier: Apache-2.0
// The life of a BPF object: open, configure, load, attach, close.
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

#define ABI_HASH_LENGTH (sizeof(ABI_HASH) - 1)

static struct object objects[MAX_OBJECTS];

struct object *find_object(int handle)
{
	log_begin_call();
	if (handle >= 0 && handle < MAX_OBJECTS && objects[handle].bpf)
		return &objects[handle];
	fail(-EBADF, "no object %d", handle);
	return NULL;
}

int st_abi_hash(char *out, int cap)
{
	return copy_text(ABI_HASH, ABI_HASH_LENGTH, out, cap);
}

/* A variable of the constant data of an object that is not loaded yet. */
static void *find_constant(struct bpf_object *bpf, const char *name, uint32_t *size)
{
	const struct btf *btf = bpf_object__btf(bpf);
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, ".rodata");
	const struct btf_var_secinfo *variable;
	const struct btf_type *section;
	size_t length;
	uint8_t *data;
	int id;

	if (!btf || !map || (id = btf__find_by_name_kind(btf, ".rodata", BTF_KIND_DATASEC)) < 0)
		return NULL;
	data = bpf_map__initial_value(map, &length);
	section = btf__type_by_id(btf, id);
	variable = btf_var_secinfos(section);
	for (int i = 0; data && i < btf_vlen(section); i++, variable++) {
		if (strcmp(btf__name_by_offset(btf, btf__type_by_id(btf, variable->type)->name_off), name))
			continue;
		*size = variable->size;
		return variable->offset + (size_t)variable->size <= length ? data + variable->offset : NULL;
	}
	return NULL;
}

static bool same_interface(struct bpf_object *bpf)
{
	uint32_t size;
	const char *hash = find_constant(bpf, "abi_hash", &size);

	return hash && size >= ABI_HASH_LENGTH && !memcmp(hash, ABI_HASH, ABI_HASH_LENGTH);
}

int st_open(const char *object_path, const char *btf_path)
{
	struct bpf_program *program;
	struct bpf_object *bpf;
	int handle = 0;
	LIBBPF_OPTS(bpf_object_open_opts, options);

	log_start();
	log_begin_call();
	if (!object_path || !btf_path)
		return fail(-EINVAL, "open: no path");
	while (handle < MAX_OBJECTS && objects[handle].bpf)
		handle++;
	if (handle == MAX_OBJECTS)
		return fail(-EMFILE, "open %s", object_path);
	if (*btf_path)
		options.btf_custom_path = btf_path;
	bpf = bpf_object__open_file(object_path, &options);
	if (!bpf)
		return fail(-errno, "open %s", object_path);
	if (!same_interface(bpf)) {
		bpf_object__close(bpf);
		return fail(-EPROTO, "%s was not compiled from the bpf/intf of this library", object_path);
	}
	bpf_object__for_each_program(program, bpf)
		bpf_program__set_autoload(program, false);
	objects[handle] = (struct object){ .bpf = bpf, .stats_fd = -1 };
	return handle;
}

static int set_program(struct object *object, const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object->bpf, name);

	if (!program)
		return fail(-ENOENT, "no program '%s'", name);
	bpf_program__set_autoload(program, true);
	return 0;
}

static int set_map(struct object *object, const char *name, const char *entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, name);
	unsigned long value;
	char *end;
	int error;

	if (!map)
		return fail(-ENOENT, "no map '%s'", name);
	errno = 0;
	value = strtoul(entries, &end, 10);
	if (errno || *end || end == entries || !value || value > UINT32_MAX)
		return fail(-EINVAL, "map '%s': entries '%s'", name, entries);
	error = bpf_map__set_max_entries(map, value);
	return error ? fail(error, "map '%s': %s entries", name, entries) : 0;
}

static int set_constant(struct object *object, const char *name, const char *text)
{
	uint32_t size = 0;
	void *constant = find_constant(object->bpf, name, &size);
	bool negative = *text == '-';
	uint64_t value, limit;
	char *end;

	if (!constant)
		return fail(-ENOENT, "no constant '%s'", name);
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return fail(-EINVAL, "constant '%s' is not an integer", name);
	limit = (UINT64_MAX >> (64 - size * 8)) >> negative;
	errno = 0;
	value = strtoull(text + negative, &end, 10);
	if (errno || *end || text[negative] < '0' || text[negative] > '9' || value > limit + negative)
		return fail(-EINVAL, "constant '%s': value '%s'", name, text);
	value = negative ? -value : value;
	memcpy(constant, &value, size); /* little endian */
	return 0;
}

static int set_stats(struct object *object)
{
	if (object->stats_fd < 0)
		object->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	return object->stats_fd < 0 ? fail(object->stats_fd, "stats") : 0;
}

static int configure_line(struct object *object, char *line)
{
	char *rest = line, *words[4] = { 0 };
	int count = 0;

	while (count < 4 && (words[count] = strtok_r(rest, " ", &rest)))
		count++;
	if (count == 0)
		return 0;
	if (count == 1 && !strcmp(words[0], "stats"))
		return set_stats(object);
	if (count == 2 && !strcmp(words[0], "program"))
		return set_program(object, words[1]);
	if (count == 3 && !strcmp(words[0], "map"))
		return set_map(object, words[1], words[2]);
	if (count == 3 && !strcmp(words[0], "const"))
		return set_constant(object, words[1], words[2]);
	return fail(-EINVAL, "configure: '%s' with %d words", words[0], count);
}

int st_configure(int handle, const char *spec)
{
	struct object *object = find_object(handle);
	char *copy, *rest, *line;
	int error = 0;

	if (!object)
		return -EBADF;
	if (!spec || object->loaded)
		return fail(-EINVAL, spec ? "configure: already loaded" : "configure: no lines");
	copy = rest = strdup(spec);
	if (!copy)
		return fail(-ENOMEM, "configure");
	while (!error && (line = strtok_r(rest, "\n", &rest)))
		error = configure_line(object, line);
	free(copy);
	return error;
}

static int open_ring(struct object *object, const char *name, struct ring *ring)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object->bpf, name);
	int error;

	if (!map)
		return 0;
	if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF)
		return fail(-EINVAL, "map '%s' is not a ring buffer", name);
	error = ring_open(ring, map);
	return error ? fail(error, "ring '%s': mmap", name) : 0;
}

/* Where a policy refuses programs for functions of the kernel, one of two instructions tells it before libbpf has read the types of
 * the whole kernel for ours. Elsewhere it is refused too, but for what it asks: type 1 is no function. */
static bool functions_refused(void)
{
	const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY, .attach_btf_id = 1);
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", program, 2, &options);

	if (fd >= 0)
		close(fd);
	return fd == -EPERM;
}

static bool wants_functions(const struct object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object->bpf)
		if (bpf_program__autoload(program) && bpf_program__type(program) == BPF_PROG_TYPE_TRACING)
			return true;
	return false;
}

int st_load(int handle)
{
	struct object *object = find_object(handle);
	sigset_t all, before;
	int error;

	if (!object)
		return -EBADF;
	if (object->loaded)
		return fail(-EINVAL, "load: already loaded");
	object->loaded = true;
	if (wants_functions(object) && functions_refused())
		return fail(-EPERM, "programs for functions of the kernel (BPF_PROG_TYPE_TRACING)");
	/* The verifier gives up with EAGAIN when a signal is pending: of a profiler's timer, or of a resized terminal. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	error = bpf_object__load(object->bpf);
	sigprocmask(SIG_SETMASK, &before, NULL);
	/* libbpf had the types of the kernel in memory. */
	malloc_trim(0);
	if (error)
		return fail(error, "load %s", bpf_object__name(object->bpf));
	error = open_ring(object, "control", &object->control);
	return error ? error : open_ring(object, "events", &object->events);
}

static struct bpf_program *find_loaded(struct object *object, const char *name)
{
	struct bpf_program *program = name ? bpf_object__find_program_by_name(object->bpf, name) : NULL;

	if (program && bpf_program__fd(program) >= 0)
		return program;
	fail(-ENOENT, "no %sprogram '%s'", program ? "loaded " : "", name ? name : "");
	return NULL;
}

static struct bpf_link *attach_cgroup(const struct bpf_program *program, const char *cgroup)
{
	int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct bpf_link *link = fd < 0 ? NULL : bpf_program__attach_cgroup(program, fd);
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return link;
}

int st_attach(int handle, const char *name, const char *cgroup)
{
	struct object *object = find_object(handle);
	struct bpf_program *program;
	int link = 0;

	if (!object)
		return -EBADF;
	program = find_loaded(object, name);
	if (!program)
		return -ENOENT;
	while (link < MAX_LINKS && object->links[link])
		link++;
	if (link == MAX_LINKS)
		return fail(-EMFILE, "attach '%s'", name);
	object->links[link] = cgroup && *cgroup ? attach_cgroup(program, cgroup) : bpf_program__attach(program);
	return object->links[link] ? link : fail(-errno, "attach '%s'", name);
}

int st_detach(int handle, int link)
{
	struct object *object = find_object(handle);
	int error;

	if (!object)
		return -EBADF;
	if (link < 0 || link >= MAX_LINKS || !object->links[link])
		return fail(-EBADF, "no link %d", link);
	error = bpf_link__destroy(object->links[link]);
	object->links[link] = NULL;
	return error ? fail(error, "detach %d", link) : 0;
}

int st_program_info(int handle, const char *name, uint8_t *buf, int cap)
{
	struct object *object = find_object(handle);
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	struct bpf_program *program;
	uint64_t out[5];
	int error;

	if (!object)
		return -EBADF;
	if (!buf || cap < (int)sizeof(out))
		return fail(-EINVAL, "program info: no room");
	program = find_loaded(object, name);
	if (!program)
		return -ENOENT;
	error = bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &size);
	if (error)
		return fail(error, "program '%s': info", name);
	out[0] = info.run_time_ns;
	out[1] = info.run_cnt;
	out[2] = info.recursion_misses;
	out[3] = info.xlated_prog_len / 8;
	out[4] = info.verified_insns;
	memcpy(buf, out, sizeof(out));
	return sizeof(out);
}

int st_close(int handle)
{
	struct object *object = find_object(handle);

	if (!object)
		return -EBADF;
	for (int i = 0; i < MAX_LINKS; i++)
		bpf_link__destroy(object->links[i]);
	watch_close(object);
	ring_close(&object->control);
	ring_close(&object->events);
	mappings_close(object);
	bpf_object__close(object->bpf);
	if (object->stats_fd >= 0)
		close(object->stats_fd);
	*object = (struct object){ 0 };
	return 0;
}
