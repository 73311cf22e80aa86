/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests are followed in their order, by one thread: what matters is which comes after which. */
#include "analyzer/torn.h"

#include "analyzer/access_filter.h"
#include "base/keys.h"
#include "base/size.h"
#include "layout/region.h"
#include "trace/window.h"

#define BATCH 256

/* What has been written of a page, in bytes of its file. */
struct page {
	uint64_t from, to; /* empty where they are the same */
};

/* A request's run of bytes in one file. */
struct run {
	const struct space *space;
	uint32_t owner;
	uint64_t from, to;
};

struct counting {
	struct torn *torn;
	const struct map *map;
	const struct space *base;
	uint64_t unit; /* bytes */
	bool all;
	struct keys index; /* of pages that were written in part */
	VEC(struct page) pages;
	struct keys files;
	struct window window;
	struct filter_run run;  /* without a filter, all pass */
	filter_verdict verdict; /* on the access that is looked at */
	uint64_t number;        /* of the next access that counts */
	bool marked;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
	return a ^ a >> 29;
}

static uint64_t file_of(const struct run *run)
{
	return mix(run->space->id + 1, run->owner);
}

static int count_file(struct counting *counting, const struct run *run, struct err *err)
{
	struct torn_file file = {run->space, run->owner, 0};
	size_t *index = keys_get(&counting->files, file_of(run));

	if (index == NULL || (*index == 0 && VEC_PUSH(&counting->torn->files, file) != 0))
		return err_nomem(err);
	if (*index == 0)
		*index = counting->torn->files.n;
	counting->torn->files.at[*index - 1].pages++;
	return 0;
}

static struct page *get_page(struct counting *counting, const struct run *run, uint64_t number)
{
	size_t *index = keys_get(&counting->index, mix(file_of(run), number));

	if (index == NULL || (*index == 0 && VEC_PUSH(&counting->pages, (struct page){0, 0}) != 0))
		return NULL;
	if (*index == 0)
		*index = counting->pages.n;
	return &counting->pages.at[*index - 1];
}

/* A part of a page, or all of it. */
static int write_page(struct counting *counting, const struct run *run, uint64_t number, struct err *err)
{
	uint64_t start = number * counting->unit, end = start + counting->unit;
	struct page now = {run->from > start ? run->from : start, run->to < end ? run->to : end};
	struct page *page = get_page(counting, run, number);

	if (page == NULL)
		return err_nomem(err);
	if (now.from == start && now.to == end) {
		*page = (struct page){0, 0};
		return 0;
	}
	if (page->from != page->to && now.from <= page->to && now.to >= page->from)
		now = (struct page){now.from < page->from ? now.from : page->from,
				    now.to > page->to ? now.to : page->to};
	*page = now;
	if (now.from != start || now.to != end)
		return 0;
	*page = (struct page){0, 0};
	return count_file(counting, run, err);
}

/* Only the first and the last page of a run may be written in part; those between may have been before. */
static int take_run(struct counting *counting, const struct run *run, struct err *err)
{
	uint64_t first = run->from / counting->unit, last = run->to == 0 ? 0 : (run->to - 1) / counting->unit;

	if (run->from == run->to)
		return 0;
	if (write_page(counting, run, first, err) != 0)
		return -1;
	return last != first ? write_page(counting, run, last, err) : 0;
}

/* Where an access lies in files: places that follow one another in a file are one run. */
static int take_access(struct counting *counting, const struct access *access, struct err *err)
{
	uint64_t end = access->start + access->count;
	struct run run = {.space = NULL};
	struct region region;
	struct place place;

	for (uint64_t at = access->start; at < end; at += place.count) {
		map_find_in(counting->map, counting->base, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		piece_set_place(counting->run.piece, &place);
		if (!filter_piece(&counting->run, counting->verdict))
			continue;
		region_describe(counting->map, &place, &region);
		if (region.kind != KIND_FILE_DATA || !region.has_offset || !region.has_owner)
			continue;
		if (run.space == place.space && run.owner == region.owner && run.to == region.offset) {
			run.to += place.count << SECTOR_SHIFT;
			continue;
		}
		if (take_run(counting, &run, err) != 0)
			return -1;
		run = (struct run){place.space, region.owner, region.offset,
				   region.offset + (place.count << SECTOR_SHIFT)};
	}
	return take_run(counting, &run, err);
}

/* Accesses are numbered as the tally does it: anew when the first mark comes, unless all count. */
static bool is_counted(struct counting *counting, const struct access *access)
{
	bool marked = access->window != WINDOW_UNMARKED;

	if (marked && !counting->marked && !counting->all)
		counting->number = 0;
	counting->marked |= marked;
	if (access->window > WINDOW_INSIDE && (access->window != WINDOW_OUTSIDE || !counting->all))
		return false;
	return access->op == ACCESS_FLUSH || access->start < counting->base->sectors;
}

static int count_access(struct counting *counting, const struct access *access, struct err *err)
{
	uint64_t index = counting->number++;
	struct access_walk walk;

	if (access->op != ACCESS_WRITE)
		return 0;
	access_walk_init(&walk, counting->map, counting->base, access, counting->run.unit_sectors);
	counting->verdict = access_filter_decide(&counting->run, &walk, access, index);
	access_filter_begin(&counting->run, &walk, access, index);
	return counting->verdict == FILTER_FAILS ? 0 : take_access(counting, access, err);
}

static int take_all(struct counting *counting, struct err *err)
{
	struct access batch[BATCH];
	long got;

	while ((got = window_read(&counting->window, batch, BATCH, err)) > 0)
		for (long i = 0; i < got; i++)
			if (is_counted(counting, &batch[i]) && count_access(counting, &batch[i], err) != 0)
				return -1;
	return got < 0 ? -1 : 0;
}

int torn_count(struct torn *torn, const struct map *map, const struct space *base, struct trace *trace,
	       uint64_t unit_sectors, bool all, const struct filter *filter, struct err *err)
{
	struct counting counting = {
	    .torn = torn, .map = map, .base = base, .unit = unit_sectors << SECTOR_SHIFT, .all = all};
	int status;

	if (trace_rewind(trace, err) != 0)
		return -1;
	window_init(&counting.window, trace);
	if (filter_run_init(&counting.run, filter, trace, map, unit_sectors) == 0)
		status = take_all(&counting, err);
	else
		status = err_nomem(err);
	if (status == 0 && counting.run.gave_up)
		status = err_set(err, "a pattern of the filter takes too long on some text");
	filter_run_done(&counting.run);
	window_done(&counting.window);
	keys_free(&counting.index);
	keys_free(&counting.files);
	VEC_FREE(&counting.pages);
	return status;
}
