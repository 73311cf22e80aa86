/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of ftrace's text, taken apart: the prefix, the name of a block tracepoint, and its payload; the layouts are in
   trace/formats/ftrace.c. */
#ifndef TRACE_FORMATS_FTRACE_EVENT_H
#define TRACE_FORMATS_FTRACE_EVENT_H

#include "trace/requests/events.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ftrace_point {
	const char *name;
	enum trace_stage stage;
	bool has_bytes; /* BYTES before the CDB */
	bool has_cdb;
};

/* The prefix of an event, from its name backwards, because commands may hold anything. */
struct ftrace_prefix {
	int64_t time_ns;
	uint64_t pid;
	const char *comm;
	size_t comm_len;
};

/* What follows an event's name. */
struct ftrace_payload {
	const char *device, *rwbs, *bracket, *bracket_end;
	size_t device_len, rwbs_len;
	uint64_t sector, sectors;
};

/* Where "block_...: " begins in a line, or NULL; *end is behind the colon. */
const char *ftrace_find(const char *text, const char **end);

/* NULL for a tracepoint that tells of no request; `end` as from ftrace_find. */
const struct ftrace_point *ftrace_point(const char *name, const char *end);

/* What stands before a name; what is not there stays as it was. */
bool ftrace_prefix_scan(const char *text, const char *name, struct ftrace_prefix *prefix);

bool ftrace_payload_scan(const char *at, const char *end, const struct ftrace_point *point,
			 struct ftrace_payload *payload);

#endif
