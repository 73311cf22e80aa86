/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over a trace. */
#include "analyzer/analysis.h"

#include "analyzer/crew.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

struct hand {
	struct tally *tally;
	unsigned number, of; /* as in the options */
};

static void work(void *worker, const struct batch *batch)
{
	const struct hand *hand = worker;

	if (hand->of == 0 || batch->number % hand->of == hand->number - 1)
		tally_batch(hand->tally, batch);
}

static void finish(void *worker)
{
	const struct hand *hand = worker;

	tally_finish(hand->tally);
}

struct crew_of_tallies {
	struct tally *tallies;
	struct heat
	    *heats; /* one for each but the first tally, which has the options'; NULL without pictures */
	unsigned n;
};

static void dismiss(struct crew_of_tallies *crew)
{
	for (unsigned i = 0; i < crew->n; i++) {
		tally_done(&crew->tallies[i]);
		if (i > 0 && crew->heats != NULL)
			heat_done(&crew->heats[i]);
	}
	free(crew->tallies);
	free(crew->heats);
}

static int hire_one(struct crew_of_tallies *crew, const struct map *map,
		    const struct analysis_options *options)
{
	struct heat *heat = crew->n > 0 && crew->heats != NULL ? &crew->heats[crew->n] : options->heat;

	if (tally_init(&crew->tallies[crew->n], map, options->base, options->unit_sectors, options->all,
		       heat) != 0)
		return -1;
	crew->tallies[crew->n].part = options->part;
	if (crew->n > 0 && heat != NULL) {
		heat_init(heat, options->unit_sectors);
		heat->only_places = options->heat->only_places;
	}
	crew->n++;
	return 0;
}

static int hire(struct crew_of_tallies *crew, const struct map *map, const struct analysis_options *options,
		struct err *err)
{
	unsigned threads = options->threads ? options->threads : 1;

	*crew = (struct crew_of_tallies){.tallies = calloc(threads, sizeof(struct tally))};
	if (options->heat != NULL)
		crew->heats = calloc(threads, sizeof(struct heat));
	if (crew->tallies != NULL && (options->heat == NULL || crew->heats != NULL))
		while (crew->n < threads && hire_one(crew, map, options) == 0)
			;
	if (crew->n == threads)
		return 0;
	dismiss(crew);
	return err_nomem(err);
}

/* The first tally becomes the result, with what the others have counted. */
static int merge(struct analysis *analysis, struct crew_of_tallies *crew, struct err *err)
{
	struct tally *tally = &crew->tallies[0];

	for (unsigned i = 0; analysis->marked && i < crew->n; i++)
		tally_see_mark(&crew->tallies[i]);
	for (unsigned i = 1; i < crew->n; i++)
		tally_merge(tally, &crew->tallies[i]);
	analysis->usage = tally->usage;
	analysis->alignment = tally->alignment;
	analysis->accesses = tally->accesses;
	analysis->outside = tally->outside;
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

static int run_crew(struct analysis *analysis, struct crew_of_tallies *crew, struct trace *trace,
		    struct err *err)
{
	static const struct crew_work jobs = {.work = work, .finish = finish};
	const struct analysis_options *options = &analysis->options;
	struct hand hands[THREADS_MAX];
	void *workers[THREADS_MAX];
	struct stream stream;
	int status;

	for (unsigned i = 0; i < crew->n; i++) {
		hands[i] = (struct hand){&crew->tallies[i], options->number, options->of};
		workers[i] = &hands[i];
	}
	stream_init(&stream, trace);
	stream.edges = options->edges;
	status = crew_run(&stream, &jobs, workers, crew->n, err);
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
	struct crew_of_tallies crew;
	int status;

	if (hire(&crew, analysis->map, &analysis->options, err) != 0)
		return -1;
	status = run_crew(analysis, &crew, trace, err);
	if (status == 0)
		status = merge(analysis, &crew, err);
	dismiss(&crew);
	return status;
}

int analysis_count(struct analysis *analysis, const struct access *access, struct err *err)
{
	struct access alone = *access;
	struct batch batch = {.at = &alone, .n = 1};
	struct crew_of_tallies crew;
	int status;

	analysis->options.part = TALLY_WHOLE;
	analysis->options.threads = 1;
	analysis->options.heat = NULL;
	alone.window = WINDOW_UNMARKED;
	if (hire(&crew, analysis->map, &analysis->options, err) != 0)
		return -1;
	tally_batch(&crew.tallies[0], &batch);
	tally_finish(&crew.tallies[0]);
	status = merge(analysis, &crew, err);
	dismiss(&crew);
	return status;
}
