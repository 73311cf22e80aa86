/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace, read by several threads at once: each takes the next batch, and what only one can do (reading
   the file, telling marks) is done in turns.  The batches are the same for any number of threads. */
#ifndef TRACE_STREAM_H
#define TRACE_STREAM_H

#include "trace/input/input.h"
#include "trace/window.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* One thread's; starts zeroed. */
struct batch {
	struct access *at; /* in order, each with its `window` set */
	size_t n, cap;
	uint64_t number;    /* of this batch, from 0, without gaps */
	uint64_t before[4]; /* accesses of the trace before this batch, by enum access_window */
	uint64_t first;     /* the number in the trace of the first access as it was read */
	struct input_lines lines;
};

/* What a piece alone cannot tell of its accesses: whether they are marks. */
struct stream_edges {
	VEC(struct access) lead; /* from the start to the first that is surely in no mark */
	VEC(struct access) mark; /* the first mark: what state the trace was in is not known */
	VEC(struct access) tail; /* what may be the beginning of a mark */
	bool synced;             /* the lead has ended */
	bool marked;             /* the first mark has been met */
};

/* How many accesses that count come before a batch: all but the marks' own with `all`; else those in windows
   when the trace is `marked`. */
static inline uint64_t batch_counted_before(const struct batch *batch, bool all, bool marked)
{
	if (all)
		return batch->before[WINDOW_UNMARKED] + batch->before[WINDOW_INSIDE] +
		       batch->before[WINDOW_OUTSIDE];
	return batch->before[marked ? WINDOW_INSIDE : WINDOW_UNMARKED];
}

struct stream {
	struct trace *trace;
	struct stream_edges *edges; /* NULL for a whole trace, whose marks can be told */
	struct input *input;        /* the trace's own, while lines are parsed apart */
	struct window window;
	uint64_t before[4];
	uint64_t read; /* accesses, in the whole trace */
	uint64_t lines;
	uint64_t turn, next; /* batch numbers: whose turn it is, and the next to be read */
	bool read_all;       /* nothing is left to be read */
	bool failed;
	pthread_mutex_t reading, turns;
	pthread_cond_t turned;
};

/* Starts at the trace's present place; the trace is not used otherwise until stream_done. */
void stream_init(struct stream *stream, struct trace *trace);
void stream_done(struct stream *stream);

/* The next batch, which may be empty: 1, 0 at the end or after an error, -1 on an error: one call tells
   it. */
int stream_next(struct stream *stream, struct batch *batch, struct err *err);

void batch_free(struct batch *batch);

#endif
