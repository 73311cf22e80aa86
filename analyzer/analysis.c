/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over a trace. */
#include "analyzer/analysis.h"

#include "analyzer/question.h"
#include "analyzer/workers.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

struct share {
	struct tally *tally;
	unsigned number, of; /* as in the options */
};

static void work(void *worker, const struct batch *batch)
{
	const struct share *share = worker;

	if (share->of == 0 || batch->number % share->of == share->number - 1)
		tally_batch(share->tally, batch);
}

static void finish(void *worker)
{
	const struct share *share = worker;

	tally_finish(share->tally);
}

struct tallies {
	struct tally *at;
	unsigned n;
};

static void free_tallies(struct tallies *all)
{
	for (unsigned i = 0; i < all->n; i++)
		tally_done(&all->at[i]);
	free(all->at);
}

struct statistic_setup analysis_setup(const struct analysis *analysis)
{
	return (struct statistic_setup){
	    .clock = analysis->options.clock,
	    .map = analysis->map,
	    .trace = analysis->trace,
	    .base = analysis->options.base,
	    .filter = analysis->options.filter,
	    .unit_sectors = analysis->options.unit_sectors,
	    .only_places = analysis->options.only_places,
	};
}

bool analysis_needs_order(const struct analysis_options *options)
{
	for (unsigned i = 0; i < options->nmore; i++)
		if ((options->more[i]->needs & NEEDS_ORDER) != 0)
			return true;
	return false;
}

static unsigned threads_of(const struct analysis_options *options)
{
	return options->threads == 0 || analysis_needs_order(options) ? 1 : options->threads;
}

static int make_tallies(struct tallies *all, const struct analysis *analysis, struct err *err)
{
	const struct analysis_options *options = &analysis->options;
	struct statistic_setup setup = analysis_setup(analysis);
	unsigned threads = threads_of(options);

	*all = (struct tallies){.at = calloc(threads, sizeof(struct tally))};
	while (all->at != NULL && all->n < threads &&
	       tally_init(&all->at[all->n], &setup, options->more, options->nmore, options->all) == 0)
		all->at[all->n++].part = options->part;
	if (all->n == threads)
		return 0;
	free_tallies(all);
	return err_nomem(err);
}

/* The states become the analysis's. */
static void take_states(struct analysis *analysis, struct tally *tally)
{
	analysis->usage = tally->usage;
	analysis->alignment = tally->alignment;
	memcpy(analysis->counted, tally->counted, sizeof(analysis->counted));
	analysis->ncounted = tally->ncounted;
	analysis->counted[0].at = &analysis->usage;
	analysis->counted[1].at = &analysis->alignment;
	tally->ncounted = 0;
}

/* Whether more was asked for than may be kept. */
static bool is_full(const struct counted *counted, struct err *err)
{
	if (!question_is_full(counted->of, counted->at))
		return false;
	err_set(err, "-z %.100s has more than %d rows: ask for fewer fields, or for larger steps",
		statistic_question(counted->of), LEDGER_ROWS_MAX);
	return true;
}

/* The first tally becomes the result, with what the others have counted. */
static int merge(struct analysis *analysis, struct tallies *all, struct err *err)
{
	struct tally *tally = &all->at[0];
	int status = 0;

	for (unsigned i = 0; analysis->marked && i < all->n; i++)
		tally_see_mark(&all->at[i]);
	for (unsigned i = 1; i < all->n; i++)
		tally_merge(tally, &all->at[i]);
	if (tally->run.gave_up)
		status = err_set(
		    err, "a pattern of the filter takes too long on some text, so accesses would be missing");
	take_states(analysis, tally);
	analysis->accesses = tally->accesses;
	analysis->outside = tally->outside;
	analysis->filtered = tally->filtered;
	analysis->past = tally->past;
	analysis->beyond = tally->beyond;
	analysis->elsewhere = tally->elsewhere;
	for (unsigned i = 0; i < analysis->ncounted; i++)
		if (analysis->counted[i].of->finish(analysis->counted[i].at) != 0)
			status = is_full(&analysis->counted[i], err) ? -1 : err_nomem(err);
	return status;
}

static int run_workers(struct analysis *analysis, struct tallies *all, struct trace *trace, struct err *err)
{
	static const struct workers_job jobs = {.work = work, .finish = finish};
	const struct analysis_options *options = &analysis->options;
	struct share shares[THREADS_MAX];
	void *workers[THREADS_MAX];
	struct stream stream;
	int status;

	for (unsigned i = 0; i < all->n; i++) {
		shares[i] = (struct share){&all->at[i], options->number, options->of};
		workers[i] = &shares[i];
	}
	stream_init(&stream, trace);
	stream.edges = options->edges;
	status = workers_run(&stream, &jobs, workers, all->n, err);
	analysis->windows = stream.window.windows;
	analysis->stray_ons = stream.window.stray_ons;
	analysis->stray_offs = stream.window.stray_offs;
	analysis->marked = stream.window.marked;
	analysis->first_on = stream.window.first_on;
	analysis->on = stream.window.on;
	stream_done(&stream);
	return status;
}

void analysis_init(struct analysis *analysis, const struct map *map, const struct analysis_options *options)
{
	*analysis = (struct analysis){.options = *options, .map = map};
	if (options->base == NULL)
		analysis->options.base = map_disk(map);
}

void analysis_done(struct analysis *analysis)
{
	for (unsigned i = 0; i < analysis->ncounted; i++) {
		analysis->counted[i].of->done(analysis->counted[i].at);
		if (i >= COUNTED_OWN)
			free(analysis->counted[i].at);
	}
	analysis->ncounted = 0;
}

int analysis_run(struct analysis *analysis, struct trace *trace, struct err *err)
{
	struct tallies all;
	int status;

	analysis->trace = trace;
	if (make_tallies(&all, analysis, err) != 0)
		return -1;
	status = run_workers(analysis, &all, trace, err);
	if (status == 0)
		status = merge(analysis, &all, err);
	free_tallies(&all);
	return status;
}

int analysis_count(struct analysis *analysis, const struct access *access, struct err *err)
{
	struct access alone = *access;
	struct batch batch = {.at = &alone, .n = 1};
	struct tallies all;
	int status;

	analysis->options.part = TALLY_WHOLE;
	analysis->options.threads = 1;
	alone.window = WINDOW_UNMARKED;
	if (make_tallies(&all, analysis, err) != 0)
		return -1;
	tally_batch(&all.at[0], &batch);
	tally_finish(&all.at[0]);
	status = merge(analysis, &all, err);
	free_tallies(&all);
	return status;
}
