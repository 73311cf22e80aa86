/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's block tracepoints with the names of their fields, as two tools print them:

     MILLISECONDS COMMAND/TID block:EVENT(dev: N, sector: N, nr_sector: N, ..., rwbs: "WS", comm: "dd", ...)
     [TIME] (+DELTA) HOST EVENT: { cpu_id = N }, { dev = N, sector = N, nr_sector = N, ..., rwbs = N, ...,
   comm = "dd" }

   the first perf trace, which leaves out what is 0, the second babeltrace of what LTTng records, whose rwbs
   is a number (lttng-modules, instrumentation/events/block.h). */
#ifndef TRACE_FORMATS_NAMED_EVENT_H
#define TRACE_FORMATS_NAMED_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/access.h"

struct named_event {
	const char *name, *name_end; /* block_... */
	int64_t time_ns;
	uint64_t pid, sector, sectors, device;
	const char *comm;
	size_t comm_len;
	bool failed;
	int counts;           /* as rwbs_parse */
	struct access access; /* its op and flags */
	char rwbs[16];
};

/* Whether the line is such an event, complete or not; then `*whole` tells whether it could be taken apart. */
bool named_event_scan(const char *text, struct named_event *event, bool *whole);

#endif
