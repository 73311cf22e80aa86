/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reports/compare.h"

#include "analyzer/latency.h"

#include <stdlib.h>
#include <string.h>

static const struct ledger_plan plan_names = {.nkeys = 3};

void compare_begin(struct comparison *comparison, double tolerance)
{
	memset(comparison, 0, sizeof(*comparison));
	ledger_begin(&comparison->names, &plan_names, NULL, 0);
	comparison->tolerance = tolerance;
}

void compare_done(struct comparison *comparison)
{
	ledger_free(&comparison->names);
	VEC_FREE(&comparison->rows);
}

struct compared_row *compare_row(struct comparison *comparison, const char *device, const char *kind,
				 const char *path)
{
	struct ledger_row *found = ledger_row(&comparison->names, (const char *[]){device, kind, path});
	struct compared_row row = {.device = NULL};
	size_t index;

	if (found == NULL)
		return NULL;
	index = (size_t)(found - comparison->names.rows.at);
	if (index < comparison->rows.n)
		return &comparison->rows.at[index];
	row.device = found->key[0];
	row.kind = found->key[1];
	row.path = found->key[2];
	return VEC_PUSH(&comparison->rows, row) == 0 ? &comparison->rows.at[index] : NULL;
}

/* --- a side from results --- */

static void add_counters(struct compared *of, const struct counters *counters)
{
	for (int op = 0; op < ACCESS_OPS; op++) {
		of[op].requests += counters->op[op].requests;
		of[op].sectors += counters->op[op].sectors;
		of[op].unaligned += counters->op[op].unaligned;
	}
}

static void add_latencies(struct compared *of, const struct latencies *latencies)
{
	for (int op = 0; op < ACCESS_OPS; op++) {
		of[op].has_latency = latencies->op[op].count > 0;
		of[op].p50 = histogram_at(&latencies->op[op], 500);
		of[op].p99 = histogram_at(&latencies->op[op], 990);
	}
}

static int take_files(struct comparison *comparison, unsigned side, const struct results *results)
{
	size_t n = usage_results_files(&results->usage);
	struct file_room *room = malloc(sizeof(*room));
	int status = room != NULL ? 0 : -1;

	for (size_t i = 0; i < n && status == 0; i++) {
		struct compared_row *row;
		struct file_result file;

		usage_results_file(&results->usage, i, &file, room);
		row = compare_row(comparison, file.device, "", file.path);
		status = row != NULL ? 0 : -1;
		if (row != NULL)
			add_counters(row->of[side], file.counters);
	}
	free(room);
	return status;
}

static int take_latencies(struct comparison *comparison, unsigned side, const struct latency_results *latency)
{
	add_latencies(comparison->rows.at[0].of[side], &latency->totals);
	for (size_t i = 0; i < latency->regions.n; i++) {
		const struct latency_region *region = &latency->regions.at[i];
		struct compared_row *row =
		    compare_row(comparison, region->device, kind_name(region->kind), "");

		if (row == NULL)
			return -1;
		add_latencies(row->of[side], &region->latencies);
	}
	return 0;
}

static int take_all(struct comparison *comparison, unsigned side, const struct results *results)
{
	const struct latency_results *latency = results_of(results, &statistic_latency);
	struct compared_row *row = compare_row(comparison, "", "", "");

	if (row == NULL)
		return -1;
	add_counters(row->of[side], &results->usage.totals);
	for (size_t i = 0; i < results->usage.regions.n; i++) {
		const struct region_result *region = &results->usage.regions.at[i];

		row = compare_row(comparison, region->device, kind_name(region->kind), "");
		if (row == NULL)
			return -1;
		add_counters(row->of[side], &region->counters);
	}
	for (size_t i = 0; i < results->alignment.devices.n; i++)
		comparison->partial_blocks[side] += results->alignment.devices.at[i].partial_blocks;
	if (latency != NULL && take_latencies(comparison, side, latency) != 0)
		return -1;
	return take_files(comparison, side, results);
}

int compare_take(struct comparison *comparison, unsigned side, const struct results *results, struct err *err)
{
	struct pool *pool = &comparison->names.strings;

	comparison->trace[side] = pool_string(pool, results->trace.file);
	comparison->disk[side] = results->disk.file != NULL ? pool_string(pool, results->disk.file) : NULL;
	return take_all(comparison, side, results) == 0 ? 0 : err_nomem(err);
}

/* --- holding one against the other --- */

bool compare_differ(const struct comparison *comparison, uint64_t a, uint64_t b)
{
	uint64_t more = a > b ? a : b, less = a > b ? b : a;

	return (double)(more - less) * 100 > comparison->tolerance * (double)more;
}

bool compare_op_differs(const struct comparison *comparison, const struct compared_row *row, int op)
{
	const struct compared *a = &row->of[0][op], *b = &row->of[1][op];

	return compare_differ(comparison, a->requests, b->requests) ||
	       compare_differ(comparison, a->sectors, b->sectors) ||
	       compare_differ(comparison, a->unaligned, b->unaligned) ||
	       (a->has_latency && b->has_latency &&
		(compare_differ(comparison, a->p50, b->p50) || compare_differ(comparison, a->p99, b->p99)));
}

static bool row_differs(const struct comparison *comparison, const struct compared_row *row)
{
	bool differs = false;

	for (int op = 0; op < ACCESS_OPS; op++)
		differs |= compare_op_differs(comparison, row, op);
	return differs;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Sectors first, then requests that became unaligned or aligned, then requests. */
static int compare_effects(const struct compared_row *a, const struct compared_row *b)
{
	uint64_t left[3] = {0}, right[3] = {0};

	for (int op = 0; op < ACCESS_OPS; op++) {
		left[0] += distance(a->of[0][op].sectors, a->of[1][op].sectors);
		right[0] += distance(b->of[0][op].sectors, b->of[1][op].sectors);
		left[1] += distance(a->of[0][op].unaligned, a->of[1][op].unaligned);
		right[1] += distance(b->of[0][op].unaligned, b->of[1][op].unaligned);
		left[2] += distance(a->of[0][op].requests, a->of[1][op].requests);
		right[2] += distance(b->of[0][op].requests, b->of[1][op].requests);
	}
	for (unsigned i = 0; i < 3; i++)
		if (left[i] != right[i])
			return left[i] > right[i] ? -1 : 1;
	return 0;
}

static bool is_totals(const struct compared_row *row)
{
	return row->device[0] == '\0';
}

/* The totals first, then regions, then files; those that differ before those that do not. */
static int compare_rows(const void *left, const void *right, void *context)
{
	const struct compared_row *a = left, *b = right;
	bool a_differs = row_differs(context, a), b_differs = row_differs(context, b);
	int order;

	if (is_totals(a) != is_totals(b))
		return is_totals(a) ? -1 : 1;
	if (a_differs != b_differs)
		return a_differs ? -1 : 1;
	if ((a->path[0] == '\0') != (b->path[0] == '\0'))
		return a->path[0] == '\0' ? -1 : 1;
	if ((order = compare_effects(a, b)) != 0 || (order = strcmp(a->device, b->device)) != 0 ||
	    (order = strcmp(a->kind, b->kind)) != 0)
		return order;
	return strcmp(a->path, b->path);
}

bool compare_finish(struct comparison *comparison)
{
	size_t n = comparison->rows.n;

	if (n > 1)
		qsort_r(comparison->rows.at, n, sizeof(*comparison->rows.at), compare_rows, comparison);
	comparison->differing = 0;
	for (size_t i = 1; i < n; i++)
		comparison->differing += row_differs(comparison, &comparison->rows.at[i]);
	return comparison->differing > 0 || (n > 0 && row_differs(comparison, &comparison->rows.at[0])) ||
	       compare_differ(comparison, comparison->partial_blocks[0], comparison->partial_blocks[1]);
}
