/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all statistics that count into a ledger have in common: a state that begins with the ledger, and a
   row's functions but those that count. */
#ifndef ANALYZER_QUESTION_H
#define ANALYZER_QUESTION_H

#include "analyzer/ledger.h"
#include "analyzer/statistic.h"
#include "query/field.h"

/* A key of `io`: a field, and how its values are put together. */
struct question_field {
	enum field_id field;
	uint64_t
	    step; /* of numbers: multiples of it; of directories and paths: so many parts; 0 for neither */
};

/* A run of bytes in one file that a request writes. */
struct question_run {
	const struct space *space;
	const struct extent *extent;
	uint64_t from, to;
};

struct question {
	struct ledger ledger; /* first */
	struct statistic_setup setup;
	struct keys known; /* rows by what they are of in numbers, plus 1 */
	uint64_t request;  /* that is told now, from 1 */
	int64_t number;    /* of the access */
	bool unaligned;
	struct question_field by[LEDGER_KEYS_MAX];
	unsigned nby;
	bool is_cached; /* rows can be known by numbers */
	uint64_t size;  /* torn: bytes */
	struct question_run run;
	struct access run_of;
	struct piece piece;
	struct text text; /* for keys */
};

extern const struct ledger_plan plan_io, plan_tx, plan_home, plan_amp, plan_size, plan_seq, plan_rewrite,
    plan_first, plan_working_set, plan_torn;

/* Begins an access: its number, and whether it is unaligned; counts it in the ledger. */
void question_access(struct question *question, const struct access *access, uint64_t number);

/* Gives the piece a place, so that fields can be asked for. */
void question_place(struct question *question, const struct access *access, const struct place *place);

/* The row of a place by (device, kind, path), of which `n` count, from the left; NULL without memory. The path
   is the image's, so that rows of parts are the same. */
struct ledger_row *question_row_of(struct question *question, const struct space *space, enum kind kind,
				   const struct extent *extent, unsigned n);

static inline struct ledger_row *question_row(struct question *question, const struct place *place,
					      unsigned n)
{
	return question_row_of(question, place->space, place->kind, place->extent, n);
}

/* Whether the row has not yet had this request. */
bool question_is_first(struct question *question, struct ledger_row *row);

/* A place `sectors` further on, with `count` sectors. */
struct place question_step(const struct place *place, uint64_t sectors, uint64_t count);

int question_init(void *state, const struct statistic_setup *setup, const struct ledger_plan *plan,
		  const struct ledger_key *keys, unsigned nkeys);
void question_done(void *state);
void question_merge(void *state, void *other);
void question_reset(void *state);
int question_finish(void *state);

/* Whether a statistic has met more rows than a ledger may have; false for those that have no ledger. */
bool question_is_full(const struct statistic *statistic, const void *state);

int question_take(void *results, const void *state, const struct statistic_setup *setup);
void question_results_done(void *results);
void question_pack(struct text *out, const void *results);
int question_unpack(void *results, struct unpack *bytes, bool behind);
void question_results_reset(void *results);
int question_sort(void *results);

/* The functions that are the same for all, of a row of the table. */
#define QUESTION_FUNCTIONS                                                                                   \
	.state_size = sizeof(struct question), .done = question_done, .merge = question_merge,               \
	.reset = question_reset, .results_size = sizeof(struct ledger), .take = question_take,               \
	.results_done = question_results_done, .pack = question_pack, .unpack = question_unpack,             \
	.results_reset = question_results_reset, .sort = question_sort

/* The two that name a plan. */
#define QUESTION_PLAN(plan)                                                                                  \
	static int init(void *state, const struct statistic_setup *setup)                                    \
	{                                                                                                    \
		return question_init(state, setup, plan, NULL, 0);                                           \
	}                                                                                                    \
	static void begin(void *results, const struct statistic *asked)                                      \
	{                                                                                                    \
		(void)asked;                                                                                 \
		ledger_begin(results, plan, NULL, 0);                                                        \
	}

#endif
