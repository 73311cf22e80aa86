/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Latencies by region and op: a row each, and as JSON. */
#include "analyzer/latency.h"
#include "base/escape.h"
#include "base/json.h"
#include "reports/shown.h"
#include "reports/table.h"
#include "reports/time_cell.h"

#include <inttypes.h>
#include <string.h>

static void add_time(struct table *table, struct table_row *row, unsigned column, uint64_t ns)
{
	char cell[32];

	time_cell(cell, sizeof(cell), (int64_t)ns);
	table_cell(table, row, column, cell);
}

static void add_rows(struct table *table, struct table_row *parent, const char *name,
		     const struct latencies *latencies)
{
	for (int op = 0; op < ACCESS_OPS; op++) {
		const struct histogram *histogram = &latencies->op[op];
		struct table_row *row;

		if (histogram->count == 0)
			continue;
		row = table_row(table, parent);
		table_cell(table, row, 0, name);
		table_cell(table, row, 1, access_op_name((enum access_op)op));
		table_number(table, row, 2, histogram->count);
		add_time(table, row, 3, histogram_at(histogram, 500));
		add_time(table, row, 4, histogram_at(histogram, 900));
		add_time(table, row, 5, histogram_at(histogram, 990));
		add_time(table, row, 6, histogram->most);
	}
}

static struct table_row *device_row(struct table *table, const struct latency_region *region)
{
	struct table_row *row = table_row(table, NULL);
	struct text name = {0};

	escape_terminal(&name, region->device, strlen(region->device));
	if (region->fs != NULL)
		text_printf(&name, " %s", region->fs);
	table_cell(table, row, 0, name.at ? name.at : "");
	text_free(&name);
	return row;
}

static bool same_place(const struct latency_region *a, const struct latency_region *b)
{
	return strcmp(a->device, b->device) == 0 && strcmp(a->fs ? a->fs : "", b->fs ? b->fs : "") == 0;
}

static void add_columns(struct table *table)
{
	static const char *const titles[] = {"REQUESTS", "P50", "P90", "P99", "MAX"};

	table_column(table, "LATENCY", COLUMN_TREE);
	table_column(table, "OP", COLUMN_LEFT);
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_column(table, titles[i], COLUMN_RIGHT);
}

static int show_text(struct text *out, const struct results *results, const struct statistic *asked,
		     unsigned width, struct err *err)
{
	const struct latency_results *latency = results_of(results, &statistic_latency);
	struct table *table = table_new(width);
	struct table_row *device = NULL;
	int status;

	(void)asked;
	if (table == NULL)
		return err_nomem(err);
	add_columns(table);
	add_rows(table, NULL, "all", &latency->totals);
	for (size_t i = 0; i < latency->regions.n; i++) {
		const struct latency_region *region = &latency->regions.at[i];

		if (i == 0 || !same_place(region - 1, region))
			device = device_row(table, region);
		add_rows(table, device, kind_name(region->kind), &region->latencies);
	}
	text_char(out, '\n');
	status = table_print(table, out, err);
	text_str(out, "P50, P90 and P99 are within 0.8 %\n");
	if (latency->without > 0)
		text_printf(out, "%" PRIu64 " requests have no latency in the trace\n", latency->without);
	table_free(table);
	return status;
}

/* --- JSON --- */

static void add_value(struct text *out, const char *key, uint64_t ns)
{
	json_microseconds(out, key, (int64_t)ns);
}

static void add_latencies(struct text *out, const struct latencies *latencies, const char *comma)
{
	for (int op = 0; op < ACCESS_OPS; op++) {
		const struct histogram *histogram = &latencies->op[op];

		if (histogram->count == 0)
			continue;
		text_printf(out, "%s\"%s\":{", comma, access_op_name((enum access_op)op));
		comma = ",";
		json_u64(out, "\"requests\":", histogram->count);
		add_value(out, ",\"p50_us\":", histogram_at(histogram, 500));
		add_value(out, ",\"p90_us\":", histogram_at(histogram, 900));
		add_value(out, ",\"p99_us\":", histogram_at(histogram, 990));
		add_value(out, ",\"max_us\":", histogram->most);
		text_char(out, '}');
	}
	text_char(out, '}');
}

static void show_json(struct json_sink *sink, const struct results *results, const struct statistic *asked)
{
	const struct latency_results *latency = results_of(results, &statistic_latency);
	struct text *out = sink->out;

	(void)asked;
	text_str(out, "\"latency\":{\"error\":0.0078125");
	json_u64(out, ",\"without\":", latency->without);
	text_str(out, ",\"totals\":{");
	add_latencies(out, &latency->totals, "");
	text_str(out, ",\"regions\":[");
	for (size_t i = 0; i < latency->regions.n; i++) {
		const struct latency_region *region = &latency->regions.at[i];

		json_item(out, i);
		json_string(out, "{\"device\":", region->device);
		if (region->fs != NULL)
			json_string(out, ",\"fs\":", region->fs);
		json_string(out, ",\"kind\":", kind_name(region->kind));
		add_latencies(out, &region->latencies, ",");
	}
	text_str(out, "]}");
}

const struct shown shown_latency = {&statistic_latency, false, show_text, show_json};
