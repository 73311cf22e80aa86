/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `analyze --partial` has counted of a piece of a trace, to be merged with the other pieces'.

   Of a piece that is read alone it is not known whether its first accesses lie in a window, nor whether those
   at its borders belong to a mark that begins or ends in the neighbour.  So a part keeps apart what it has
   counted before and behind its first mark, and each of the few accesses that may be marks. */
#ifndef PARTS_PART_H
#define PARTS_PART_H

#include "reports/report.h"

#include <stdbool.h>
#include <stdint.h>

#define PART_VERSION 2

/* An access that may be in a mark, and what it counts for if it is not. */
struct part_atom {
	struct access access;
	struct report counts;
};

struct part_atoms {
	VEC(struct part_atom) list;
};

struct part {
	/* The head of the report, with the notes; its counts are those behind the first mark, or all that
	   there are when the part was not read alone. */
	struct report body;
	bool alone;
	unsigned number, of;    /* the number-th of so many pieces; 0 where the piece was a file of its own */
	uint64_t digest, bytes; /* of the piece's file, or of the beginning and the size of the whole trace's;
				   0 where they are not known */
	const char *name;       /* what messages call it; not owned */
	bool on;                /* how the piece ends, when it has marks (body.trace.marked) */
	struct report head;     /* before the first mark */
	struct part_atoms lead, mark, tail;
	VEC(struct analysis *) analyses; /* that the reports are of; owned */
};

/* Counts a piece: trace->options say which.  0, or -1 with nothing to be freed. */
int part_make(struct part *part, struct trace *trace, const char *disk_path, const struct map *map,
	      const struct analysis_options *options, struct err *err);
void part_done(struct part *part);

/* The bytes of its file (JSON; rows of numbers for what there is much of); 0, or -1 without memory. */
int part_write(struct text *out, const struct part *part, struct err *err);

/* From these bytes; 0, or -1 with what is wrong and nothing to be freed. */
int part_read(struct part *part, const char *bytes, size_t len, struct err *err);

#endif
