/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs of names under the touched sectors, joined until they are few enough. */
#include "viz/bands.h"

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

/* Bins that touch each other are one interval; of large ones, only those of one place, each of which is
   another class. */
static int collect(struct bands *bands, const struct heat *heat)
{
	uint64_t start = 0, end = 0, moved = 0;

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

static void join(struct band *into, const struct band *from)
{
	into->others += from->others + (into->name != from->name);
	if (from->touched > into->touched)
		into->name = from->name;
	into->end = from->end;
	into->touched += from->touched;
}

/* Where accesses are known by tiles only, a tile lies in one band. */
static void join_in_tiles(struct bands *bands, unsigned place_shift)
{
	size_t n = bands->list.n > 0;

	for (size_t i = 1; i < bands->list.n; i++) {
		struct band *last = &bands->list.at[n - 1], *next = &bands->list.at[i];

		if ((last->end - 1) >> place_shift == next->start >> place_shift)
			join(last, next);
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
				join(last, next);
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
		join_in_tiles(bands, picture->heat->place_shift);
	join_small(bands);
	names_count(&bands->names, picture->heat, picture->analysis);
	names_number(&bands->names);
	return bands->names.short_of_memory ? err_nomem(err) : 0;
}
