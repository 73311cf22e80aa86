/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The output formats of blkparse's -f option, used the other way round: to read. */
#ifndef TRACE_FORMATS_BLKPARSE_LAYOUT_H
#define TRACE_FORMATS_BLKPARSE_LAYOUT_H

#include "trace/input/input.h"

/* The parts of an event, pointing into its line. */
struct blkparse_event {
	uint64_t major, minor, pid, sector, sectors;
	int64_t time_ns;
	const char *device, *action, *rwbs;
	size_t device_len, action_len, rwbs_len;
	char device_text[48]; /* what device points to where the line has major and minor apart */
	const char *bracket;  /* the command, or of a completion the error */
	size_t bracket_len;
};

struct layout;

/* From the format string; NULL with an error where it lacks what is needed. */
struct layout *layout_new(const char *format, struct err *err);
void layout_free(struct layout *layout);

/* A line into its parts: 1, or -1 on an error. */
int layout_scan(const struct layout *layout, const struct line *line, struct blkparse_event *event,
		struct err *err);

#endif
