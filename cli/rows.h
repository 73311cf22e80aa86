/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of output that do not all go out as they come: the first of them, the last, or sorted. */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "base/text.h"
#include "base/vec.h"
#include "query/field.h"

#include <stdbool.h>
#include <stdint.h>

/* What is wanted; zeroed for all rows in the order of the trace. */
struct rows_options {
	uint64_t first, last; /* so many; 0 for all */
	bool sorts, descends;
	enum field_id by;
};

static inline bool rows_pass_through(const struct rows_options *options)
{
	return options->first == 0 && options->last == 0 && !options->sorts;
}

/* One row, which is one line or several. */
struct row {
	size_t end; /* in the text; it begins where the one before ends */
	bool has_key;
	int64_t number;
	size_t key; /* of a text: where in `keys` */
};

/* Those of a batch, made by one thread; then those that are kept. */
struct rows {
	struct text out, keys;
	VEC(struct row) at;
	bool short_of_memory;
};

/* Ends a row that was added to rows->out, whose key is that of `piece` (NULL: not known). */
void rows_end(struct rows *rows, const struct rows_options *options, struct piece *piece);
void rows_clear(struct rows *rows);
void rows_free(struct rows *rows);

struct rows_kept {
	const struct rows_options *options;
	uint64_t printed;
	struct rows rows; /* with `last` or a field to sort by */
};

/* Takes a batch's rows, which are empty then: prints what can be printed.  0; 1 when no more is wanted, or what was
   wanted could not be printed, and has been told: *failed then. */
int rows_take(struct rows_kept *kept, struct rows *rows, bool *failed);

/* When all have come; 0, or STATUS_FAILED after a message. */
int rows_finish(struct rows_kept *kept);

/* "io.latency" or "-io.latency" (largest first); 0 or -1. */
int rows_parse_sort(struct rows_options *options, const char *value, struct err *err);
int rows_parse_count(uint64_t *count, const char *option, const char *value, struct err *err);

#endif
