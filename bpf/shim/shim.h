/* SPDX-License-Identifier: Apache-2.0 */
/* libstirling.so: what src/kernel/ffi.ts calls. Strings, buffers and int only.
 * Every function returns >= 0, or -errno (below -4000: an error of libbpf itself) with the reason in st_last_error().
 * For one thread. */
#ifndef STIRLING_SHIM_H
#define STIRLING_SHIM_H

#include <stdint.h>

#define ST_API __attribute__((visibility("default"))) int

/* The hash of bpf/intf/ *.h this library was compiled with; -> its length. */
ST_API st_abi_hash(char *out, int cap);

/* Opens a BPF object; nothing of it will load until configured. `btf_path` "" = the kernel's own BTF. -> object.
 * -EPROTO: the object was compiled from another bpf/intf. */
ST_API st_open(const char *object_path, const char *btf_path);

/* Before st_load, any number of lines, each one of
 *   program NAME        load this program
 *   map NAME ENTRIES    max_entries; bytes for a ring
 *   const NAME VALUE    a `const volatile` integer of the object
 *   stats               have the kernel measure run times (of all programs of the machine) until st_close
 * -ENOENT: no such name. */
ST_API st_configure(int object, const char *spec);
ST_API st_load(int object);

/* `cgroup`: the folder of the control group, for a program that has one; else "". -> link, for st_detach. st_close detaches all. */
ST_API st_attach(int object, const char *program, const char *cgroup);
ST_API st_detach(int object, int link);

/* Whole events, back to back, of the rings `control` and `events`; -> bytes, 0 = none now. Never blocks.
 * What was put into `control` before an event of `events` comes out before it. -ENOSPC: `cap` is less than one event. */
ST_API st_drain(int object, uint8_t *buf, int cap);

/* -> how full `events` is, in percent. No system call. */
ST_API st_ring_fill(int object);

/* Entries of key||value, as many as fit; -> how many. Per-CPU values are summed as u64 lanes. */
ST_API st_map_read(int object, const char *map, uint8_t *buf, int cap);

/* `n` entries of key||value; -> how many were written, less than `n` where one was refused. An mmapable array is
 * written in place: the first u64 of a value, its identity, is 0 while the rest changes. */
ST_API st_map_write(int object, const char *map, const uint8_t *buf, int n);

/* -> a descriptor that becomes readable (a byte, or several) when one of the rings was woken: time for st_drain. One per object. */
ST_API st_watch(int object);

/* Five u64: run_time_ns, run_cnt, recursion_misses, instructions, verified_insns; -> 40. */
ST_API st_program_info(int object, const char *program, uint8_t *buf, int cap);

/* One data_event, conn_event, close_event, verdict and counter, back to back; -> bytes.
 * Element n (from 1, over all members and array elements in order) is n * 0x0123456789abcd modulo 2^52,
 * cut to the width of the member. */
ST_API st_self_test(uint8_t *buf, int cap);

/* Why the last call failed, with the last lines that libbpf and the verifier said about it; -> length. */
ST_API st_last_error(char *out, int cap);

/* Takes what libbpf has said since the last time; -> length. */
ST_API st_log(char *out, int cap);

ST_API st_close(int object);

#endif
