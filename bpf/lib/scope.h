/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whom to trace: process, process tree, name, cgroup, port, network namespace. All before anything is copied. */
#ifndef STIRLING_SCOPE_H
#define STIRLING_SCOPE_H

#define COMM_PATTERNS_MAX 16
#define CGROUP_FILTERS_MAX 16
#define GLOB_STEPS_MAX 160	/* 15 bytes of a name, each tried as the start of what follows a star */

/* Matching a name against a glob, both ≤ 15 bytes; one star is remembered at a time, as in fnmatch without brackets. */
struct match {
	u32 g, n;		/* places in glob and name */
	u32 star, mark;		/* the last star, and where what it stands for ends */
	char glob[16], name[16];
};

/* → 1 it matches · 0 it does not · -1 not known yet */
static __always_inline int match_step(struct match *m)
{
	char p = m->glob[m->g & 15], c = m->name[m->n & 15];

	if (p == '*') {
		m->star = m->g++;
		m->mark = m->n;
	} else if (c && (p == '?' || p == c)) {
		m->g++;
		m->n++;
	} else if (!c && !p) {
		return 1;
	} else if (m->star < 16 && m->name[m->mark & 15]) {
		m->g = m->star + 1;
		m->n = ++m->mark;
	} else {
		return 0;
	}
	return -1;
}

/* A global function, verified once and by itself. */
__noinline int comm_matches(u32 index)
{
	struct comm_pattern *pattern = bpf_map_lookup_elem(&comms, &index);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct match match = {.star = 16};

	if (!pattern)
		return 0;
	__builtin_memcpy(match.glob, pattern->glob, sizeof(match.glob));
	BPF_CORE_READ_STR_INTO(&match.name, task, group_leader, comm);
	for (int i = 0; i < GLOB_STEPS_MAX; i++) {
		int known = match_step(&match);

		if (known >= 0)
			return known;
		FORGET(&match);
	}
	return 0;
}

static __always_inline bool any_comm_matches(void)
{
	for (u32 i = 0; i < COMM_PATTERNS_MAX && i < scope_comms; i++)
		if (comm_matches(i))
			return true;
	return false;
}

static __always_inline bool comm_in_scope(u32 tgid)
{
	u8 *cached, verdict;

	cached = bpf_map_lookup_elem(&comm_cache, &tgid);
	if (cached)
		return *cached == 1;
	verdict = any_comm_matches() ? 1 : 2;
	bpf_map_update_elem(&comm_cache, &tgid, &verdict, BPF_ANY);
	return verdict == 1;
}

/* The cgroup of the process, or one above it. */
static __always_inline bool cgroup_in_scope(void)
{
	for (u32 i = 0; i < CGROUP_FILTERS_MAX && i < scope_cgroups; i++) {
		u32 index = i;
		struct cgroup_filter *filter = bpf_map_lookup_elem(&cgroups, &index);

		if (filter && bpf_get_current_ancestor_cgroup_id(filter->level) == filter->id)
			return true;
	}
	return false;
}

static __always_inline u32 scope_flags(u32 tgid)
{
	u32 slot = tgid & (SCOPE_SLOTS - 1), *flags;
	u8 *known = bpf_map_lookup_elem(&scope_slots, &slot);

	if (!known || !*known)
		return 0;
	flags = bpf_map_lookup_elem(&scope, &tgid);
	return flags ? *flags : 0;
}

enum whose {
	SOMEBODYS = 0,
	EXCLUDED,	/* the tracer's, and that of its children */
	TRACED,
};

/* Whose calls are those of a process? Asked for by name beats excluded: `-- CMD` is traced although it is a child of the tracer. */
static __noinline u32 whose(u32 tgid)
{
	u32 flags = scope_flags(tgid), otherwise = flags & SCOPE_EXCLUDE ? EXCLUDED : SOMEBODYS;

	if (!(flags & SCOPE_INCLUDE) && (scope_only || (flags & SCOPE_EXCLUDE)))
		return otherwise;
	if (scope_cgroups && !cgroup_in_scope())
		return otherwise;
	return !scope_comms || comm_in_scope(tgid) ? TRACED : otherwise;
}

static __always_inline bool port_wanted(u16 port)
{
	u32 word = port >> 6;
	u64 *bits = bpf_map_lookup_elem(&ports, &word);

	return bits && *bits >> (port & 63) & 1;
}

static __always_inline bool port_in_scope(u16 local, u16 remote)
{
	return !scope_ports || port_wanted(local) || port_wanted(remote);
}

/* A child inherits what its parent's entry says. */
static __always_inline void scope_fork(struct task_struct *parent, struct task_struct *child)
{
	u32 from = READ(parent, tgid), to = READ(child, tgid), flags, slot;
	u8 known = 1;

	if (from == to)
		return;
	flags = scope_flags(from);
	if (!(flags & SCOPE_TREE))
		return;
	slot = to & (SCOPE_SLOTS - 1);
	bpf_map_update_elem(&scope_slots, &slot, &known, BPF_ANY);
	bpf_map_update_elem(&scope, &to, &flags, BPF_ANY);
}

/* The last thread of a process is gone: its number may be given to another. */
static __always_inline void scope_exit(struct task_struct *task)
{
	u32 tgid = READ(task, tgid);

	if (READ(READ(task, signal), live.counter) > 0)
		return;
	bpf_map_delete_elem(&scope, &tgid);
	bpf_map_delete_elem(&comm_cache, &tgid);
}

#endif
