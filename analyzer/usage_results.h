/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who was read and written, as plain data. The files of an analysis get their paths and counters when
   somebody asks, since there may be a million and a page of text shows forty. */
#ifndef ANALYZER_USAGE_RESULTS_H
#define ANALYZER_USAGE_RESULTS_H

#include "analyzer/statistic.h"
#include "analyzer/usage.h"
#include "base/keys.h"
#include "base/pool.h"
#include "layout/fs.h"

/* Numbers that only put things in order are `order`. */
struct region_result {
	const char *device;
	const char *fs; /* NULL where there is none */
	enum kind kind;
	uint64_t order; /* regions of one map differ in it */
	struct counters counters;
};

struct file_result {
	const char *device;
	const char *path; /* as stored */
	uint64_t inode;
	uint32_t owner;      /* as the map has it: two lives of one inode differ in it */
	uint32_t generation; /* of an inode with a history */
	bool has_generation, deleted;
	uint32_t order; /* of its file system; with the owner, files of one map differ in it */
	uint64_t known; /* of usage_rest.least, what is of parts that have the file */
	const struct counters *counters;
};

/* What parts that were cut to their heaviest files have of all others. A file that such a part lacks has in it at
   most as many sectors, of all operations, as the last one that it has. */
struct usage_rest {
	uint64_t files; /* of all parts: a file that several have left out counts in each */
	struct counters counters;
	uint64_t least; /* sectors of the last one, of all parts that were cut */
};

struct usage_results {
	struct counters totals;
	struct usage_dated dated; /* no labels where no clock is known */
	VEC(struct region_result) regions;
	VEC(struct file_result) files;      /* of parts, without their */
	VEC(struct counters) file_counters; /* counters, which stand here */
	struct usage_rest rest;             /* zeroes where no part was cut */
	size_t cut;                         /* pack only the heaviest files of an analysis; 0 for all */
	const struct usage *usage;          /* whose files they are, of an analysis; else NULL */
	struct keys region_index, file_index;
	struct pool strings;
};

/* The files, in their order. What an item points to is in the results or in the room, so it is gone with the
   next one for the same room. */
struct file_room {
	char path[FS_PATH_MAX];
	struct counters counters;
};

/* How many labels are uncertain, for whatever reason. */
uint64_t usage_dated_uncertain(const struct usage_dated *dated);

size_t usage_results_files(const struct usage_results *results);
uint32_t usage_results_file_order(const struct usage_results *results, size_t i);
void usage_results_file(const struct usage_results *results, size_t i, struct file_result *file,
			struct file_room *room);

/* How many sectors a file may have more than its counters say, since parts were cut. */
static inline uint64_t usage_results_error(const struct usage_results *results,
					   const struct file_result *file)
{
	return results->rest.least > file->known ? results->rest.least - file->known : 0;
}

/* Fetches the memory for a file that will be asked for soon, in two steps between which other things may be
   done. */
void usage_results_expect_file(const struct usage_results *results, size_t i, unsigned step);

#endif
