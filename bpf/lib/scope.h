/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whom to trace: process, process tree, name, port. All before anything is copied. */
#ifndef STIRLING_SCOPE_H
#define STIRLING_SCOPE_H

#define COMM_PATTERNS_MAX 16
#define GLOB_STEPS_MAX 160	/* 15 bytes of a name, each tried as the start of what follows a star */

/* Does `name` match `glob`? Both ≤ 15 bytes; one star is remembered at a time, as in fnmatch without brackets. */
static __noinline bool glob_match(const char *glob, const char *name)
{
	u32 g = 0, n = 0, star = 16, mark = 0;

	for (int i = 0; i < GLOB_STEPS_MAX; i++) {
		char p = glob[g & 15], c = name[n & 15];

		if (p == '*') {
			star = g++;
			mark = n;
		} else if (c && (p == '?' || p == c)) {
			g++;
			n++;
		} else if (!c && !p) {
			return true;
		} else if (star < 16 && name[mark & 15]) {
			g = star + 1;
			n = ++mark;
		} else {
			return false;
		}
	}
	return false;
}

static __always_inline bool comm_matches(struct task_struct *task)
{
	char name[16] = {};

	BPF_CORE_READ_STR_INTO(&name, task, group_leader, comm);
	for (u32 i = 0; i < COMM_PATTERNS_MAX; i++) {
		u32 key = i;
		struct comm_pattern *pattern;
		char glob[16];

		if (i >= scope_comms)
			break;
		pattern = bpf_map_lookup_elem(&comms, &key);
		if (!pattern)
			break;
		__builtin_memcpy(glob, pattern->glob, sizeof(glob));
		if (glob_match(glob, name))
			return true;
	}
	return false;
}

static __always_inline bool comm_in_scope(u32 tgid, struct task_struct *task)
{
	u8 *cached, verdict;

	cached = bpf_map_lookup_elem(&comm_cache, &tgid);
	if (cached)
		return *cached == 1;
	verdict = comm_matches(task) ? 1 : 2;
	bpf_map_update_elem(&comm_cache, &tgid, &verdict, BPF_ANY);
	return verdict == 1;
}

static __always_inline u32 scope_flags(u32 tgid)
{
	u32 *flags = bpf_map_lookup_elem(&scope, &tgid);

	return flags ? *flags : 0;
}

/* Asked for by name beats excluded: `-- CMD` is traced although it is a child of the tracer. */
static __always_inline bool process_in_scope(u32 tgid, struct task_struct *task)
{
	u32 flags = scope_flags(tgid);

	if (!(flags & SCOPE_INCLUDE) && (scope_only || (flags & SCOPE_EXCLUDE)))
		return false;
	return !scope_comms || comm_in_scope(tgid, task);
}

static __always_inline bool port_in_scope(u16 local, u16 remote)
{
	if (!scope_ports)
		return true;
	return bpf_map_lookup_elem(&ports, &local) || bpf_map_lookup_elem(&ports, &remote);
}

/* A child inherits what its parent's entry says. */
static __always_inline void scope_fork(struct task_struct *parent, struct task_struct *child)
{
	u32 from = BPF_CORE_READ(parent, tgid), to = BPF_CORE_READ(child, tgid), flags;

	if (from == to)
		return;
	flags = scope_flags(from);
	if (flags & SCOPE_TREE)
		bpf_map_update_elem(&scope, &to, &flags, BPF_ANY);
}

/* The last thread of a process is gone: its number may be given to another. */
static __always_inline void scope_exit(struct task_struct *task)
{
	u32 tgid = BPF_CORE_READ(task, tgid);

	if (BPF_CORE_READ(task, signal, live.counter) > 0)
		return;
	bpf_map_delete_elem(&scope, &tgid);
	bpf_map_delete_elem(&comm_cache, &tgid);
}

#endif
