/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting is done by bounds and tiles; here are the time axis and the first accesses. */
#include "analyzer/heat.h"

#include "analyzer/statistic.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* So that the key of a tile at the end of the largest disk fits into 64 bits. */
#define PLACE_SHIFT_MIN 2

static_assert(TILE_COLUMNS == 1u << HEAT_TIME_BITS, "a tile's key holds its column");

void heat_init(struct heat *heat, uint64_t unit_sectors)
{
	memset(heat, 0, sizeof(*heat));
	heat->unit_sectors = unit_sectors;
	bounds_init(&heat->bounds, HEAT_BINS_MAX);
	tiles_init(&heat->timed, HEAT_PLACES_MAX);
	tiles_init(&heat->untimed, HEAT_PLACES_MAX);
	heat->first_time = UINT64_MAX;
	memset(heat->clock, 0xff, sizeof(heat->clock));
}

void heat_done(struct heat *heat)
{
	bounds_free(&heat->bounds);
	tiles_free(&heat->timed);
	tiles_free(&heat->untimed);
	free(heat->bins.at);
	free(heat->tiles.at);
	VEC_FREE(&heat->kept);
	memset(heat, 0, sizeof(*heat));
}

void heat_reset(struct heat *heat)
{
	uint64_t unit_sectors = heat->unit_sectors;
	bool only_places = heat->only_places;

	heat_done(heat);
	heat_init(heat, unit_sectors);
	heat->only_places = only_places;
}

/* --- time --- */

/* Times as unsigned numbers in the same order. */
static uint64_t time_of(const struct access *access)
{
	return (uint64_t)access->time_ns ^ (uint64_t)1 << 63;
}

static void join_clocks(struct heat *heat, uint64_t serial)
{
	while (serial >> heat->clock_shift >= HEAT_CLOCKS) {
		for (unsigned i = 0; i < HEAT_CLOCKS; i++) {
			uint64_t a = i < HEAT_CLOCKS / 2 ? heat->clock[2 * i] : UINT64_MAX;
			uint64_t b = i < HEAT_CLOCKS / 2 ? heat->clock[2 * i + 1] : UINT64_MAX;

			heat->clock[i] = a < b ? a : b;
		}
		heat->clock_shift++;
	}
}

static void note_time(struct heat *heat, uint64_t time, uint64_t serial)
{
	uint64_t *clock = &heat->clock[serial >> heat->clock_shift];

	if (time < *clock)
		*clock = time;
	if (time < heat->first_time)
		heat->first_time = time;
	if (time > heat->last_time)
		heat->last_time = time;
}

/* The time of untimed accesses: the latest of those that began before. */
static uint64_t time_of_serial(void *context, uint64_t serial)
{
	const struct heat *heat = context;
	uint64_t time = heat->first_time;

	for (uint64_t i = 0; i <= serial >> heat->clock_shift; i++)
		if (heat->clock[i] != UINT64_MAX && heat->clock[i] > time)
			time = heat->clock[i];
	return time;
}

/* --- counting --- */

static void count_waiting(struct heat *heat)
{
	bounds_add(&heat->bounds, heat->waiting, heat->nwaiting);
	if (!heat->only_places) {
		tiles_add(&heat->timed, heat->waiting, heat->nwaiting, true);
		tiles_add(&heat->untimed, heat->waiting, heat->nwaiting, false);
	}
	heat->nwaiting = 0;
}

static void keep(struct heat *heat, const struct access *access, uint64_t serial, bool unaligned)
{
	struct heat_kept kept = {.access = *access, .serial = serial, .unaligned = unaligned};

	if (VEC_PUSH(&heat->kept, kept) != 0)
		heat->short_of_memory = true;
}

static inline void count(struct heat *heat, const struct access *access, uint64_t serial)
{
	bool unaligned = access->op != ACCESS_FLUSH && access_is_unaligned(access, heat->unit_sectors);
	bool timed = access->time_ns != ACCESS_NO_TIME;

	heat->flushes += access->op == ACCESS_FLUSH;
	if (timed)
		note_time(heat, time_of(access), serial);
	if (serial < HEAT_KEPT_MAX)
		keep(heat, access, serial, unaligned);
	if (access->count == 0)
		return;
	heat->waiting[heat->nwaiting++] = (struct interval){
	    .start = access->start,
	    .end = access->start + access->count,
	    .when = timed ? time_of(access) : serial,
	    .class = (uint16_t)heat_class((enum access_op)access->op, unaligned),
	    .timed = timed,
	};
	if (heat->nwaiting == BOUNDS_BATCH)
		count_waiting(heat);
}

static void reach(struct heat *heat, uint64_t serial)
{
	if (serial > heat->last_serial)
		heat->last_serial = serial;
	if (serial >> heat->clock_shift >= HEAT_CLOCKS)
		join_clocks(heat, serial);
}

void heat_accesses(struct heat *heat, const struct access *const *accesses, unsigned n, uint64_t serial)
{
	if (n == 0)
		return;
	reach(heat, serial + n - 1);
	heat->accesses += n;
	for (unsigned i = 0; i < n; i++)
		count(heat, accesses[i], serial + i);
}

void heat_access(struct heat *heat, const struct access *access, uint64_t serial)
{
	heat_accesses(heat, &access, 1, serial);
}

void heat_merge(struct heat *into, struct heat *from)
{
	count_waiting(into);
	count_waiting(from);
	for (size_t i = 0; i < from->kept.n; i++)
		if (VEC_PUSH(&into->kept, from->kept.at[i]) != 0)
			into->short_of_memory = true;
	into->accesses += from->accesses;
	into->flushes += from->flushes;
	into->short_of_memory |= from->short_of_memory;
	if (from->last_serial > into->last_serial)
		into->last_serial = from->last_serial;
	if (from->first_time < into->first_time)
		into->first_time = from->first_time;
	if (from->last_time > into->last_time)
		into->last_time = from->last_time;
	join_clocks(into, from->last_serial);
	join_clocks(from, into->last_serial);
	for (unsigned i = 0; i < HEAT_CLOCKS; i++)
		if (from->clock[i] < into->clock[i])
			into->clock[i] = from->clock[i];
	bounds_merge(&into->bounds, &from->bounds);
	tiles_merge(&into->timed, &from->timed, NULL, NULL);
	tiles_merge(&into->untimed, &from->untimed, NULL, NULL);
	heat_reset(from);
}

/* --- finishing --- */

static int add_cell(struct heat_table *table, uint64_t key, const struct touched *touched)
{
	return VEC_PUSH(table, (struct heat_cell){key, touched->starts, touched->sectors});
}

static int make_bins(struct heat *heat)
{
	struct bounds_walk walk;
	struct touched touched;

	bounds_sort(&heat->bounds);
	while (bounds_count(&heat->bounds) > heat->bounds.limit)
		bounds_join(&heat->bounds, 1);
	heat->bin_shift = heat->bounds.shift;
	bounds_walk(&walk, &heat->bounds);
	while (bounds_next(&walk, &touched))
		if (add_cell(&heat->bins, touched.bin * HEAT_CLASSES + touched.class, &touched) != 0)
			return -1;
	return 0;
}

/* How many bins of a class there would be if bins were of 2^shift sectors. */
static size_t count_places(const struct heat *heat, unsigned shift)
{
	uint64_t last[HEAT_CLASSES];
	size_t n = 0;

	memset(last, 0xff, sizeof(last));
	for (size_t i = 0; i < heat->bins.n; i++) {
		uint64_t place = heat->bins.at[i].key / HEAT_CLASSES >> (shift - heat->bin_shift);
		uint64_t *seen = &last[heat->bins.at[i].key % HEAT_CLASSES];

		n += place != *seen;
		*seen = place;
	}
	return n;
}

static int add_tile(void *context, const struct touched *touched, unsigned column)
{
	struct heat *heat = context;

	return add_cell(&heat->tiles,
			(touched->bin * HEAT_CLASSES + touched->class) << HEAT_TIME_BITS | column, touched);
}

static int make_tiles(struct heat *heat)
{
	struct tiles *tiles = heat->has_time ? &heat->timed : &heat->untimed;

	heat->place_shift = heat->bin_shift > PLACE_SHIFT_MIN ? heat->bin_shift : PLACE_SHIFT_MIN;
	while (count_places(heat, heat->place_shift) > HEAT_PLACES_MAX)
		heat->place_shift++;
	if (heat->has_time)
		tiles_merge(&heat->timed, &heat->untimed, time_of_serial, heat);
	tiles_join_places(tiles, heat->place_shift);
	heat->time_shift = tiles->time_shift;
	heat->short_of_memory |= tiles->short_of_memory;
	return tiles_walk(tiles, add_tile, heat);
}

static int compare_kept(const void *left, const void *right)
{
	const struct heat_kept *a = left, *b = right;

	/* Extents of one access. */
	if (a->serial == b->serial)
		return a->access.start < b->access.start ? -1 : a->access.start > b->access.start;
	return a->serial < b->serial ? -1 : 1;
}

/* Puts the first accesses in order and on the time axis; those without a time are when the one before was. */
static void order_kept(struct heat *heat)
{
	uint64_t when = 0;

	if (heat->kept.n > 1)
		qsort(heat->kept.at, heat->kept.n, sizeof(*heat->kept.at), compare_kept);
	for (size_t i = 0; i < heat->kept.n; i++) {
		struct heat_kept *kept = &heat->kept.at[i];

		if (!heat->has_time)
			when = kept->serial;
		else if (kept->access.time_ns != ACCESS_NO_TIME)
			when = time_of(&kept->access) - heat->first_time;
		kept->when = when;
	}
}

void heat_finish(struct heat *heat)
{
	count_waiting(heat);
	heat->has_time = heat->first_time <= heat->last_time;
	heat->first_ns = heat->has_time ? (int64_t)(heat->first_time ^ (uint64_t)1 << 63) : ACCESS_NO_TIME;
	heat->last = heat->has_time ? heat->last_time - heat->first_time : heat->last_serial;
	order_kept(heat);
	if (make_bins(heat) != 0 || make_tiles(heat) != 0)
		heat->short_of_memory = true;
	heat->short_of_memory |= heat->bounds.short_of_memory;
	if (heat->has_time)
		heat->time_skew = heat->first_time & (((uint64_t)1 << heat->time_shift) - 1);
	bounds_free(&heat->bounds);
	tiles_free(&heat->timed);
	tiles_free(&heat->untimed);
}

/* --- the row --- */

static int init(void *state, const struct statistic_setup *setup)
{
	struct heat *heat = state;

	heat_init(heat, setup->unit_sectors);
	heat->only_places = setup->only_places;
	return 0;
}

static void done(void *state)
{
	heat_done(state);
}

static void extents(void *state, const struct access *const *accesses, unsigned n, uint64_t number)
{
	heat_accesses(state, accesses, n, number);
}

static void merge(void *state, void *other)
{
	heat_merge(state, other);
}

static void reset(void *state)
{
	heat_reset(state);
}

static int finish(void *state)
{
	struct heat *heat = state;

	heat_finish(heat);
	return heat->short_of_memory ? -1 : 0;
}

const struct statistic statistic_heat = {
    .name = "heat",
    .help = "where and when, for pictures",
    .state_size = sizeof(struct heat),
    .init = init,
    .done = done,
    .extents = extents,
    .merge = merge,
    .reset = reset,
    .finish = finish,
};
