/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A ledger: rows with keys (texts, or numbers as texts) and what was counted for each. All statistics that are
   asked for as a table count into one, so that merging, parts, sorting and showing them is done once. A plan
   says which columns a statistic's has. Memory grows with the distinct keys and the sectors that they have,
   not with the trace; LEDGER_ROWS_MAX bounds the former. */
#ifndef ANALYZER_LEDGER_H
#define ANALYZER_LEDGER_H

#include "analyzer/histogram.h"
#include "analyzer/sector_set.h"
#include "base/keys.h"
#include "base/pool.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_KEYS_MAX 8
#define LEDGER_SUMS 10
#define LEDGER_MARKS 2 /* least and most of so many numbers */
#define LEDGER_SETS 2
#define LEDGER_CHAINS 2
#define LEDGER_ROWS_MAX 4000000

struct ledger_key {
	char title[24], json[40];
	bool is_number;
};

/* What a column shows of a row. */
enum ledger_source {
	FROM_SUM,        /* sum[a] */
	FROM_SHARE,      /* sum[a] of the sum[a] of all rows together */
	FROM_PART,       /* sum[a] of sum[b] */
	FROM_RATIO,      /* sum[a] / sum[b] */
	FROM_LEAST,      /* least[a] */
	FROM_SPAN,       /* most[a] - least[a] */
	FROM_SET,        /* sectors in set[a] */
	FROM_COMMON,     /* sectors in set[0] and set[1] */
	FROM_EITHER,     /* sectors in either */
	FROM_AGAIN,      /* sum[a] - sectors in set[b] */
	FROM_RUN,        /* sum[a] / (sum[a] - sum[b]) */
	FROM_REPEAT,     /* sum[a] / sectors in set[b] */
	FROM_PERCENTILE, /* a per mille of the histogram */
	FROM_MOST_VALUE, /* its largest value */
};

enum ledger_unit { LEDGER_COUNT, LEDGER_SECTORS, LEDGER_RATIO, LEDGER_SHARE, LEDGER_NS };

struct ledger_column {
	const char *title, *json;
	enum ledger_source source;
	enum ledger_unit unit; /* of the value; sectors are shown in bytes */
	unsigned a, b;
};

struct ledger_plan {
	struct ledger_key keys[LEDGER_KEYS_MAX]; /* where the question names none */
	unsigned nkeys;
	const struct ledger_column *columns;
	unsigned ncolumns;
	unsigned sort; /* the column that the rows are sorted by */
	bool ascending;
	bool by_keys;       /* sorted by their keys instead */
	bool has_total;     /* the last row of the text is of all */
	const char *remark; /* a line below the table, or NULL */
};

/* The last of some requests, and the first: whether the next one goes on there. */
struct ledger_chain {
	bool any;
	uint64_t first, end;
};

struct ledger_row {
	const char *key[LEDGER_KEYS_MAX]; /* the pool's */
	uint64_t sum[LEDGER_SUMS];
	bool marked[LEDGER_MARKS];
	int64_t least[LEDGER_MARKS], most[LEDGER_MARKS];
	struct sector_set *set[LEDGER_SETS]; /* owned; NULL while they are empty */
	struct ledger_chain chain[LEDGER_CHAINS];
	struct histogram histogram;
	uint64_t seen; /* while counting: the number of the last request */
};

/* Starts zeroed, with plan and keys set by ledger_begin. */
struct ledger {
	const struct ledger_plan *plan;
	unsigned nkeys;
	struct ledger_key keys[LEDGER_KEYS_MAX];
	unsigned chain_sum; /* the sum that counts requests that go on, of chains */
	uint64_t accesses;  /* that were told */
	bool has_first;
	uint64_t first;          /* the least number of an access */
	struct ledger_row total; /* of all rows, each request once; without keys */
	VEC(struct ledger_row) rows;
	struct keys index;
	struct pool strings;
	bool too_many, short_of_memory;
};

void ledger_begin(struct ledger *ledger, const struct ledger_plan *plan, const struct ledger_key *keys,
		  unsigned nkeys);

/* Forgets the counts, or all. */
void ledger_reset(struct ledger *ledger);
void ledger_free(struct ledger *ledger);

/* The row with these keys, made when it is new; NULL without memory, or where there are too many, which the
   ledger remembers. Rows move when one is added. */
struct ledger_row *ledger_row(struct ledger *ledger, const char *const *keys);

/* Counting in a row; a failure is remembered. */
void ledger_value(struct ledger *ledger, struct ledger_row *row, uint64_t value);
void ledger_mark(struct ledger_row *row, unsigned which, int64_t number);
void ledger_touch(struct ledger *ledger, struct ledger_row *row, unsigned set, uint64_t start,
		  uint64_t sectors);

/* A request at `start`: whether it goes on where the last one of the chain ended. */
bool ledger_follow(struct ledger_row *row, unsigned chain, uint64_t start);
void ledger_ends(struct ledger_row *row, unsigned chain, uint64_t end);

/* Makes the sets of the total of those of all rows, once, when all is counted. */
void ledger_unite(struct ledger *ledger);

/* Adds another's counts. `behind`: of accesses behind all those that are there, which are numbered from its
   own first one. */
void ledger_merge(struct ledger *into, const struct ledger *from, bool behind);

/* Brings the rows into the plan's order, or that of another column; 0, or -1 without memory. */
void ledger_sort(struct ledger *ledger, unsigned column, bool by_keys, bool ascending);

/* What a column shows of a row; false where it has nothing. Whole numbers are exact in `whole`. */
struct ledger_number {
	bool is_whole;
	int64_t whole;
	double real;
};
bool ledger_number(const struct ledger *ledger, const struct ledger_row *row,
		   const struct ledger_column *column, struct ledger_number *number);

void ledger_pack(struct text *out, const struct ledger *ledger);

/* Adds what was packed; 0, or -1 without memory. What makes no sense leaves bytes->bad. */
int ledger_unpack(struct ledger *ledger, struct unpack *bytes, bool behind);

#endif
