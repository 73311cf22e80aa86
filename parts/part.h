/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What `analyze --partial` has counted of a piece of a trace, to be merged with the other pieces'.

   Of a piece that is read alone it is not known whether its first accesses lie in a window, nor whether those
   at its borders belong to a mark that begins or ends in the neighbour.  So a part keeps apart what it has
   counted before and behind its first mark, and each of the few accesses that may be marks. */
#ifndef PARTS_PART_H
#define PARTS_PART_H

#include "analyzer/results.h"

#include <stdbool.h>
#include <stdint.h>

#define PART_VERSION 4

/* What was counted of some accesses: of each of the part's statistics what its `pack` has written. */
struct part_counts {
	uint64_t accesses, past, beyond, elsewhere; /* as in struct analysis */
	struct part_bytes {
		const uint8_t *at;
		size_t n;
	} of[STATISTICS_MAX];
};

/* An access that may be in a mark, and what it counts for if it is not. */
struct part_atom {
	struct access access;
	struct part_counts counts;
};

struct part_atoms {
	VEC(struct part_atom) list;
};

/* A file that pieces are of. */
struct part_source {
	const char *file;
	uint64_t digest, size; /* 0 where they are not known */
};

struct part {
	struct results about; /* of what trace and disk; nothing counted */
	const struct statistic *statistics[STATISTICS_MAX];
	unsigned nstatistics;
	bool owns_statistics; /* they are of part_read */
	bool alone;
	unsigned number, last,
	    of; /* from the number-th to the last of so many pieces; 0 where each was a file
				      of its own */
	VEC(struct part_source)
	sources;                 /* the pieces' files in order; or the trace, by its beginning and size */
	const char *machine;     /* that the trace is of */
	bool machine_told;       /* it was said, and is not just the host that counted */
	const char *name;        /* what messages call it; not owned */
	bool on;                 /* how the piece ends, when it has marks (about.trace.marked) */
	struct part_counts body; /* behind the first mark, or all that there is when it was not read alone */
	struct part_counts head; /* before the first mark */
	struct part_atoms lead, mark, tail;
	VEC(char *) bytes; /* that counts lie in and that are the part's own */
};

/* How a part is made. */
struct part_options {
	const char *machine;
	bool machine_told;
	uint64_t top; /* only so many files, the heaviest, and one rest of all others; 0 for all */
};

/* Counts a piece: trace->options say which.  What the arguments point to outlives the part. 0, or -1 with
   nothing to be freed. */
int part_make(struct part *part, struct trace *trace, const char *disk_path, const struct map *map,
	      const struct analysis_options *options, const struct part_options *made, struct err *err);
void part_done(struct part *part);

/* Appends the bytes of its file (docs/parts.md); 0, or -1 without memory. */
int part_write(struct text *out, const struct part *part, struct err *err);

/* Whether these bytes may be the first of one or several parts', which have more of them. */
bool part_goes_on(const char *bytes, size_t len);

/* Whether they begin as a part's do. */
bool part_begins(const char *bytes, size_t len);

/* How many of these bytes are those of the first of several parts that follow each other: all, where nothing
   says that there is another one. */
size_t part_first(const char *bytes, size_t len);

/* From these bytes, which outlive the part; 0, or -1 with what is wrong and nothing to be freed. */
int part_read(struct part *part, const char *bytes, size_t len, struct err *err);

#endif
