/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the qtrace marks in a stream of accesses, keeping only what may be part of one. */
#include "trace/window.h"

#include <string.h>

#define READ_BATCH 1024

static const uint64_t mark_on[WINDOW_MARK_READS] = {2, 21, 15, 2};
static const uint64_t mark_off[WINDOW_MARK_READS] = {2, 15, 21, 2};

enum match { MATCH_NONE, MATCH_PARTIAL, MATCH_ON, MATCH_OFF };

void window_init(struct window *window, struct trace *trace)
{
	memset(window, 0, sizeof(*window));
	window->trace = trace;
}

void window_done(struct window *window)
{
	VEC_FREE(&window->queue);
}

enum access_window window_state(const struct window *window)
{
	if (!window->marked)
		return WINDOW_UNMARKED;
	return window->on ? WINDOW_INSIDE : WINDOW_OUTSIDE;
}

/* Holds the undecided accesses from `at` on against both marks; *end is behind the mark's last read. */
static enum match match_at(const struct window *window, size_t at, size_t *end)
{
	bool may_on = true, may_off = true;
	unsigned seen = 0;

	for (size_t i = at; i < window->queue.n; i++) {
		const struct access *access = &window->queue.at[i];

		if (access->op == ACCESS_FLUSH && seen > 0)
			continue;
		if (access->op != ACCESS_READ || access->count != 1 || (access->flags & ACCESS_RAGGED))
			return MATCH_NONE;
		may_on = may_on && access->start == mark_on[seen];
		may_off = may_off && access->start == mark_off[seen];
		if (!may_on && !may_off)
			return MATCH_NONE;
		if (++seen == WINDOW_MARK_READS) {
			*end = i + 1;
			return may_on ? MATCH_ON : MATCH_OFF;
		}
	}
	return MATCH_PARTIAL;
}

static void take_mark(struct window *window, size_t end, bool on)
{
	/* A flush between the reads of a mark lies where the mark begins. */
	enum access_window before =
	    window_state(window) == WINDOW_UNMARKED ? WINDOW_OUTSIDE : window_state(window);

	for (size_t i = window->ready; i < end; i++)
		window->queue.at[i].window = window->queue.at[i].op == ACCESS_FLUSH ? before : WINDOW_MARK;
	window->ready = end;
	if (!window->marked)
		window->first_on = on;
	window->marked = true;
	if (on && !window->on)
		window->windows++;
	else if (on)
		window->stray_ons++;
	else if (!window->on)
		window->stray_offs++;
	window->on = on;
}

/* Decides what can be decided of the queue. */
static void decide(struct window *window)
{
	while (window->ready < window->queue.n) {
		size_t end = 0;
		enum match match = match_at(window, window->ready, &end);

		if (match == MATCH_PARTIAL && !window->at_end)
			return;
		if (match == MATCH_ON || match == MATCH_OFF) {
			take_mark(window, end, match == MATCH_ON);
		} else {
			window->queue.at[window->ready].window = (uint8_t)window_state(window);
			window->ready++;
		}
	}
}

/* Room behind the undecided accesses, which move to the front. */
static int make_room(struct window *window, size_t n, struct err *err)
{
	size_t kept = window->queue.n - window->from;

	if (kept > 0)
		memmove(window->queue.at, window->queue.at + window->from, kept * sizeof(struct access));
	window->queue.n = kept;
	window->ready -= window->from;
	window->from = 0;
	if (vec_reserve((void **)&window->queue.at, &window->queue.cap, kept + n, sizeof(struct access)) != 0)
		return err_nomem(err);
	return 0;
}

int window_put(struct window *window, const struct access *batch, size_t n, struct err *err)
{
	if (make_room(window, n, err) != 0)
		return -1;
	if (n > 0)
		memcpy(window->queue.at + window->queue.n, batch, n * sizeof(*batch));
	window->queue.n += n;
	decide(window);
	return 0;
}

void window_end(struct window *window)
{
	window->at_end = true;
	decide(window);
}

void window_break(struct window *window)
{
	bool at_end = window->at_end;

	window_end(window);
	window->at_end = at_end;
}

size_t window_take(struct window *window, struct access *batch, size_t n)
{
	size_t part = window->ready - window->from < n ? window->ready - window->from : n;

	if (part > 0)
		memcpy(batch, window->queue.at + window->from, part * sizeof(*batch));
	window->from += part;
	return part;
}

static int read_more(struct window *window, struct err *err)
{
	long got;

	if (make_room(window, READ_BATCH, err) != 0)
		return -1;
	got = trace_read(window->trace, window->queue.at + window->queue.n, READ_BATCH, err);
	if (got < 0)
		return -1;
	window->queue.n += (size_t)got;
	window->at_end = got == 0;
	decide(window);
	return 0;
}

long window_read(struct window *window, struct access *batch, size_t n, struct err *err)
{
	while (window->from == window->ready && !window->at_end)
		if (read_more(window, err) != 0)
			return -1;
	return (long)window_take(window, batch, n);
}

int window_any(struct trace *trace, struct err *err)
{
	struct access batch[READ_BATCH];
	struct window window;
	long got = 0;

	window_init(&window, trace);
	while (!window.marked && (got = window_read(&window, batch, READ_BATCH, err)) > 0)
		;
	window_done(&window);
	if (got < 0 || trace_rewind(trace, err) != 0)
		return -1;
	return window.marked;
}
