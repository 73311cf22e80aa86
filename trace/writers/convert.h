/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace in one format becomes a file in another. */
#ifndef TRACE_WRITERS_CONVERT_H
#define TRACE_WRITERS_CONVERT_H

#include "trace/writers/writer.h"

struct convert_options {
	const struct writer_format *to;
	uint64_t sectors; /* the disk's size, where the trace does not state it; 0 when nobody knows */
	const struct identity *identity; /* of the disk, besides what the trace says; or NULL */
	const char *device;              /* a name for the device instead of the trace's; NULL to keep that */
	bool windows;                    /* only what lies within the qtrace marks, and these */
	struct outfile_options output;
	/* NULL, or which of the accesses are wanted, by their number in the trace. */
	bool (*wanted)(void *context, const struct access *access, uint64_t number);
	void *context;
};

struct convert_result {
	uint64_t accesses;     /* that were written */
	uint64_t lost[LOSSES]; /* by enum loss */
};

/* Reads the trace from its start, twice, and writes path.  An error in reading names the place in the
   trace, one in writing does not: `writing` says which it was. */
int convert(struct trace *trace, const char *path, const struct convert_options *options,
	    struct convert_result *result, bool *writing, struct err *err);

#endif
