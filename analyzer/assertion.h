/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An assertion: a figure of what passes a filter, and what it must be.

     requests(io.op == write && !io.aligned) == 0
     bytes(region.kind == "journal") < 30%
     p99(io.op == write) <= 20ms

   A percentage is of the same figure over all writes, or over all accesses of the operations that the filter
   names, and counts only what passes of these. */
#ifndef ANALYZER_ASSERTION_H
#define ANALYZER_ASSERTION_H

#include "analyzer/histogram.h"
#include "analyzer/statistic.h"
#include "query/filter.h"

#define ASSERTIONS_MAX 64

enum figure { FIGURE_REQUESTS, FIGURE_BYTES, FIGURE_P50, FIGURE_P90, FIGURE_P99, FIGURE_MAX, FIGURES };
enum sign { SIGN_EQUAL, SIGN_UNEQUAL, SIGN_AT_MOST, SIGN_AT_LEAST, SIGN_LESS, SIGN_MORE, SIGNS };

struct assertion {
	const char *text;
	enum figure figure;
	enum sign sign;
	struct filter *filter; /* owned */
	bool is_share;
	unsigned ops;  /* 1 << enum access_op: of what it is a share */
	int64_t value; /* requests, bytes, nanoseconds; of a share, millionths of a percent */
};

/* 0, or -1 with *at, the byte of the text that is wrong. assertion_done also after that. */
int assertion_parse(struct assertion *assertion, const char *text, size_t *at, struct err *err);
void assertion_done(struct assertion *assertion);

/* What was counted for one. */
struct assertion_count {
	const struct assertion *of;
	struct filter_run run;
	filter_verdict verdict; /* on the access that is counted */
	bool in_share, counted; /* of that access */
	uint64_t requests, bytes, all_requests, all_bytes;
	struct histogram latency;
};

struct assertion_state {
	struct assertion_count at[ASSERTIONS_MAX];
	unsigned n;
	uint64_t unit_sectors;
	bool short_of_memory;
};

/* A statistic that counts for several; it is to be counted beside the others, and has no results but its
   state. */
struct assertions {
	struct statistic statistic; /* first: who has this has the rest */
	const struct assertion *at;
	unsigned n;
};

void assertions_init(struct assertions *assertions, const struct assertion *at, unsigned n);

/* The figure; false where nothing was measured. */
bool assertion_figure(const struct assertion_count *count, int64_t *figure);

/* Whether it holds: not where nothing was measured. */
bool assertion_holds(const struct assertion_count *count);

#endif
