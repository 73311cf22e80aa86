/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads that work through a trace, a batch at a time. */
#ifndef ANALYZER_WORKERS_H
#define ANALYZER_WORKERS_H

#include "trace/stream.h"

struct workers_job {
	/* Any thread, while others do the same with other batches; a thread gets its batches in order. */
	void (*work)(void *worker, const struct batch *batch);
	/* NULL, or what is to be done with the outcome in the order of the batches, one at a time; -1 ends
	   all. */
	int (*deliver)(void *worker, struct err *err);
	/* NULL, or what each thread does when no batch is left for it. */
	void (*finish)(void *worker);
};

/* Reads the trace to its end with n threads, each with its own worker (workers[0 .. n-1]).  0; 1 when a
   delivery has ended it, -1 with the first error. */
int workers_run(struct stream *stream, const struct workers_job *work, void *const *workers, unsigned n,
		struct err *err);

/* Whether a trace has marks: reads ahead to the first with n threads, and starts again.  1, 0, or -1. */
int workers_find_mark(struct trace *trace, unsigned n, struct err *err);

#endif
