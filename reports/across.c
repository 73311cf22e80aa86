/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/across.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/size.h"
#include "reports/shown.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16
#define PATHS_SHOWN 40

/* A cell: a text, a whole number, or with `real` a number between 0 and 1. */
struct cell {
	const char *text;
	uint64_t whole;
	double real;
	bool is_real;
};

struct row {
	struct cell cells[COLUMNS_MAX];
	size_t index; /* as the rows came */
};

struct rows {
	const char *name;           /* of the table, in JSON and for --by */
	const char *const *columns; /* the last is NULL */
	VEC(struct row) list;
};

static const char *const machine_columns[] = {
    "machine",        "disk",          "traces",           "accesses",  "read_bytes",
    "write_bytes",    "journal_share", "writes",           "unaligned", "unaligned_share",
    "partial_blocks", "verdict",       "worst_latency_us", "detail",    NULL};
static const char *const sum_columns[] = {"name",        "machines",    "reads",     "read_bytes",
					  "writes",      "write_bytes", "unaligned", "machines_share",
					  "error_bytes", NULL};

static double share(uint64_t part, uint64_t whole)
{
	return whole > 0 ? (double)part / (double)whole : 0;
}

static int machine_rows(struct rows *rows, const struct across *across)
{
	*rows = (struct rows){.name = "machine", .columns = machine_columns};
	for (size_t i = 0; i < across->machines.n; i++) {
		const struct across_machine *from = &across->machines.at[i];
		const struct counter *read = &from->totals.op[ACCESS_READ];
		const struct counter *write = &from->totals.op[ACCESS_WRITE];
		struct row row = {
		    .index = i,
		    .cells = {{.text = from->machine},
			      {.text = from->disk},
			      {.whole = from->traces},
			      {.whole = from->accesses},
			      {.whole = read->sectors << SECTOR_SHIFT},
			      {.whole = write->sectors << SECTOR_SHIFT},
			      {.is_real = true, .real = share(from->journal, write->sectors)},
			      {.whole = write->requests},
			      {.whole = write->unaligned},
			      {.is_real = true, .real = share(write->unaligned, write->requests)},
			      {.whole = from->partial_blocks},
			      {.text = across_verdict(from)},
			      {.whole = from->worst_ns / 1000},
			      {.text = from->detail}}};

		if (VEC_PUSH(&rows->list, row) != 0)
			return -1;
	}
	return 0;
}

static int sum_rows(struct rows *rows, const struct across *across, enum across_by by)
{
	static const char *const names[ACROSS_SUMS] = {"kind", "role", "path"};

	*rows = (struct rows){.name = names[by], .columns = sum_columns};
	for (size_t i = 0; i < across->sums[by].list.n; i++) {
		const struct across_sum *from = &across->sums[by].list.at[i];
		const struct counter *read = &from->counters.op[ACCESS_READ];
		const struct counter *write = &from->counters.op[ACCESS_WRITE];
		uint64_t error = by == ACROSS_PATH ? across_error(across, from) : 0;
		struct row row = {
		    .index = i,
		    .cells = {{.text = from->name},
			      {.whole = from->machines},
			      {.whole = read->requests},
			      {.whole = read->sectors << SECTOR_SHIFT},
			      {.whole = write->requests},
			      {.whole = write->sectors << SECTOR_SHIFT},
			      {.whole = write->unaligned},
			      {.is_real = true, .real = share(from->machines, across->machines.n)},
			      {.whole = error << SECTOR_SHIFT}}};

		if (VEC_PUSH(&rows->list, row) != 0)
			return -1;
	}
	return 0;
}

/* --- order --- */

struct sorting {
	const struct row *row;
	const struct cell *cell;
};

static int compare(const void *left, const void *right)
{
	const struct sorting *a = left, *b = right;
	int order;

	if (a->cell->text != NULL)
		order = strcmp(a->cell->text, b->cell->text);
	else if (a->cell->is_real)
		order = a->cell->real > b->cell->real ? -1 : a->cell->real < b->cell->real;
	else
		order = a->cell->whole > b->cell->whole ? -1 : a->cell->whole < b->cell->whole;
	return order != 0 ? order : a->row->index < b->row->index ? -1 : a->row->index > b->row->index;
}

/* 1 where the table has no such column. */
static int sort_rows(struct rows *rows, const char *column)
{
	size_t n = rows->list.n, at = 0;
	struct sorting *sorting;
	struct row *sorted;

	while (rows->columns[at] != NULL && strcmp(rows->columns[at], column) != 0)
		at++;
	if (rows->columns[at] == NULL)
		return 1;
	sorting = malloc((n + 1) * sizeof(*sorting));
	sorted = malloc((n + 1) * sizeof(*sorted));
	for (size_t i = 0; sorting != NULL && i < n; i++)
		sorting[i] = (struct sorting){&rows->list.at[i], &rows->list.at[i].cells[at]};
	if (sorting != NULL && sorted != NULL) {
		qsort(sorting, n, sizeof(*sorting), compare);
		for (size_t i = 0; i < n; i++)
			sorted[i] = *sorting[i].row;
		memcpy(rows->list.at, sorted, n * sizeof(*sorted));
	}
	at = sorting != NULL && sorted != NULL;
	free(sorting);
	free(sorted);
	return at ? 0 : -1;
}

/* --- forms --- */

static void put_cell(struct text *out, const struct cell *cell, enum across_form form)
{
	if (cell->is_real)
		text_printf(out, form == ACROSS_TEXT ? "%.3f" : "%.6f", cell->real);
	else if (cell->text == NULL)
		text_u64(out, cell->whole);
	else if (form == ACROSS_CSV)
		escape_csv(out, cell->text, strlen(cell->text));
	else
		escape_terminal(out, cell->text, strlen(cell->text));
}

static void csv(struct text *out, const struct rows *rows, size_t n)
{
	for (size_t i = 0; rows->columns[i] != NULL; i++)
		text_printf(out, "%s%s", i > 0 ? "," : "", rows->columns[i]);
	text_char(out, '\n');
	for (size_t i = 0; i < n; i++)
		for (size_t at = 0; rows->columns[at] != NULL; at++) {
			put_cell(out, &rows->list.at[i].cells[at], ACROSS_CSV);
			text_char(out, rows->columns[at + 1] != NULL ? ',' : '\n');
		}
}

static void json(struct text *out, const struct rows *rows, size_t n)
{
	text_printf(out, "\"%s\":[", rows->name);
	for (size_t i = 0; i < n; i++) {
		json_item(out, i);
		for (size_t at = 0; rows->columns[at] != NULL; at++) {
			const struct cell *cell = &rows->list.at[i].cells[at];

			text_printf(out, "%c\"%s\":", at > 0 ? ',' : '{', rows->columns[at]);
			if (cell->text != NULL)
				json_string(out, "", cell->text);
			else
				put_cell(out, cell, ACROSS_JSON);
		}
		text_char(out, '}');
	}
	text_char(out, ']');
}

static int text(struct text *out, const struct rows *rows, size_t n, unsigned width, struct err *err)
{
	struct table *table = table_new(width);
	int status;

	if (table == NULL)
		return err_nomem(err);
	for (size_t at = 0; rows->columns[at] != NULL; at++)
		table_column(table, at == 0 ? rows->name : rows->columns[at],
			     n > 0 && rows->list.at[0].cells[at].text != NULL ? COLUMN_LEFT : COLUMN_RIGHT);
	for (size_t i = 0; i < n; i++) {
		struct table_row *row = table_row(table, NULL);

		for (unsigned at = 0; rows->columns[at] != NULL; at++) {
			struct text cell = {0};

			put_cell(&cell, &rows->list.at[i].cells[at], ACROSS_TEXT);
			table_cell(table, row, at, cell.at != NULL ? cell.at : "");
			text_free(&cell);
		}
	}
	status = table_print(table, out, err);
	if (n < rows->list.n)
		text_printf(out, "and %zu more; --top N shows N\n", rows->list.n - n);
	table_free(table);
	return status;
}

static int print_rows(struct text *out, const struct rows *rows, size_t number,
		      const struct across_options *options, struct err *err)
{
	size_t n = rows->list.n, most = options->top;

	if (most == 0 && options->form == ACROSS_TEXT)
		most = PATHS_SHOWN;
	if (most > 0 && n > most)
		n = most;
	if (options->form == ACROSS_CSV) {
		csv(out, rows, n);
		return 0;
	}
	if (options->form == ACROSS_JSON) {
		text_str(out, number > 0 ? ",\n " : "{");
		json(out, rows, n);
		return 0;
	}
	if (number > 0)
		text_char(out, '\n');
	return text(out, rows, n, options->width, err);
}

static bool is_wanted(const char *name, const struct across_options *options)
{
	if (options->by != NULL)
		return strcmp(options->by, name) == 0;
	return options->form != ACROSS_CSV || strcmp(name, "machine") == 0;
}

/* --- all --- */

static void add_rest(struct text *out, const struct across *across, enum across_form form)
{
	const struct usage_rest *rest = &across->rest;

	if (form == ACROSS_JSON)
		text_printf(out,
			    ",\n \"rest\":{\"files\":%" PRIu64 ",\"read_bytes\":%" PRIu64
			    ",\"write_bytes\":%" PRIu64 "}}\n",
			    rest->files, rest->counters.op[ACCESS_READ].sectors << SECTOR_SHIFT,
			    rest->counters.op[ACCESS_WRITE].sectors << SECTOR_SHIFT);
	else if (form == ACROSS_TEXT && rest->files > 0)
		text_printf(out,
			    "parts were cut to their heaviest files: paths have at least what is said, and "
			    "at most error_bytes more\n");
}

/* Sorts the tables that have such a column and prints those that are wanted. */
static int print_tables(struct text *out, struct rows *rows, size_t n, const struct across_options *options,
			struct err *err)
{
	size_t printed = 0;
	bool has = options->sort == NULL;

	for (size_t i = 0; i < n; i++) {
		int sorted = options->sort == NULL || !is_wanted(rows[i].name, options)
				 ? 1
				 : sort_rows(&rows[i], options->sort);

		if (sorted < 0)
			return err_nomem(err);
		has |= sorted == 0;
	}
	if (!has)
		return err_set(err, "--sort: no table that is printed has a column '%.40s'", options->sort);
	for (size_t i = 0; i < n; i++)
		if (is_wanted(rows[i].name, options) &&
		    print_rows(out, &rows[i], printed++, options, err) != 0)
			return -1;
	return printed > 0 ? 0
			   : err_set(err, "--by: '%.40s' is none of machine, kind, role, path", options->by);
}

int across_print(struct text *out, struct across *across, const struct across_options *options,
		 struct err *err)
{
	struct rows rows[1 + ACROSS_SUMS] = {{.name = NULL}};
	int status;

	across_order(across);
	status = machine_rows(&rows[0], across);
	for (unsigned by = 0; by < ACROSS_SUMS && status == 0; by++)
		status = sum_rows(&rows[1 + by], across, (enum across_by)by);
	status = status != 0 ? err_nomem(err) : print_tables(out, rows, 1 + ACROSS_SUMS, options, err);
	if (status == 0)
		add_rest(out, across, options->form);
	for (unsigned i = 0; i < 1 + ACROSS_SUMS; i++)
		VEC_FREE(&rows[i].list);
	return status;
}
