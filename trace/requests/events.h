/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's block events, from blktrace, blkparse or ftrace: a request is queued, issued to the
   device and completed, and each of the three is told.  One of them counts; the others lend their
   times.  What is lost, out of order or unfinished is counted and becomes a note. */
#ifndef TRACE_REQUESTS_EVENTS_H
#define TRACE_REQUESTS_EVENTS_H

#include "trace/trace.h"

struct event {
	struct access access; /* of a completion: what is completed, ACCESS_FAILED where it failed */
	enum trace_stage stage;
	char
	    zone; /* 'F', 'O', 'C': it finishes, opens or closes a zone, which is no access, but counted; else 0 */
};

/* The next event of the trace into *event (whose access is blank): 1, 0 at the end, -1 on an error. */
typedef int event_reader(struct trace *trace, struct event *event, struct err *err);

#define EVENTS_OPTION "queue, issue, complete"

struct events;

/* `late_ns`: an event that is older than the newest by more than this does not come late; the clock
   has been set back. */
struct events *events_new(struct trace *trace, event_reader *next, int64_t late_ns, struct err *err);
void events_free(struct events *events);

/* As trace_format.read. */
long events_read(struct events *events, struct access *batch, size_t n, struct err *err);

/* For the reader: the trace itself says that it has lost so many events. */
void events_lost(struct events *events, uint64_t n);

#endif
