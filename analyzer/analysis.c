/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over a trace.  Whether it has marks is known only when the first one comes: what was counted
   until then is forgotten, so that memory does not hang on the length of the trace. */
#include "analyzer/analysis.h"

#include "trace/window.h"

#include <string.h>

#define BATCH 4096

int analysis_init(struct analysis *analysis, const struct map *map, const struct analysis_options *options,
		  struct err *err)
{
	memset(analysis, 0, sizeof(*analysis));
	analysis->options = *options;
	analysis->map = map;
	if (usage_init(&analysis->usage, map, options->unit_sectors) == 0 &&
	    alignment_init(&analysis->alignment, map, options->unit_sectors) == 0)
		return 0;
	analysis_done(analysis);
	return err_nomem(err);
}

void analysis_done(struct analysis *analysis)
{
	usage_done(&analysis->usage);
	alignment_done(&analysis->alignment);
}

static void feed(struct analysis *analysis, const struct access *access)
{
	uint64_t at = access->start, end = access->start + access->count;
	struct place place;

	analysis->accesses++;
	usage_access(&analysis->usage, access);
	alignment_access(&analysis->alignment);
	if (analysis->options.heat != NULL)
		heat_access(analysis->options.heat, access);
	if (access->op != ACCESS_FLUSH && end > map_disk(analysis->map)->sectors)
		analysis->beyond++;
	for (; at < end; at += place.count) {
		map_find(analysis->map, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		usage_place(&analysis->usage, access, &place);
		alignment_place(&analysis->alignment, access, &place);
	}
}

/* The first mark: nothing before it counts. */
static void forget(struct analysis *analysis)
{
	analysis->marked = true;
	if (analysis->options.all)
		return;
	analysis->outside += analysis->accesses;
	analysis->accesses = 0;
	analysis->beyond = 0;
	usage_reset(&analysis->usage);
	alignment_reset(&analysis->alignment);
	if (analysis->options.heat != NULL)
		heat_reset(analysis->options.heat);
}

static void take(struct analysis *analysis, const struct access *access)
{
	if (access->window != WINDOW_UNMARKED && !analysis->marked)
		forget(analysis);
	if (access->window == WINDOW_MARK || (access->window == WINDOW_OUTSIDE && !analysis->options.all))
		analysis->outside++;
	else
		feed(analysis, access);
}

static int finish(struct analysis *analysis, const struct window *window, struct err *err)
{
	analysis->windows = window->windows;
	analysis->stray_ons = window->stray_ons;
	analysis->stray_offs = window->stray_offs;
	usage_finish(&analysis->usage);
	alignment_finish(&analysis->alignment);
	if (analysis->options.heat != NULL)
		heat_finish(analysis->options.heat);
	if (analysis->usage.short_of_memory || analysis->alignment.short_of_memory)
		return err_nomem(err);
	return 0;
}

int analysis_run(struct analysis *analysis, struct trace *trace, struct err *err)
{
	static _Thread_local struct access batch[BATCH];
	struct window window;
	long got;

	window_init(&window, trace);
	while ((got = window_read(&window, batch, BATCH, err)) > 0)
		for (long i = 0; i < got; i++)
			take(analysis, &batch[i]);
	window_done(&window);
	return got < 0 ? -1 : finish(analysis, &window, err);
}
