// SPDX-License-Identifier: Apache-2.0
// Every function of the shim against the kernel that runs: smoke OBJECT. Needs root; sees nothing but itself.
#include <errno.h>
#include <intf/socket_trace.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../shim.h"

#define CALLS 10
#define ENOUGH 50000

static char text[65536];
static uint8_t buf[65536];
static int failures;

static void check(int ok, const char *what, int line)
{
	if (ok)
		return;
	st_last_error(text, sizeof(text));
	fprintf(stderr, "smoke.c:%d: %s\n  last error: %s\n", line, what, text);
	failures++;
}

#define CHECK(condition) check(condition, #condition, __LINE__)

static int failed(int result, int error, const char *word)
{
	st_last_error(text, sizeof(text));
	return result == -error && strstr(text, word);
}

static uint64_t u64_at(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void bad_arguments(const char *path)
{
	int object = st_open(path, "");

	CHECK(object >= 0);
	CHECK(failed(st_load(-1), EBADF, "no object"));
	CHECK(failed(st_drain(object + 1, buf, sizeof(buf)), EBADF, "no object"));
	CHECK(failed(st_open("/nonexistent.bpf.o", ""), ENOENT, "/nonexistent.bpf.o"));
	CHECK(failed(st_configure(object, "program nobody"), ENOENT, "nobody"));
	CHECK(failed(st_configure(object, "map nowhere 1"), ENOENT, "nowhere"));
	CHECK(failed(st_configure(object, "const nothing 1"), ENOENT, "nothing"));
	CHECK(failed(st_configure(object, "const one 256"), EINVAL, "256"));
	CHECK(failed(st_configure(object, "const one -129"), EINVAL, "-129"));
	CHECK(failed(st_configure(object, "const eight 18446744073709551616"), EINVAL, "eight"));
	CHECK(failed(st_configure(object, "const abi_hash 1"), EINVAL, "abi_hash"));
	CHECK(failed(st_configure(object, "map scope 0"), EINVAL, "scope"));
	CHECK(failed(st_configure(object, "nonsense"), EINVAL, "nonsense"));
	CHECK(failed(st_attach(object, "on_getppid", ""), ENOENT, "on_getppid"));
	CHECK(failed(st_map_read(object, "scope", buf, sizeof(buf)), ENOENT, "scope"));
	CHECK(st_configure(object, "program refused\n") == 0);
	CHECK(failed(st_load(object), EACCES, "R1 invalid mem access 'scalar'") || failed(st_load(object), EINVAL, "already"));
	CHECK(st_log(text, sizeof(text)) > 0 && strstr(text, "processed"));
	CHECK(st_log(text, sizeof(text)) == 0);
	CHECK(st_close(object) == 0);
	CHECK(failed(st_close(object), EBADF, "no object"));
}

static int open_configured(const char *path)
{
	char spec[512];
	int object = st_open(path, "");

	snprintf(spec, sizeof(spec),
		 "program on_getppid\nprogram on_tracepoint\nmap events 16384\nmap scope 3\nconst one 255\nconst two 65535\n"
		 "const four -4\nconst eight 18446744073709551615\nconst only_tgid %d\nstats\n", getpid());
	CHECK(object >= 0);
	CHECK(st_configure(object, spec) == 0);
	CHECK(st_load(object) == 0);
	CHECK(failed(st_configure(object, spec), EINVAL, "already loaded"));
	return object;
}

static void write_verdict(int object, uint32_t index, uint64_t conn, int expected)
{
	struct verdict verdict = { .conn = conn, .mode = MODE_FULL, .until = { 0, 58 } };

	memcpy(buf, &index, 4);
	memcpy(buf + 4, &verdict, sizeof(verdict));
	CHECK(st_map_write(object, "verdicts", buf, 1) == expected);
}

static void events_come_in_order(int object)
{
	int bytes, pair = sizeof(struct data_event) + 8;
	struct close_event *close = (struct close_event *)buf;

	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
	CHECK(st_ring_fill(object) == CALLS * (48 + 176) * 100 / 16384);
	CHECK(failed(st_drain(object, buf, 39), ENOSPC, "39"));
	bytes = st_drain(object, buf, CALLS * 40 + pair + 1);
	CHECK(bytes == CALLS * 40 + pair);
	for (int i = 0; i < CALLS; i++)
		CHECK(close[i].kind == EVENT_CLOSE && close[i].conn == UINT64_MAX && close[i].time == (uint64_t)-4 &&
		      close[i].position[0] == 255 && close[i].position[1] == 65535);
	CHECK(close[CALLS].kind == EVENT_DATA && u64_at(buf + bytes - 8) == 100);
	CHECK(st_drain(object, buf, sizeof(buf)) == (CALLS - 1) * pair);
	CHECK(st_drain(object, buf, sizeof(buf)) == 0);
	CHECK(st_ring_fill(object) == 0);
}

/* Value `index` of counters. */
static struct counter read_counter(int object, int index)
{
	CHECK(st_map_read(object, "counters", buf, sizeof(buf)) == 3);
	return (struct counter){ u64_at(buf + index * 20 + 4), u64_at(buf + index * 20 + 12) };
}

static int stop, calls = CALLS;

static void *call(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		syscall(SYS_getppid);
		__atomic_fetch_add(&calls, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

/* Two threads, many times around the rings: all that was not refused arrives, no event before its control event. */
static void rings_under_load(int object, int tracepoint)
{
	struct counter before = read_counter(object, REASON_SEEN), after;
	uint64_t facts = 0, events = 0, overtaken = 0;
	pthread_t threads[2];
	int bytes;

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, call, NULL);
	do {
		if (events > ENOUGH && !stop) {
			__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
			for (int i = 0; i < 2; i++)
				pthread_join(threads[i], NULL);
		}
		bytes = st_drain(object, buf, sizeof(buf));
		for (int at = 0; at < bytes; at += *(uint32_t *)(buf + at + 4)) {
			*(buf[at] == EVENT_DATA ? &events : &facts) += 1;
			overtaken += events > facts;
		}
	} while (!stop || bytes > 0);
	CHECK(bytes == 0);
	after = read_counter(object, REASON_SEEN);
	CHECK(events == after.events - before.events && events * 8 == after.bytes - before.bytes);
	CHECK(overtaken == 0);
	CHECK(read_counter(object, 2).events == (tracepoint < 0 ? 0u : (unsigned)calls));
	printf("rings: %lu of %d events taken, the others refused\n", events, calls);
}

static void maps(int object)
{
	uint32_t entries[8] = { 1, 10, 2, 20, 3, 30, 4, 40 };

	CHECK(st_map_write(object, "scope", (uint8_t *)entries, 3) == 3);
	CHECK(st_map_write(object, "scope", (uint8_t *)entries, 4) == 3);
	CHECK(st_map_read(object, "scope", buf, 8) == 1);
	CHECK(st_map_read(object, "scope", buf, sizeof(buf)) == 3);
	for (int i = 0; i < 3; i++)
		CHECK(((uint32_t *)buf)[i * 2] * 10 == ((uint32_t *)buf)[i * 2 + 1]);
	CHECK(failed(st_map_write(object, "counters", buf, 1), EINVAL, "counters"));
	write_verdict(object, 1000, 1, -E2BIG);
	CHECK(st_map_read(object, "verdicts", buf, sizeof(buf)) == 1000);
	CHECK(u64_at(buf + 7 * 36 + 4) == 42);
}

static void program_info(int object)
{
	uint64_t info[5];

	CHECK(st_program_info(object, "on_getppid", (uint8_t *)info, sizeof(info)) == 40);
	CHECK(info[0] > 0 && info[1] >= CALLS && info[3] > 10 && info[4] > 10);
	printf("on_getppid: %lu ns a run, %lu instructions, %lu verified\n", info[0] / info[1], info[3], info[4]);
}

int main(int argc, char **argv)
{
	int object, raw, tracepoint;

	if (argc != 2)
		return 2;
	bad_arguments(argv[1]);
	CHECK(st_abi_hash(text, sizeof(text)) == 64 && strlen(text) == 64);
	CHECK(st_self_test(buf, sizeof(buf)) == 64 + 336 + 40 + 32 + 16 && buf[0] == 0xcd);
	object = open_configured(argv[1]);
	write_verdict(object, 7, 42, 1);
	raw = st_attach(object, "on_getppid", "");
	tracepoint = st_attach(object, "on_tracepoint", "");
	CHECK(raw == 0);
	if (failed(tracepoint, ENOENT, "on_tracepoint"))
		puts("not tried: tracepoints, tracefs is not mounted");
	else
		CHECK(tracepoint == 1);
	events_come_in_order(object);
	rings_under_load(object, tracepoint);
	maps(object);
	CHECK(st_detach(object, raw) == 0 && (tracepoint < 0 || st_detach(object, tracepoint) == 0));
	CHECK(failed(st_detach(object, raw), EBADF, "no link"));
	syscall(SYS_getppid);
	CHECK(st_drain(object, buf, sizeof(buf)) == 0);
	program_info(object);
	CHECK(st_close(object) == 0);
	puts(failures ? "FAILED" : "ok");
	return failures != 0;
}
