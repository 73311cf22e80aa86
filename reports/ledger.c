/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics that count into a ledger, as a table and as JSON. */
#include "analyzer/ledger.h"
#include "analyzer/question.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/size.h"
#include "reports/shown.h"
#include "reports/table.h"
#include "reports/time_cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct ledger *ledger_of(const struct results *results, const struct statistic *asked)
{
	return results_of(results, asked);
}

/* Whether any row has something there: a trace without latencies has no such columns. */
static bool is_used(const struct ledger *ledger, const struct ledger_column *column)
{
	struct ledger_number number;

	for (size_t i = 0; i < ledger->rows.n; i++)
		if (ledger_number(ledger, &ledger->rows.at[i], column, &number))
			return true;
	return false;
}

static void add_value(struct table *table, struct table_row *row, unsigned at,
		      const struct ledger_column *column, const struct ledger_number *number)
{
	char cell[48];

	switch (column->unit) {
	case LEDGER_COUNT:
		snprintf(cell, sizeof(cell), "%" PRId64, number->whole);
		break;
	case LEDGER_SECTORS:
		size_human((uint64_t)number->whole << SECTOR_SHIFT, cell, sizeof(cell));
		break;
	case LEDGER_SHARE:
		snprintf(cell, sizeof(cell), "%.1f%%", number->real * 100);
		break;
	case LEDGER_RATIO:
		snprintf(cell, sizeof(cell), "%.2f", number->real);
		break;
	default:
		time_cell(cell, sizeof(cell), number->whole);
		break;
	}
	table_cell(table, row, at, cell);
}

static void add_row(struct table *table, const struct ledger *ledger, const struct ledger_row *from,
		    const bool *used)
{
	struct table_row *row = table_row(table, NULL);
	struct ledger_number number;
	unsigned at = ledger->nkeys;

	for (unsigned i = 0; i < ledger->nkeys; i++) {
		const char *none = from != &ledger->total ? "-" : i == 0 ? "all" : "";
		const char *key = from->key[i] != NULL && from->key[i][0] != '\0' ? from->key[i] : none;
		struct text safe = {0};

		escape_terminal(&safe, key, strlen(key));
		table_cell(table, row, i, safe.at ? safe.at : "");
		text_free(&safe);
	}
	for (unsigned i = 0; i < ledger->plan->ncolumns; i++) {
		const struct ledger_column *column = &ledger->plan->columns[i];

		if (!used[i])
			continue;
		if (ledger_number(ledger, from, column, &number))
			add_value(table, row, at, column, &number);
		at++;
	}
}

#define COLUMNS_MAX 32

static void add_columns(struct table *table, const struct ledger *ledger, bool *used)
{
	for (unsigned i = 0; i < ledger->nkeys; i++)
		table_column(table, ledger->keys[i].title,
			     ledger->keys[i].is_number ? COLUMN_RIGHT : COLUMN_LEFT);
	for (unsigned i = 0; i < ledger->plan->ncolumns; i++) {
		used[i] = is_used(ledger, &ledger->plan->columns[i]);
		if (used[i])
			table_column(table, ledger->plan->columns[i].title, COLUMN_RIGHT);
	}
}

static size_t rows_shown(const struct ledger *ledger, const struct results *results)
{
	return results->top > 0 && results->top < ledger->rows.n ? results->top : ledger->rows.n;
}

/* --sort: a column, or a key, as JSON calls it. */
static void sort_rows(const struct results *results, const struct ledger *ledger)
{
	struct ledger *own = (struct ledger *)(uintptr_t)ledger;

	for (unsigned i = 0; results->sort != NULL && i < ledger->plan->ncolumns; i++)
		if (strcmp(ledger->plan->columns[i].json, results->sort) == 0)
			ledger_sort(own, i, false, false);
	for (unsigned i = 0; results->sort != NULL && i < ledger->nkeys; i++)
		if (strcmp(ledger->keys[i].json, results->sort) == 0)
			ledger_sort(own, 0, true, true);
}

int ledger_text(struct text *out, const struct results *results, const struct statistic *asked,
		unsigned width, struct err *err)
{
	const struct ledger *ledger = ledger_of(results, asked);
	struct table *table = table_new(width);
	bool used[COLUMNS_MAX] = {false};
	size_t n;
	int status;

	if (table == NULL)
		return err_nomem(err);
	sort_rows(results, ledger);
	add_columns(table, ledger, used);
	n = rows_shown(ledger, results);
	for (size_t i = 0; i < n; i++)
		add_row(table, ledger, &ledger->rows.at[i], used);
	if (ledger->plan->has_total)
		add_row(table, ledger, &ledger->total, used);
	text_printf(out, "\n%s\n", statistic_question(asked));
	status = table_print(table, out, err);
	table_free(table);
	if (n < ledger->rows.n)
		text_printf(out, "and %zu more rows\n", ledger->rows.n - n);
	if (ledger->plan->remark != NULL)
		text_printf(out, "%s\n", ledger->plan->remark);
	if (ledger->total.histogram.count > 0)
		text_str(out, "P50, P90 and P99 are within 0.8 %\n");
	return status;
}

/* --- JSON --- */

static void json_value(struct text *out, const char *comma, const struct ledger_column *column,
		       const struct ledger_number *number)
{
	text_printf(out, "%s\"%s\":", comma, column->json);
	switch (column->unit) {
	case LEDGER_COUNT:
		text_printf(out, "%" PRId64, number->whole);
		break;
	case LEDGER_SECTORS:
		text_u64(out, (uint64_t)number->whole << SECTOR_SHIFT);
		break;
	case LEDGER_NS:
		json_microseconds(out, "", number->whole);
		break;
	default:
		text_printf(out, "%.6f", number->real);
		break;
	}
}

static void json_values(struct text *out, const struct ledger *ledger, const struct ledger_row *row,
			const char *comma)
{
	struct ledger_number number;

	for (unsigned i = 0; i < ledger->plan->ncolumns; i++)
		if (ledger_number(ledger, row, &ledger->plan->columns[i], &number)) {
			json_value(out, comma, &ledger->plan->columns[i], &number);
			comma = ",";
		}
	text_char(out, '}');
}

/* A key that a row has not is left out. */
static void json_row(struct text *out, const struct ledger *ledger, const struct ledger_row *row)
{
	const char *comma = "{";

	for (unsigned i = 0; i < ledger->nkeys; i++) {
		if (row->key[i][0] == '\0')
			continue;
		text_printf(out, "%s\"%s\":", comma, ledger->keys[i].json);
		comma = ",";
		if (ledger->keys[i].is_number)
			text_str(out, row->key[i]);
		else
			escape_json(out, row->key[i], strlen(row->key[i]));
	}
	json_values(out, ledger, row, comma);
}

void ledger_json(struct json_sink *sink, const struct results *results, const struct statistic *asked)
{
	const struct ledger *ledger = ledger_of(results, asked);
	struct text *out = sink->out;
	size_t n;

	sort_rows(results, ledger);
	n = rows_shown(ledger, results);
	json_string(out, "", statistic_question(asked));
	json_u64(out, ":{\"rows_in_all\":", ledger->rows.n);
	text_str(out, ",\"total\":{");
	json_values(out, ledger, &ledger->total, "");
	text_str(out, ",\"rows\":[");
	for (size_t i = 0; i < n; i++) {
		json_item(out, i);
		json_row(out, ledger, &ledger->rows.at[i]);
	}
	text_str(out, "]}");
}
