/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* From a call that moved bytes to events. The hooks fill `struct src`; nothing here knows which hook it was. */
#ifndef STIRLING_SUBMIT_H
#define STIRLING_SUBMIT_H

#define SECOND 1000000000ULL
#define SOL_TLS 282
#define RECORD_DATA 23	/* the content type of TLS */
#define DIALOGUE_TURNS 2
#define DIALOGUE_RUNS 16
#define SEGMENTS_MAX 1024	/* UIO_MAXIOV */
#define STEPS_MAX 2200	/* two for a segment, one for each further piece of it, of one call; the rest is counted */
#define STEPS_MAX_OLD 24	/* … before 5.17, which has no bpf_loop */

/* What of a call is shipped. */
struct plan {
	u32 withheld;	/* leading bytes that user space said it does not need */
	u32 room;	/* bytes of payload after those */
	u32 reason;	/* why not more */
	u32 silent;	/* nothing at all, not even lengths */
};

static __always_inline void plan_room(struct plan *plan, u64 spent, u64 budget, u32 reason)
{
	u64 left = spent < budget ? budget - spent : 0;

	if (left >= plan->room)
		return;
	plan->room = left;
	plan->reason = reason;
}

/* One request and one long answer is a download. Two ends that have taken turns, as in a login, are in a dialogue whose
 * framing may depend on every byte: until a verdict comes, they are given the benefit of the doubt. */
static __always_inline u64 infer_run(const struct conn *conn)
{
	return conn->turns < DIALOGUE_TURNS ? infer_bytes : (u64)infer_bytes * DIALOGUE_RUNS;
}

static __always_inline void turn(struct conn *conn, u32 direction)
{
	if (!conn->run[direction ^ 1])
		return;
	conn->run[direction ^ 1] = 0;
	conn->turns++;
}

static __noinline int plan_call(struct plan *plan, struct conn *conn, const struct src *src, u64 start, u64 time)
{
	u32 index = (u32)conn->id & verdict_mask, direction = src->direction & 1, mode = conn->mode;
	struct verdict *verdict = bpf_map_lookup_elem(&verdicts, &index);
	u64 until = 0;

	if (verdict && verdict->conn == conn->id) {
		mode = verdict->mode;
		until = verdict->until[direction];
	}
	/* User space knows its way up to there: what follows is not part of the run before. */
	if (until > start)
		conn->run[direction] = 0;
	/* A server that batches says much in its first calls, and its framing may depend on all of it. */
	plan->room = mode == MODE_UNDECIDED && infer_bytes > capture_bytes ? infer_bytes : capture_bytes;
	plan->reason = REASON_SKIP_CAPTURE;
	if (src->segments == NO_BUFFER) {
		plan->room = 0;
		plan->reason = REASON_SKIP_NOBUF;
	}
	if (mode == MODE_UNDECIDED) {
		plan_room(plan, conn->run[direction], infer_run(conn), REASON_SKIP_UNDECIDED);
		plan_room(plan, conn->undecided[direction], infer_total, REASON_SKIP_UNDECIDED);
	} else if (mode == MODE_FULL) {
		plan_room(plan, conn->run[direction], run_bytes, REASON_SKIP_RUN);
	} else if (mode == MODE_WHOLE) {
		if (src->segments != NO_BUFFER)
			plan->room = src->bytes;
	} else if (mode == MODE_OFF && time - conn->sampled < SECOND) {
		plan->silent = 1;
	} else {
		plan_room(plan, 0, mode == MODE_OFF ? SAMPLE_BYTES : 0, REASON_SKIP_VERDICT);
		conn->sampled = time;
	}
	if (until >= start + src->bytes && until > start) {
		/* The call that reaches the end is told, so that its time is known. */
		plan->silent |= until > start + src->bytes;
		plan->room = 0;
		plan->reason = REASON_SKIP_VERDICT;
	} else if (until > start) {
		plan->withheld = until - start;
	}
	if (plan->silent)
		plan->reason = REASON_SKIP_VERDICT;
	return NOTHING;
}

/* A call on its way into the ring. */
struct walk {
	u64 conn;
	u64 time;
	u64 position;		/* of the next byte */
	u64 segment_at;		/* the next iovec */
	u64 from;		/* user memory: the next byte */
	u64 left;		/* bytes of the segment */
	u64 done;		/* bytes of the call that were passed */
	u64 end;		/* bytes of the call that are to be passed */
	u32 withheld;
	u32 segments;		/* iovecs not looked at yet */
	u32 tgid;
	u32 reason;		/* why the rest is not shipped */
	u32 skip;
	u32 bytes;		/* datagrams: of all of it */
	u8 direction;
	u8 flags;
	u8 in_kernel;
	u8 lane;
	u8 datagram;		/* position is its number, the same for all its pieces */
	u8 more;		/* DATA_MORE: later calls go on with this datagram */
	struct peer peer;	/* datagrams */
};

static __always_inline void fill_header(struct data_event *event, const struct walk *walk, u32 n)
{
	event->kind = EVENT_DATA;
	event->direction = walk->direction;
	event->lane = walk->lane;
	event->flags = walk->flags | walk->more;
	event->size = (sizeof(*event) + n + 7) & ~7U;
	event->conn = walk->conn;
	event->time = walk->time;
	event->position = walk->position;
	event->length = n;
	event->captured = n;
	event->tgid = walk->tgid;
	event->reason = REASON_EMITTED;
	event->peer_port = walk->peer.port;
	__builtin_memcpy(event->peer_addr, walk->peer.addr, sizeof(event->peer_addr));
}

/* Bytes that are not shipped: their length, and why. */
static __always_inline void submit_length(const struct walk *walk, u32 length, u32 reason)
{
	struct data_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		account(REASON_LOST_RING, length);
		return;
	}
	fill_header(event, walk, 0);
	event->length = length;
	event->reason = reason;
	account(reason, length);
	bpf_ringbuf_submit(event, submit_flags());
}

/* A reservation has a constant size before 5.19: classes, so that a message takes at most twice its length of the ring. */
#define SUBMIT_CLASS(class)                                                                           \
	do {                                                                                          \
		struct data_event *event = bpf_ringbuf_reserve(&events, sizeof(*event) + (class), 0); \
                                                                                                      \
		if (!event)                                                                           \
			return REASON_LOST_RING;                                                      \
		CLAMP(n, class);                                                                      \
		if (bpf_probe_read_user(event + 1, n, (void *)walk->from)) {                          \
			bpf_ringbuf_discard(event, BPF_RB_NO_WAKEUP);                                 \
			return REASON_LOST_FAULT;                                                     \
		}                                                                                     \
		fill_header(event, walk, n);                                                          \
		bpf_ringbuf_submit(event, submit_flags());                                            \
		return REASON_EMITTED;                                                                \
	} while (0)

static __always_inline u32 copy_piece(const struct walk *walk, u64 n)
{
	if (n <= 128)
		SUBMIT_CLASS(128);
	if (n <= 256)
		SUBMIT_CLASS(256);
	if (n <= 512)
		SUBMIT_CLASS(512);
	if (n <= 1024)
		SUBMIT_CLASS(1024);
	if (n <= 2048)
		SUBMIT_CLASS(2048);
	if (n <= 4096)
		SUBMIT_CLASS(4096);
	if (n <= 8192)
		SUBMIT_CLASS(8192);
	SUBMIT_CLASS(CAPTURE_CLASS_MAX);
}

/* A global function is verified by itself, and not once more for each way that leads to it: a tenth of the start-up. */
__noinline int submit_piece_looped(const struct walk *walk, u64 n)
{
	return walk ? copy_piece(walk, n) : REASON_LOST_FAULT;
}

/* Before 5.12 such a function is not given a structure. */
static __noinline u32 submit_piece_unrolled(const struct walk *walk, u64 n)
{
	return copy_piece(walk, n);
}

static __always_inline u32 submit_piece(const struct walk *walk, u64 n, bool looped)
{
	return looped ? (u32)submit_piece_looped(walk, n) : submit_piece_unrolled(walk, n);
}

static __always_inline long read_segment(struct iovec *iov, const struct walk *walk)
{
	if (walk->in_kernel)
		return bpf_probe_read_kernel(iov, sizeof(*iov), (void *)walk->segment_at);
	return bpf_probe_read_user(iov, sizeof(*iov), (void *)walk->segment_at);
}

static __always_inline bool next_segment(struct walk *walk)
{
	struct iovec iov = {};

	if (!walk->segments || read_segment(&iov, walk) || walk->skip > iov.iov_len) {
		walk->reason = REASON_LOST_FAULT;
		walk->end = walk->done;
		return false;
	}
	walk->segments--;
	walk->segment_at += sizeof(iov);
	walk->from = (u64)iov.iov_base + walk->skip;
	walk->left = iov.iov_len - walk->skip;
	walk->skip = 0;
	return true;
}

/* A piece is of no use without those before it: one that is lost is the last, and the rest is lost with it. */
static __always_inline bool ship_datagram_piece(struct walk *walk, u64 n, bool looped)
{
	u32 reason;

	if (walk->done + n < walk->bytes)
		walk->flags |= DATA_MORE;
	reason = submit_piece(walk, n, looped);
	if (reason == REASON_EMITTED) {
		account(reason, n);
		return true;
	}
	walk->flags &= ~DATA_MORE;
	walk->reason = reason;
	walk->end = walk->done;
	return false;
}

/* One segment, or one piece of one; → true at the end. */
static __always_inline bool walk_step(struct walk *walk, bool looped)
{
	u64 n;

	if (walk->done >= walk->end)
		return true;
	if (!walk->left)
		return !next_segment(walk);
	n = walk->end - walk->done;
	if (n > walk->left)
		n = walk->left;
	if (walk->done < walk->withheld) {
		if (n > walk->withheld - walk->done)
			n = walk->withheld - walk->done;
	} else {
		if (n > CAPTURE_CLASS_MAX)
			n = CAPTURE_CLASS_MAX;
		if (!walk->datagram)
			account(submit_piece(walk, n, looped), n);
		else if (!ship_datagram_piece(walk, n, looped))
			return true;
		walk->flags = 0;
	}
	walk->done += n;
	walk->left -= n;
	walk->from += n;
	if (!walk->datagram)
		walk->position += n;
	return false;
}

static long walk_loop_step(u32 step, void *walk)
{
	return walk_step(walk, true);
}

/* `looped`: bpf_loop is there (5.17). */
static __always_inline void walk_all(struct walk *walk, bool looped)
{
	if (looped)
		bpf_loop(STEPS_MAX, walk_loop_step, walk, 0);
	else
		for (int step = 0; step < STEPS_MAX_OLD && !walk_step(walk, false); step++)
			FORGET(walk);
	if (walk->done < walk->end)
		walk->reason = REASON_SKIP_CAPTURE;
}

static __always_inline void spend(struct conn *conn, u32 direction, u32 bytes)
{
	conn->run[direction] += bytes;
	conn->undecided[direction] += bytes;
	turn(conn, direction);
}

static __always_inline void fill_walk(struct walk *walk, const struct conn *conn, const struct src *src)
{
	walk->conn = conn->id;
	walk->time = now();
	walk->tgid = src->tgid;
	walk->direction = src->direction;
	walk->lane = conn->ktls == KTLS_BOTH ? LANE_PLAIN : LANE_WIRE;
}

/* The other end has closed: nothing follows in this direction. */
static __always_inline void submit_end(struct conn *conn, struct sock *sk, const struct src *src)
{
	struct walk walk = {.flags = DATA_END};

	if (!conn->announced || !(READ(sk, sk_shutdown) & RCV_SHUTDOWN))
		return;
	fill_walk(&walk, conn, src);
	walk.position = conn->position[src->direction & 1];
	submit_length(&walk, 0, REASON_EMITTED);
}

static __always_inline void ship(struct conn *conn, const struct src *src, const struct plan *plan, struct walk *walk,
				 bool looped)
{
	u32 direction = src->direction & 1;

	walk->withheld = plan->withheld;
	walk->reason = plan->reason;
	walk->end = (u64)plan->withheld + plan->room;
	if (walk->end > src->bytes)
		walk->end = src->bytes;
	walk->from = walk->segment_at = src->base;
	walk->segments = src->segments;
	walk->skip = src->skip;
	walk->in_kernel = src->in_kernel & IN_KERNEL_SEGMENTS;
	walk->left = src->segments ? 0 : src->bytes;
	FORGET(walk);
	if (plan->room)
		walk_all(walk, looped);
	if (walk->withheld && walk->done >= walk->withheld)
		account(REASON_SKIP_VERDICT, walk->withheld);
	spend(conn, direction, walk->done > walk->withheld ? walk->done - walk->withheld : 0);
	if (walk->done < src->bytes)
		submit_length(walk, src->bytes - walk->done, walk->reason);
}

/* `walk` stands at the first byte of the call. */
static __always_inline void submit_walk(struct conn *conn, struct sock *sk, const struct src *src, struct walk *walk,
					bool looped)
{
	u32 direction = src->direction & 1;
	u64 first[2], start = walk->position;
	struct plan plan = {};

	fill_walk(walk, conn, src);
	CALL(plan_call(&plan, conn, src, start, walk->time));
	FORGET(&plan);
	if (plan.silent) {
		account(REASON_SKIP_VERDICT, src->bytes);
		turn(conn, direction);
		return;
	}
	first[0] = direction == DIRECTION_SEND ? start : conn->position[0];
	first[1] = direction == DIRECTION_RECV ? start : conn->position[1];
	if (conn->announced != src->tgid && !announce(conn, sk, src, first, &walk->peer)) {
		account(REASON_LOST_CONTROL, src->bytes);
		return;
	}
	ship(conn, src, &plan, walk, looped);
}

/* Of kTLS: alerts and parts of handshakes tell what they are in a control message. */
static __noinline bool is_control_record(const struct src *src)
{
	struct record_message message = {};

	if (!src->control)
		return false;
	if (src->in_kernel & IN_KERNEL_SEGMENTS && src->direction == DIRECTION_SEND)
		bpf_probe_read_kernel(&message, sizeof(message), (void *)src->control);
	else
		bpf_probe_read_user(&message, sizeof(message), (void *)src->control);
	return message.cmsg_level == SOL_TLS && message.record != RECORD_DATA;
}

/* Encrypted by the kernel one way only: nobody can follow that. The positions are those of the ciphertext. */
static __always_inline void hide_ciphertext(const struct conn *conn, struct sock *sk, struct src *src)
{
	src->bytes = kernel_position(conn, sk, src->direction) - conn->position[src->direction & 1];
	src->after = 0;
	src->segments = NO_BUFFER;
}

static __always_inline void submit_call(struct conn *conn, struct sock *sk, struct src *src, bool looped)
{
	struct walk walk = {.flags = DATA_START};

	if (conn->ktls == KTLS_BOTH) {
		if (is_control_record(src))
			return;
	} else if (conn->ktls & 1 << (src->direction & 1)) {
		hide_ciphertext(conn, sk, src);
		if (!src->bytes)
			return;
	}
	walk.position = advance(conn, sk, src->direction & 1, src->bytes, src->after);
	submit_walk(conn, sk, src, &walk, looped);
}

static __always_inline void submit_to(struct src *src, bool looped)
{
	struct sock *sk = (struct sock *)src->sk;
	struct conn *conn = conn_of(sk);

	if (conn && conn->mode == MODE_OPEN)
		conn->mode = first_mode(sk);
	if (!conn)
		account(REASON_LOST_MAP, src->bytes);
	else if (conn->shed)
		account(REASON_LOST_SHED, src->bytes);
	else if (src->bytes)
		submit_call(conn, sk, src, looped);
	else
		submit_end(conn, sk, src);
}

__noinline int submit_looped(struct src *src)
{
	if (src)
		submit_to(src, true);
	return 0;
}

static __noinline int submit_unrolled(struct src *src)
{
	submit_to(src, false);
	return NOTHING;
}

/* The one way in, for a process and a socket in scope: a call moved `src->bytes` (0: it reported the end of the stream). */
static __always_inline void submit_data(struct src *src, bool looped)
{
	if (looped)
		submit_looped(src);
	else
		CALL(submit_unrolled(src));
}

#endif
