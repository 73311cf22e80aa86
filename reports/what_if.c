/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/what_if.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/size.h"
#include "reports/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum figure { UNALIGNED, PARTIAL, REST, FIGURES };

static uint64_t figure_of(const struct what_if_counts *counts, enum figure figure)
{
	return figure == UNALIGNED ? counts->unaligned : figure == PARTIAL ? counts->partial : counts->rest;
}

static void add_figures(struct table *table, struct table_row *row, const struct what_if_counts *counts,
			unsigned n, enum figure figure)
{
	for (unsigned c = 0; c < n; c++) {
		char cell[32];

		snprintf(cell, sizeof(cell), "%" PRIu64, figure_of(&counts[c], figure));
		if (figure == REST)
			size_human(counts[c].rest << SECTOR_SHIFT, cell, sizeof(cell));
		table_cell(table, row, c + 1, cell);
	}
}

static bool has_any(const struct what_if_counts *counts, unsigned n, enum figure figure)
{
	bool any = false;

	for (unsigned c = 0; c < n; c++)
		any |= figure_of(&counts[c], figure) > 0;
	return any;
}

static void add_rows(struct table *table, const struct what_if *what_if, enum figure figure,
		     const char *title)
{
	struct table_row *parent = table_row(table, NULL);
	struct text name = {0};

	table_cell(table, parent, 0, title);
	add_figures(table, parent, what_if->totals, what_if->ncandidates, figure);
	for (size_t i = 0; i < what_if->rows.n; i++) {
		const struct what_if_row *from = &what_if->rows.at[i];
		struct table_row *row;

		if (!has_any(from->counts, what_if->ncandidates, figure))
			continue;
		row = table_row(table, parent);
		text_clear(&name);
		escape_terminal(&name, from->device->name, strlen(from->device->name));
		text_printf(&name, " %s", kind_name(from->kind));
		table_cell(table, row, 0, name.at != NULL ? name.at : "");
		add_figures(table, row, from->counts, what_if->ncandidates, figure);
	}
	text_free(&name);
}

static void add_columns(struct table *table, const struct what_if *what_if)
{
	struct text title = {0};

	table_column(table, "WHAT IF", COLUMN_TREE);
	for (unsigned c = 0; c < what_if->ncandidates; c++) {
		text_clear(&title);
		escape_terminal(&title, what_if->candidates[c].words, strlen(what_if->candidates[c].words));
		table_column(table, title.at != NULL ? title.at : "", COLUMN_RIGHT);
	}
	text_free(&title);
}

int what_if_text(struct text *out, const struct what_if *what_if, unsigned width, struct err *err)
{
	struct table *table = table_new(width);
	bool estimate = false;
	char unit[32], words[80];
	int status;

	if (table == NULL)
		return err_nomem(err);
	size_human(what_if->unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	add_columns(table, what_if);
	add_rows(table, what_if, UNALIGNED, "unaligned writes");
	snprintf(words, sizeof(words), "blocks of %s written in part", unit);
	add_rows(table, what_if, PARTIAL, words);
	add_rows(table, what_if, REST, "to be read before they are written");
	text_printf(out, "%" PRIu64 " writes\n", what_if->writes);
	status = table_print(table, out, err);
	table_free(table);
	for (unsigned c = 0; c < what_if->ncandidates; c++)
		estimate |= what_if->candidates[c].block > 0;
	if (estimate)
		text_str(out,
			 "block=SIZE is an estimate: it rounds requests, and what would be written with such "
			 "blocks is not known\n");
	return status;
}

/* --- JSON --- */

static void json_counts(struct text *out, const char *key, const struct what_if_counts *counts)
{
	text_str(out, key);
	json_u64(out, "{\"unaligned\":", counts->unaligned);
	json_u64(out, ",\"partial_blocks\":", counts->partial);
	json_u64(out, ",\"rmw_sectors\":", counts->rest);
	text_char(out, '}');
}

static void json_candidate(struct text *out, const struct what_if *what_if, unsigned c)
{
	const struct candidate *candidate = &what_if->candidates[c];

	if (candidate->space != NULL) {
		json_string(out, "{\"device\":", candidate->space->name);
		json_string(out, ",\"candidate\":", candidate->words);
		if (candidate->block > 0)
			json_u64(out, ",\"estimate\":true,\"block\":", candidate->block << SECTOR_SHIFT);
		else
			text_printf(out, ",\"shift\":%" PRId64, candidate->shift);
		text_char(out, ',');
	} else {
		text_char(out, '{');
	}
	json_counts(out, "\"totals\":", &what_if->totals[c]);
	text_str(out, ",\"regions\":[");
	for (size_t i = 0; i < what_if->rows.n; i++) {
		const struct what_if_row *row = &what_if->rows.at[i];

		json_string(out, i > 0 ? ",\n   {\"device\":" : "\n   {\"device\":", row->device->name);
		json_string(out, ",\"kind\":", kind_name(row->kind));
		json_u64(out, ",\"writes\":", row->writes);
		json_counts(out, ",\"counts\":", &row->counts[c]);
		text_char(out, '}');
	}
	text_str(out, "]}");
}

void what_if_json(struct text *out, const struct what_if *what_if)
{
	json_u64(out, "{\"what_if\":{\"unit\":", what_if->unit_sectors << SECTOR_SHIFT);
	json_u64(out, ",\"writes\":", what_if->writes);
	text_str(out, ",\"candidates\":[");
	for (unsigned c = 0; c < what_if->ncandidates; c++) {
		text_str(out, c > 0 ? ",\n  " : "\n  ");
		json_candidate(out, what_if, c);
	}
	text_str(out, "]}}\n");
}
