/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over a trace. */
#include "analyzer/analysis.h"

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
	struct heat
	    *heats; /* one for each but the first tally, which has the options'; NULL without pictures */
	unsigned n;
};

static void free_tallies(struct tallies *all)
{
	for (unsigned i = 0; i < all->n; i++) {
		tally_done(&all->at[i]);
		if (i > 0 && all->heats != NULL)
			heat_done(&all->heats[i]);
	}
	free(all->at);
	free(all->heats);
}

static int make_tally(struct tallies *all, const struct map *map, const struct analysis_options *options)
{
	struct heat *heat = all->n > 0 && all->heats != NULL ? &all->heats[all->n] : options->heat;

	if (tally_init(&all->at[all->n], map, options->base, options->unit_sectors, options->all, heat) != 0)
		return -1;
	all->at[all->n].part = options->part;
	if (all->n > 0 && heat != NULL) {
		heat_init(heat, options->unit_sectors);
		heat->only_places = options->heat->only_places;
	}
	all->n++;
	return 0;
}

static int make_tallies(struct tallies *all, const struct map *map, const struct analysis_options *options,
			struct err *err)
{
	unsigned threads = options->threads ? options->threads : 1;

	*all = (struct tallies){.at = calloc(threads, sizeof(struct tally))};
	if (options->heat != NULL)
		all->heats = calloc(threads, sizeof(struct heat));
	if (all->at != NULL && (options->heat == NULL || all->heats != NULL))
		while (all->n < threads && make_tally(all, map, options) == 0)
			;
	if (all->n == threads)
		return 0;
	free_tallies(all);
	return err_nomem(err);
}

/* The first tally becomes the result, with what the others have counted. */
static int merge(struct analysis *analysis, struct tallies *all, struct err *err)
{
	struct tally *tally = &all->at[0];

	for (unsigned i = 0; analysis->marked && i < all->n; i++)
		tally_see_mark(&all->at[i]);
	for (unsigned i = 1; i < all->n; i++)
		tally_merge(tally, &all->at[i]);
	analysis->usage = tally->usage;
	analysis->alignment = tally->alignment;
	analysis->accesses = tally->accesses;
	analysis->outside = tally->outside;
	analysis->past = tally->past;
	analysis->beyond = tally->beyond;
	analysis->elsewhere = tally->elsewhere;
	/* What is left of it goes with it. */
	memset(&tally->usage, 0, sizeof(tally->usage));
	memset(&tally->alignment, 0, sizeof(tally->alignment));
	usage_finish(&analysis->usage);
	alignment_finish(&analysis->alignment);
	if (analysis->options.heat != NULL)
		heat_finish(analysis->options.heat);
	if (analysis->usage.short_of_memory || analysis->alignment.short_of_memory)
		return err_nomem(err);
	return 0;
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
	usage_done(&analysis->usage);
	alignment_done(&analysis->alignment);
}

int analysis_run(struct analysis *analysis, struct trace *trace, struct err *err)
{
	struct tallies all;
	int status;

	if (make_tallies(&all, analysis->map, &analysis->options, err) != 0)
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
	analysis->options.heat = NULL;
	alone.window = WINDOW_UNMARKED;
	if (make_tallies(&all, analysis->map, &analysis->options, err) != 0)
		return -1;
	tally_batch(&all.at[0], &batch);
	tally_finish(&all.at[0]);
	status = merge(analysis, &all, err);
	free_tallies(&all);
	return status;
}
