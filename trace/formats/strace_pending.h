/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls that have not returned: with several processes strace tells of them in two lines. */
#ifndef TRACE_FORMATS_STRACE_PENDING_H
#define TRACE_FORMATS_STRACE_PENDING_H

#include "base/err.h"
#include "base/vec.h"
#include "trace/formats/strace_call.h"

/* A call that has not returned. */
struct pending {
	uint64_t pid;
	int64_t time_ns;
	char *text; /* its line from the name to the "<unfinished" */
};

struct strace_pending {
	VEC(struct pending) list; /* the oldest first */
	uint64_t bytes, room;     /* that their texts take, and may take; 0 for no limit */
};

/* Remembers the first half; when there are too many, or too long ones, the oldest are forgotten. */
int strace_pending_put(struct strace_pending *state, const struct call *call, struct err *err);

/* The two halves of a call of this process in one text, which the caller frees; NULL without the
   first half (*err is not set) or without memory (it is). */
char *strace_pending_join(struct strace_pending *state, struct call *call, bool *failed, struct err *err);

void strace_pending_done(struct strace_pending *state);

#endif
