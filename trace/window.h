/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The qtrace marks: four single-sector reads, 2 21 15 2 for "on" and 2 15 21 2 for "off", that
   libguestfs' `debug qtrace DEVICE on|off` makes, with nothing but flushes between them
   (libguestfs daemon/debug.c and contrib/visualize-alignment). */
#ifndef TRACE_WINDOW_H
#define TRACE_WINDOW_H

#include "base/err.h"
#include "base/vec.h"
#include "trace/trace.h"

#define WINDOW_MARK_READS 4

struct window {
	struct trace *trace;
	VEC(struct access) queue; /* read, and perhaps part of a mark */
	size_t ready;             /* the first so many of the queue are decided */
	size_t from;              /* the first not yet handed out */
	bool at_end;
	bool on;
	bool marked;                    /* some mark has been seen */
	bool first_on;                  /* the first one was an on */
	uint64_t windows;               /* ons that opened a window */
	uint64_t stray_ons, stray_offs; /* an on within a window, an off outside */
};

/* Starts at the trace's present place, with nothing marked. */
void window_init(struct window *window, struct trace *trace);
void window_done(struct window *window);

/* What comes next, for those who read the trace themselves: takes in a copy of some accesses, and hands out
   what is decided.  0, or -1 without memory. */
int window_put(struct window *window, const struct access *batch, size_t n, struct err *err);
size_t window_take(struct window *window, struct access *batch, size_t n);

/* No more accesses will come, so all are decided. */
void window_end(struct window *window);

/* An access comes that is in no mark, though it is not put in: all that came before are decided. */
void window_break(struct window *window);

/* What an access is that is no part of a mark. */
enum access_window window_state(const struct window *window);

/* Whether no access is undecided: then accesses of which none may begin a mark need not be put in. */
static inline bool window_is_idle(const struct window *window)
{
	return window->from == window->queue.n;
}

static inline bool window_may_begin(const struct access *access)
{
	return access->start == 2 && access->count == 1 && access->op == ACCESS_READ;
}

/* Whether an access may be a part of a mark.  One that is not decides all before it. */
static inline bool window_may_hold(const struct access *access)
{
	if (access->op == ACCESS_FLUSH)
		return true;
	return access->op == ACCESS_READ && access->count == 1 && (access->flags & ACCESS_RAGGED) == 0 &&
	       (access->start == 2 || access->start == 15 || access->start == 21);
}

/* The next accesses in order, each with its `window` set; how many, 0 at the end, -1 on an error. */
long window_read(struct window *window, struct access *batch, size_t n, struct err *err);

/* Reads ahead to whether there are marks at all and starts again: 1, 0, or -1 on an error. */
int window_any(struct trace *trace, struct err *err);

#endif
