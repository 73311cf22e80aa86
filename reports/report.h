/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report of `analyze`: what was read and written, by region and by file, and how it was aligned.  Plain
   data, from an analysis or from the parts of several; only the files of an analysis are made when they are
   asked for. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include "analyzer/analysis.h"
#include "base/pool.h"
#include "base/text.h"
#include "layout/fs.h"

#include <stdbool.h>
#include <stdint.h>

/* Strings belong to the report's pool, or outlive it; numbers that only put things in order are `order`. */
struct report_region {
	const char *device;
	const char *fs; /* NULL where there is none */
	enum kind kind;
	uint64_t order; /* regions of one map differ in it */
	struct counters counters;
};

struct report_file {
	const char *device;
	const char *path; /* as stored */
	uint64_t inode;
	uint32_t order; /* of its file system; with the inode, files of one map differ in it */
	const struct counters *counters;
};

struct report_cause {
	uint64_t requests; /* 0 when there were none of this cause */
	uint64_t first;    /* the number of the access that `detail` is of */
	const char *detail;
};

struct report_device {
	const char *name;
	uint32_t order;
	uint64_t writes, unaligned, partial_blocks;
	struct report_cause causes[CAUSES];
};

struct report_trace {
	const char *file, *format;
	const char *event;       /* NULL where there is one a request */
	const char *device;      /* that was asked for, or NULL */
	const char *relative_to; /* NULL for the disk */
	uint64_t sectors;        /* the size that it states, 0 if it does not */
	const char *identity; /* what proves what it is of (enum fit_proof); NULL where that was not asked */
	uint64_t accesses, windows, outside;
	uint64_t past; /* left out like those outside, as in struct analysis */
	uint64_t stray_ons, stray_offs;
	uint64_t beyond, elsewhere; /* as in struct analysis */
	bool marked, all;
};

struct report_disk {
	const char *file; /* NULL without a disk */
	uint64_t sectors;
	uint64_t base_sectors; /* of what the trace is relative to */
	const char
	    *identity; /* of a part: the words by which the disk is known; "" or NULL where there are none */
};

struct report {
	struct report_trace trace;
	struct report_disk disk;
	uint64_t unit_sectors;
	struct counters totals;
	VEC(struct report_region) regions;
	VEC(struct report_file) files; /* of parts; those of an analysis are made when they are asked for */
	const struct usage *usage;     /* of that analysis, else NULL */
	unsigned threads;              /* how many may work for a renderer; 0 is one */
	VEC(struct report_device) devices;
	VEC(const char *) trace_notes;
	VEC(const char *) disk_notes;
	const char *derived; /* what the trace's sectors count from and why, where nobody said it; or NULL */
	VEC(const char *) fit_warnings;
	VEC(const char *) warnings; /* these, and what the numbers give cause to warn of */
	VEC(const char *) notes;    /* all of them, and what the numbers give cause to say */
	struct pool strings;
	struct counters *file_counters; /* of the files, where they are the report's own; owned */
};

/* From an analysis, which must outlive the report; 0, or -1 without memory. */
int report_init(struct report *report, const struct trace *trace, const char *disk_path,
		const struct map *map, const struct analysis *analysis, struct err *err);
void report_done(struct report *report);

/* The files, in their order.  What an item points to is in the report or in the room, so it is gone with the
   next one for the same room. */
struct report_room {
	char path[FS_PATH_MAX];
	struct counters counters;
};

size_t report_files(const struct report *report);
uint32_t report_file_order(const struct report *report, size_t i);
void report_file(const struct report *report, size_t i, struct report_file *file, struct report_room *room);

/* Fetches the memory for a file that will be asked for soon, in two steps between which other things may be
   done. */
void report_expect_file(const struct report *report, size_t i, unsigned step);

/* Makes `warnings` and `notes` of all else that is there; 0, or -1 without memory. */
int report_make_notes(struct report *report, struct err *err);

/* For a terminal of `width` columns; 0, or -1 without memory. */
int report_text(struct text *out, const struct report *report, unsigned width, struct err *err);

/* Takes a part of a long text and leaves it empty; 0, or a positive number when no more is wanted. */
typedef int report_flush(struct text *text);

/* The contract's document, with a line end, all in `out` or, where flush is not NULL, through it; 0, or -1
   without memory, or what flush has said. */
int report_json(struct text *out, const struct report *report, report_flush *flush, struct err *err);

/* Why writes are off the unit, in one sentence. */
void blame_text(struct text *out, const struct blame *blame, uint64_t unit_sectors);

#endif
