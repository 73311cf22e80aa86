/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plain results of an analysis. */
#include "analyzer/results.h"

#include "analyzer/question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_trace(struct results *results, const struct trace *trace, const struct analysis *analysis)
{
	const struct space *base = analysis->options.base;

	results->trace = (struct results_trace){
	    .file = trace->path,
	    .format = trace->format->name,
	    .event = trace->event,
	    .device = trace->options.device,
	    .relative_to = base == map_disk(analysis->map) ? NULL : base->name,
	    .sectors = trace->disk_sectors,
	    .accesses = analysis->accesses,
	    .windows = analysis->windows,
	    .outside = analysis->outside,
	    .filter = analysis->options.filter != NULL ? filter_text(analysis->options.filter) : NULL,
	    .filtered = analysis->filtered,
	    .past = analysis->past,
	    .stray_ons = analysis->stray_ons,
	    .stray_offs = analysis->stray_offs,
	    .beyond = analysis->beyond,
	    .elsewhere = analysis->elsewhere,
	    .marked = analysis->marked,
	    .all = analysis->options.all,
	};
}

static int take_disk_notes(struct results *results, const struct map *map)
{
	const char *rest = NULL;
	char text[64];

	for (size_t i = 0; i < map->notes.n; i++)
		if (VEC_PUSH(&results->disk_notes, map->notes.at[i].text) != 0)
			return -1;
	if (map->notes.left_out == 0)
		return 0;
	snprintf(text, sizeof(text), "and %zu more notes on the disk", map->notes.left_out);
	rest = pool_string(&results->strings, text);
	return rest == NULL ? -1 : VEC_PUSH(&results->disk_notes, rest);
}

/* A proof that is no more than the disk's own size goes without saying. */
static int take_fit(struct results *results, const struct fit *fit)
{
	if (fit == NULL || results->disk.file == NULL)
		return 0;
	if (fit->proof != FIT_SIZE || fit->derived != NULL)
		results->trace.identity = fit_proof_name(fit->proof);
	results->derived = fit->derived;
	for (size_t i = 0; i < fit->warnings.n; i++)
		if (VEC_PUSH(&results->fit_warnings, fit->warnings.at[i]) != 0)
			return -1;
	return 0;
}

int results_init(struct results *results, const struct statistic *const *more, unsigned n)
{
	*results = (struct results){
	    .counted = {{&statistic_usage, &results->usage}, {&statistic_alignment, &results->alignment}},
	    .ncounted = COUNTED_OWN,
	};
	for (unsigned i = 0; i < n; i++) {
		void *at;

		if (more[i]->take == NULL)
			continue;
		at = calloc(1, more[i]->results_size);
		if (at == NULL)
			return -1;
		if (more[i]->begin != NULL)
			more[i]->begin(at, more[i]);
		results->counted[results->ncounted++] = (struct counted){more[i], at};
	}
	return 0;
}

int results_take_counted(struct results *results, const struct analysis *analysis)
{
	struct statistic_setup setup = analysis_setup(analysis);

	for (unsigned i = 0; i < results->ncounted; i++) {
		const struct counted *counted = &results->counted[i];

		if (counted->of->take(counted->at, analysis_state(analysis, counted->of), &setup) != 0)
			return -1;
	}
	return 0;
}

int results_take_about(struct results *results, const struct trace *trace, const char *disk_path,
		       const struct map *map, const struct analysis *analysis)
{
	results->disk = (struct results_disk){.file = disk_path,
					      .sectors = map_disk(map)->sectors,
					      .base_sectors = analysis->options.base->sectors};
	results->unit_sectors = analysis->options.unit_sectors;
	results->threads = analysis->options.threads;
	for (unsigned i = 0; analysis->options.asked_alone && i < analysis->options.nmore; i++)
		if (analysis->options.more[i]->take != NULL)
			results->chosen[results->nchosen++] = analysis->options.more[i];
	take_trace(results, trace, analysis);
	for (size_t i = 0; i < trace->notes.n; i++)
		if (VEC_PUSH(&results->trace_notes, trace->notes.at[i]) != 0)
			return -1;
	if (take_fit(results, analysis->options.fit) != 0)
		return -1;
	return take_disk_notes(results, map);
}

int results_take(struct results *results, const struct trace *trace, const char *disk_path,
		 const struct map *map, const struct analysis *analysis, struct err *err)
{
	if (results_init(results, analysis->options.more, analysis->options.nmore) != 0 ||
	    results_take_about(results, trace, disk_path, map, analysis) != 0 ||
	    results_take_counted(results, analysis) != 0)
		return err_nomem(err);
	return results_make_notes(results, err);
}

void results_done(struct results *results)
{
	for (unsigned i = 0; i < results->ncounted; i++) {
		results->counted[i].of->results_done(results->counted[i].at);
		if (i >= COUNTED_OWN)
			free(results->counted[i].at);
	}
	VEC_FREE(&results->trace_notes);
	VEC_FREE(&results->disk_notes);
	VEC_FREE(&results->fit_warnings);
	VEC_FREE(&results->warnings);
	VEC_FREE(&results->notes);
	pool_free(&results->strings);
	memset(results, 0, sizeof(*results));
}

const struct statistic *results_asked(const struct results *results, const struct statistic *asked)
{
	for (unsigned i = 0; i < results->ncounted; i++)
		if (statistic_same(results->counted[i].of, asked))
			return results->counted[i].of;
	return NULL;
}

/* Adds the columns that can be sorted by. */
static bool has_column(const struct counted *counted, const char *sort, struct text *names)
{
	const struct ledger *ledger = counted->at;
	bool has = false;

	if (counted->of->take != question_take)
		return false;
	for (unsigned i = 0; i < ledger->nkeys; i++) {
		has |= strcmp(ledger->keys[i].json, sort) == 0;
		text_printf(names, " %s", ledger->keys[i].json);
	}
	for (unsigned i = 0; i < ledger->plan->ncolumns; i++) {
		has |= strcmp(ledger->plan->columns[i].json, sort) == 0;
		text_printf(names, " %s", ledger->plan->columns[i].json);
	}
	return has;
}

int results_order(struct results *results, uint64_t top, const char *sort, struct err *err)
{
	struct text names = {0};
	bool has = sort == NULL;

	results->top = top;
	results->sort = sort;
	for (unsigned i = 0; i < results->ncounted && sort != NULL; i++)
		has |= has_column(&results->counted[i], sort, &names);
	if (!has)
		err_set(err, "--sort: no table has a column '%.40s'; there are:%.300s", sort,
			names.at != NULL ? names.at : " none");
	text_free(&names);
	return has ? 0 : -1;
}
