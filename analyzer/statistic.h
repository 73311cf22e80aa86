/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A statistic: what is counted of the accesses, in a file of its own. Each thread has a state, which is told
   of the accesses; the states of all threads are merged. What comes of them are results: plain data without
   the map, which reports show, and which parts of a trace carry as bytes and merge.

   Adding one: its file, its line in analyzer/statistics.c, how it is shown and its line in reports/shown.c.
   The tests name what is missing then (tests/unit/statistic_test.c, tests/setup/docs.test). */
#ifndef ANALYZER_STATISTIC_H
#define ANALYZER_STATISTIC_H

#include "analyzer/bins.h"
#include "base/err.h"
#include "base/pack.h"
#include "layout/map.h"
#include "trace/access.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock;
struct filter;
struct statistic;
struct trace;

/* What all statistics know when they begin. */
struct statistic_setup {
	const struct map *map;
	const struct space *base;  /* what the trace's addresses count from */
	uint64_t unit_sectors;     /* of alignment */
	const struct clock *clock; /* of the trace, or NULL: labels are the image's then */
	const struct trace
	    *trace; /* for its names, or NULL: of single accesses that are counted without one */
	const struct filter *filter;   /* that pieces pass, or NULL */
	const struct statistic *asked; /* the one that begins: what it was asked with */
	bool only_places;              /* of pictures: nobody will ask when something was accessed */
};

/* What it needs of a trace. Without times, latencies or processes it has nothing to count, which reports say.
   One that needs the order of the accesses is counted by one thread. */
enum statistic_needs { NEEDS_TIME = 1, NEEDS_LATENCY = 2, NEEDS_PROCESS = 4, NEEDS_ORDER = 8 };

/* A usual access (see analyzer/usual.h) and where it lies. */
struct usual_place {
	const struct usual *usual;
	const struct space *space;
	const struct extent *extent;
	uint64_t at; /* where it begins in the space */
	unsigned index;
	bool in_ext;
};

/* Functions that are NULL have nothing to do. Those without a result set the state's own flag when memory is
   short, and finish tells. */
struct statistic {
	const char *name; /* a word, as in options and in parts */
	const char *help;
	unsigned needs; /* of enum statistic_needs */

	/* --- what it was asked with: "by=region.kind" of "io,by=region.kind" --- */
	/* Whether that makes sense: 0 or -1. NULL: it takes nothing. */
	int (*check)(const char *arguments, struct err *err);
	const char *arguments;       /* of a copy from statistic_ask; NULL in the table */
	const char *question;        /* with its name; NULL in the table */
	const struct statistic *row; /* of the table; NULL there */

	/* --- counting --- */
	size_t state_size;
	/* The state is zeroed; 0, or -1 without memory. */
	int (*init)(void *state, const struct statistic_setup *setup);
	void (*done)(void *state);
	/* Some accesses that all count, as they lie on the disk; the first is the number-th (from 0) that is
	   counted in the trace. Extents of one access share its number. */
	void (*extents)(void *state, const struct access *const *accesses, unsigned n, uint64_t number);
	/* An access begins, and then each of its places, cut to it; a flush has none. */
	void (*access)(void *state, const struct access *access, uint64_t number);
	void (*place)(void *state, const struct access *access, const struct place *place);
	/* The same for a usual access, all at once and in any order. Where a statistic has access or place
	   and not this, no access is taken for usual while it is counted. */
	void (*usual)(void *state, const struct usual_place *place);
	void (*merge)(void *state, void *other); /* the other's counts may be gone afterwards */
	void (*reset)(void *state);              /* forgets all counts */
	/* Nothing is counted or merged any more; 0, or -1 when memory was short at any time. */
	int (*finish)(void *state);

	/* --- results; a statistic without `take` has none but its state --- */
	size_t results_size;
	/* Makes results ready of what was asked; the results are zeroed. NULL: nothing is to be done. */
	void (*begin)(void *results, const struct statistic *asked);
	/* Into zeroed results, from a finished state that outlives them; 0, or -1 without memory. */
	int (*take)(void *results, const void *state, const struct statistic_setup *setup);
	void (*results_done)(void *results);
	void (*pack)(struct text *out, const void *results);
	/* Adds what `pack` has written. `behind`: it comes of accesses behind all those that are there. 0; 1
	   when it is of another disk than what is there, -1 without memory. Bytes that make no sense are left
	   bad. */
	int (*unpack)(void *results, struct unpack *bytes, bool behind);
	void (*results_reset)(void *results);
	int (*sort)(void *results); /* when all is added: as `take` orders them; 0, or -1 without memory */
};

#define STATISTICS_MAX 16

/* A statistic with its state or its results. The first COUNTED_OWN of a list are always usage and alignment,
   and lie in fields of who has the list; the others are allocated. */
#define COUNTED_OWN 2
struct counted {
	const struct statistic *of;
	void *at;
};

extern const struct statistic statistic_usage, statistic_alignment, statistic_heat;

/* All of them; the last is NULL. */
extern const struct statistic *const statistics[];

/* The one of that name, or NULL. */
const struct statistic *statistic_named(const char *name);

/* "NAME" is the table's own; "NAME,ARGUMENTS" a copy that knows them. NULL with the error: there is no such
   one, or its arguments make no sense. */
const struct statistic *statistic_ask(const char *question, struct err *err);
void statistic_unask(const struct statistic *asked); /* frees a copy; takes NULL */

/* The question as it was put. */
static inline const char *statistic_question(const struct statistic *statistic)
{
	return statistic->question != NULL ? statistic->question : statistic->name;
}

/* Whether two are the same question. */
bool statistic_same(const struct statistic *a, const struct statistic *b);

static inline const struct statistic *statistic_row(const struct statistic *statistic)
{
	return statistic->row != NULL ? statistic->row : statistic;
}

/* What one of n is counted in, or NULL. */
static inline void *counted_find(const struct counted *counted, unsigned n, const struct statistic *statistic)
{
	for (unsigned i = 0; i < n; i++)
		if (counted[i].of == statistic)
			return counted[i].at;
	return NULL;
}

#endif
