/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs of names under the touched sectors, joined until they are few enough. */
#include "viz/bands.h"

#include <stdlib.h>
#include <string.h>

void bands_done(struct bands *bands)
{
	VEC_FREE(&bands->list);
	names_free(&bands->names);
}

static int add(struct bands *bands, uint32_t name, uint64_t start, uint64_t end, uint64_t touched)
{
	struct band *last = bands->list.n ? &bands->list.at[bands->list.n - 1] : NULL;
	struct band band = {.name = name, .start = start, .end = end, .touched = touched};

	bands->names.list.at[name].sectors += end - start;
	if (last == NULL || last->name != name)
		return VEC_PUSH(&bands->list, band);
	last->end = end > last->end ? end : last->end;
	last->touched += touched;
	return 0;
}

/* The names in [start, end), to which `moved` sectors are shared out. */
static int add_interval(struct bands *bands, uint64_t start, uint64_t end, uint64_t moved)
{
	uint64_t min_step = (end - start) / 65536 + 1;
	struct place place;

	for (uint64_t at = start, step; at < end; at += step) {
		uint32_t name;

		map_find(bands->names.map, at, &place);
		step = place.count > min_step ? place.count : min_step;
		step = step > end - at ? end - at : step;
		name = names_of(&bands->names, &place);
		if (bands->names.list.n == 0 ||
		    add(bands, name, at, at + step,
			(uint64_t)((double)moved * (double)step / (double)(end - start))) != 0)
			return -1;
	}
	return 0;
}

static int compare_kept(const void *left, const void *right)
{
	const struct access *a = &(*(const struct heat_kept *const *)left)->access,
			    *b = &(*(const struct heat_kept *const *)right)->access;

	return a->start != b->start ? (a->start < b->start ? -1 : 1)
				    : (a->count > b->count) - (a->count < b->count);
}

/* Accesses in order of address that touch each other are one interval. */
static int add_sorted(struct bands *bands, const struct heat_kept *const *order, size_t n)
{
	uint64_t start = 0, end = 0, moved = 0;

	for (size_t i = 0; i < n; i++) {
		const struct access *access = &order[i]->access;
		uint64_t until = access->start + access->count;

		if (access->start > end) {
			if (end > start && add_interval(bands, start, end, moved) != 0)
				return -1;
			start = access->start;
			moved = 0;
		}
		start = i == 0 ? access->start : start;
		end = until > end ? until : end;
		moved += access->count;
	}
	return end > start ? add_interval(bands, start, end, moved) : 0;
}

/* From the accesses themselves, where all of them are known: bins may be larger than these. */
static int collect_kept(struct bands *bands, const struct heat *heat)
{
	const struct heat_kept **order = calloc(heat->kept.n + 1, sizeof(const struct heat_kept *));
	size_t n = 0;
	int status;

	if (order == NULL)
		return -1;
	for (size_t i = 0; i < heat->kept.n; i++)
		if (heat->kept.at[i].access.count > 0)
			order[n++] = &heat->kept.at[i];
	qsort(order, n, sizeof(*order), compare_kept);
	status = add_sorted(bands, order, n);
	free(order);
	return status;
}

/* Bins that touch each other are one interval; of large ones, only those of one place, each of which is
   another class. */
static int collect(struct bands *bands, const struct heat *heat)
{
	uint64_t start = 0, end = 0, moved = 0;

	if (heat_is_exact(heat))
		return collect_kept(bands, heat);
	for (size_t i = 0; i < heat->bins.n; i++) {
		uint64_t at = heat_bin_start(heat, &heat->bins.at[i]);

		if (at > end || (at > start && heat->bin_shift > 0)) {
			if (end > start && add_interval(bands, start, end, moved) != 0)
				return -1;
			start = at;
			moved = 0;
		}
		if (i == 0)
			start = at;
		end = at + ((uint64_t)1 << heat->bin_shift);
		moved += heat->bins.at[i].sectors;
	}
	return end > start ? add_interval(bands, start, end, moved) : 0;
}

static const struct space *device_of(const struct bands *bands, const struct band *band)
{
	return bands->names.list.at[band->name].device;
}

static void join(const struct bands *bands, struct band *into, const struct band *from)
{
	into->others += from->others + (into->name != from->name);
	into->mixed |= from->mixed || device_of(bands, into) != device_of(bands, from);
	if (into->name == from->name) {
		into->most += from->most;
	} else if (from->most > into->most) {
		into->name = from->name;
		into->most = from->most;
	}
	into->end = from->end;
	into->touched += from->touched;
	into->requests += from->requests;
}

/* The first band that ends behind a sector. */
static size_t find_band(const struct bands *bands, uint64_t sector)
{
	size_t low = 0, high = bands->list.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bands->list.at[middle].end <= sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A band is named after what was accessed in it, however much room its other runs have: accesses count, not
   sectors, or one discard of all that is free would outweigh everything else. */
static void count_requests(struct bands *bands, const struct heat *heat)
{
	for (size_t i = 0; heat_is_exact(heat) && i < heat->kept.n; i++) {
		uint64_t start = heat->kept.at[i].access.start, end = start + heat->kept.at[i].access.count;

		for (size_t b = find_band(bands, start); b < bands->list.n && bands->list.at[b].start < end;
		     b++)
			bands->list.at[b].requests++;
	}
	for (size_t i = 0; !heat_is_exact(heat) && i < heat->bins.n; i++) {
		uint64_t start = heat_bin_start(heat, &heat->bins.at[i]),
			 end = start + ((uint64_t)1 << heat->bin_shift);

		for (size_t b = find_band(bands, start); b < bands->list.n && bands->list.at[b].start < end;
		     b++)
			bands->list.at[b].requests += heat->bins.at[i].requests;
	}
	for (size_t i = 0; i < bands->list.n; i++)
		bands->list.at[i].most = bands->list.at[i].requests;
}

/* Large bins reach over what no access touched: the regions of which none was counted are no bands. */
static void drop_untouched(struct bands *bands, const struct analysis *analysis)
{
	size_t n = 0;

	for (size_t i = 0; i < bands->list.n; i++) {
		const struct name *name = &bands->names.list.at[bands->list.at[i].name];
		const struct counters *known =
		    usage_known_region(&analysis->usage, name->device, name->kind, name->in_fs);
		uint64_t requests = 0;

		for (int op = 0; known != NULL && op < ACCESS_OPS; op++)
			requests += known->op[op].requests;
		if (name->beyond ? analysis->beyond > 0 : requests > 0)
			bands->list.at[n++] = bands->list.at[i];
		else
			bands->names.list.at[bands->list.at[i].name].sectors = 0;
	}
	bands->list.n = n;
}

/* Where accesses are known by tiles only, a tile lies in one band. */
static void join_in_tiles(struct bands *bands, unsigned place_shift)
{
	size_t n = bands->list.n > 0;

	for (size_t i = 1; i < bands->list.n; i++) {
		struct band *last = &bands->list.at[n - 1], *next = &bands->list.at[i];

		if ((last->end - 1) >> place_shift == next->start >> place_shift)
			join(bands, last, next);
		else
			bands->list.at[n++] = *next;
	}
	bands->list.n = n;
}

/* Joins neighbours that have little, and then more, until there are few enough; ends because the limit
   doubles until it lets everything be joined. */
static void join_small(struct bands *bands)
{
	for (uint64_t limit = 8; bands->list.n > BANDS_MAX; limit *= 2) {
		size_t n = 1;

		for (size_t i = 1; i < bands->list.n; i++) {
			struct band *last = &bands->list.at[n - 1], *next = &bands->list.at[i];

			if (last->name == next->name || last->touched + next->touched < limit || limit == 0)
				join(bands, last, next);
			else
				bands->list.at[n++] = *next;
		}
		bands->list.n = n;
		if (limit == 0)
			return;
	}
}

int bands_of(struct bands *bands, const struct picture *picture, struct err *err)
{
	enum detail detail = DETAIL_ALL;

	memset(bands, 0, sizeof(*bands));
	names_init(&bands->names, picture->map, detail);
	if (collect(bands, picture->heat) != 0)
		return err_nomem(err);
	if (bands->list.n > BANDS_MAX) {
		bands_done(bands);
		memset(bands, 0, sizeof(*bands));
		names_init(&bands->names, picture->map, DETAIL_KINDS);
		if (collect(bands, picture->heat) != 0)
			return err_nomem(err);
	}
	if (!heat_is_exact(picture->heat))
		drop_untouched(bands, picture->analysis);
	count_requests(bands, picture->heat);
	if (!heat_is_exact(picture->heat))
		join_in_tiles(bands, picture->heat->place_shift);
	join_small(bands);
	names_count(&bands->names, picture->heat, picture->analysis);
	names_number(&bands->names);
	return bands->names.short_of_memory ? err_nomem(err) : 0;
}
