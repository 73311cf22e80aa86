/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of the last N never more than 2 N are kept.  Sorting keeps all; rows that are equal stay in the order of the trace, and
   those without a key come last. */
#include "cli/rows.h"

#include "base/size.h"
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

void rows_end(struct rows *rows, const struct rows_options *options, struct piece *piece)
{
	struct row row = {.end = rows->out.n};
	struct field_value value = {0, ""};

	row.has_key = options->sorts && piece != NULL && field_get(options->by, piece, &value);
	row.number = value.number;
	row.key = rows->keys.n;
	if (row.has_key && !field_is_number(options->by))
		text_add(&rows->keys, value.text, strlen(value.text) + 1);
	if (VEC_PUSH(&rows->at, row) != 0)
		rows->short_of_memory = true;
}

void rows_clear(struct rows *rows)
{
	text_clear(&rows->out);
	text_clear(&rows->keys);
	rows->at.n = 0;
}

void rows_free(struct rows *rows)
{
	text_free(&rows->out);
	text_free(&rows->keys);
	VEC_FREE(&rows->at);
}

static size_t begin_of(const struct rows *rows, size_t i)
{
	return i > 0 ? rows->at.at[i - 1].end : 0;
}

static int print_first(struct rows_kept *kept, struct rows *rows, bool *failed)
{
	uint64_t left = kept->options->first - kept->printed;
	size_t n = rows->at.n < left ? rows->at.n : (size_t)left;

	rows->out.n = begin_of(rows, n);
	kept->printed += n;
	*failed = print_text(&rows->out) != 0;
	rows_clear(rows);
	return *failed || kept->printed == kept->options->first;
}

static void keep_row(struct rows *kept, const struct rows *rows, size_t i)
{
	struct row row = rows->at.at[i];
	size_t begin = begin_of(rows, i);

	text_add(&kept->out, rows->out.at + begin, row.end - begin);
	if (rows->keys.n > row.key) {
		const char *key = rows->keys.at + row.key;

		row.key = kept->keys.n;
		text_add(&kept->keys, key, strlen(key) + 1);
	}
	row.end = kept->out.n;
	if (VEC_PUSH(&kept->at, row) != 0)
		kept->short_of_memory = true;
}

static void keep_last(struct rows *rows, uint64_t n)
{
	struct rows last = {.short_of_memory = rows->short_of_memory};

	for (size_t i = rows->at.n - (size_t)n; i < rows->at.n; i++)
		keep_row(&last, rows, i);
	rows_free(rows);
	*rows = last;
}

int rows_take(struct rows_kept *kept, struct rows *rows, bool *failed)
{
	const struct rows_options *options = kept->options;

	*failed = false;
	kept->rows.short_of_memory |= rows->short_of_memory | rows->out.short_of_memory;
	if (rows_pass_through(options)) {
		*failed = print_text(&rows->out) != 0;
		return *failed;
	}
	if (!options->sorts && options->last == 0)
		return print_first(kept, rows, failed);
	for (size_t i = 0; i < rows->at.n; i++)
		keep_row(&kept->rows, rows, i);
	rows_clear(rows);
	if (!options->sorts && options->last < SIZE_MAX / 2 && kept->rows.at.n >= 2 * options->last)
		keep_last(&kept->rows, options->last);
	return kept->rows.short_of_memory;
}

/* --- in order --- */

struct sorted {
	const struct row *row;
	const char *text; /* NULL for numbers */
	size_t index;
	bool descends;
};

static int compare_keys(const struct sorted *a, const struct sorted *b)
{
	int sign = a->text != NULL ? strcmp(a->text, b->text)
				   : (a->row->number > b->row->number) - (a->row->number < b->row->number);

	return a->descends ? -sign : sign;
}

static int compare(const void *left, const void *right)
{
	const struct sorted *a = left, *b = right;
	int sign = (int)b->row->has_key - (int)a->row->has_key;

	if (sign == 0 && a->row->has_key)
		sign = compare_keys(a, b);
	return sign != 0 ? sign : (a->index > b->index) - (a->index < b->index);
}

static struct sorted *sort(const struct rows *rows, const struct rows_options *options)
{
	struct sorted *sorted = calloc(rows->at.n + 1, sizeof(*sorted));
	bool is_text = options->sorts && !field_is_number(options->by);

	for (size_t i = 0; sorted != NULL && i < rows->at.n; i++) {
		const struct row *row = &rows->at.at[i];

		sorted[i] = (struct sorted){row, NULL, i, options->descends};
		if (is_text)
			sorted[i].text = row->has_key ? rows->keys.at + row->key : "";
	}
	if (sorted != NULL && options->sorts)
		qsort(sorted, rows->at.n, sizeof(*sorted), compare);
	return sorted;
}

/* Which of the rows in their order: --first and --last cut what was sorted. */
static void choose(const struct rows_kept *kept, size_t *from, size_t *to)
{
	const struct rows_options *options = kept->options;

	*from = 0;
	*to = kept->rows.at.n;
	if (options->last > 0 && options->last < *to)
		*from = *to - (size_t)options->last;
	if (options->first > 0 && options->first < *to - *from)
		*to = *from + (size_t)options->first;
}

#define PRINTED_MIN (1u << 16)

int rows_finish(struct rows_kept *kept)
{
	struct rows *rows = &kept->rows;
	struct sorted *sorted = rows->short_of_memory ? NULL : sort(rows, kept->options);
	struct text out = {0};
	struct err err;
	size_t from, to;
	int status = 0;

	if (sorted == NULL) {
		rows_free(rows);
		err_nomem(&err);
		return fail(NULL, &err);
	}
	choose(kept, &from, &to);
	for (size_t i = from; i < to && status == 0; i++) {
		size_t begin = begin_of(rows, sorted[i].index);

		text_add(&out, rows->out.at + begin, sorted[i].row->end - begin);
		if (out.n > PRINTED_MIN)
			status = print_text(&out);
	}
	if (status == 0)
		status = print_text(&out);
	text_free(&out);
	free(sorted);
	rows_free(rows);
	return status != 0 ? STATUS_FAILED : 0;
}

int rows_parse_sort(struct rows_options *options, const char *value, struct err *err)
{
	const struct field *near;

	options->sorts = true;
	options->descends = value[0] == '-';
	value += options->descends;
	options->by = field_find(value, strlen(value));
	if (options->by != FIELDS)
		return 0;
	near = field_near(value, strlen(value));
	return err_set(err, "--sort: '%s' is no field%s%s%s", value,
		       near != NULL ? "; is it " : " (-G fields lists them)", near != NULL ? near->name : "",
		       near != NULL ? "?" : "");
}

int rows_parse_count(uint64_t *count, const char *option, const char *value, struct err *err)
{
	if (number_parse(value, count, err) != 0)
		return err_prefix(err, "%s: ", option);
	return *count > 0 ? 0 : err_set(err, "%s: 0 is no number of accesses", option);
}
