/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns of sums, and the rows that all of them share. */
#include "analyzer/tiles.h"

#include <stdlib.h>
#include <string.h>

/* More than two rows a bin of the limit make it certain that more bins are touched than the limit (as in
   analyzer/marks.c); joining them is put off until there are three, so that it need not be done often. */
#define ROWS_PER_BIN 2
#define ROWS_PER_BIN_MAX 3

void tiles_init(struct tiles *tiles, size_t limit)
{
	*tiles = (struct tiles){.limit = limit};
}

void tiles_free(struct tiles *tiles)
{
	for (unsigned i = 0; i < TILE_COLUMNS; i++)
		free(tiles->columns[i]);
	VEC_FREE(&tiles->rows);
	free(tiles->slots);
	tiles_init(tiles, tiles->limit);
}

/* --- rows --- */

static uint32_t *find_slot(const struct tiles *tiles, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash ^ hash >> 32) & (tiles->nslots - 1);

	while (tiles->slots[at] != 0 && tiles->rows.at[tiles->slots[at] - 1] != key)
		at = (at + 1) & (tiles->nslots - 1);
	return &tiles->slots[at];
}

static int more_slots(struct tiles *tiles)
{
	size_t n = tiles->nslots ? 4 * tiles->nslots : 256;
	uint32_t *slots = calloc(n, sizeof(*slots));

	if (slots == NULL)
		return -1;
	free(tiles->slots);
	tiles->slots = slots;
	tiles->nslots = n;
	for (size_t i = 0; i < tiles->rows.n; i++)
		*find_slot(tiles, tiles->rows.at[i]) = (uint32_t)i + 1;
	return 0;
}

static int more_room(struct tiles *tiles)
{
	size_t room = tiles->room ? 2 * tiles->room : 16;

	for (unsigned i = 0; i < TILE_COLUMNS; i++) {
		struct mark_sum *column;

		if (tiles->columns[i] == NULL)
			continue;
		column = realloc(tiles->columns[i], room * sizeof(*column));
		if (column == NULL)
			return -1;
		memset(column + tiles->room, 0, (room - tiles->room) * sizeof(*column));
		tiles->columns[i] = column;
	}
	tiles->room = room;
	return 0;
}

/* The row of a key, added when it is new; -1 when memory is short. */
static long row_of(struct tiles *tiles, uint64_t key)
{
	uint32_t *slot = tiles->nslots > 0 ? find_slot(tiles, key) : NULL;

	if (slot != NULL && *slot != 0)
		return (long)*slot - 1;
	if (2 * (tiles->rows.n + 1) > tiles->nslots && more_slots(tiles) != 0)
		return -1;
	if ((tiles->rows.n == tiles->room && more_room(tiles) != 0) || VEC_PUSH(&tiles->rows, key) != 0)
		return -1;
	*find_slot(tiles, key) = (uint32_t)tiles->rows.n;
	return (long)tiles->rows.n - 1;
}

/* --- columns --- */

static struct mark_sum *column_at(struct tiles *tiles, uint64_t time)
{
	struct mark_sum **column = &tiles->columns[(time >> tiles->time_shift) % TILE_COLUMNS];
	size_t size = (tiles->room ? tiles->room : 1) * sizeof(**column);

	if (*column != NULL)
		return *column;
	/* Cleared by hand: pages that are only read before they are written are had twice, the second time by
	   all processors. */
	*column = malloc(size);
	if (*column != NULL)
		memset(*column, 0, size);
	return *column;
}

static void add_sum(struct tiles *tiles, uint64_t time, uint64_t key, const struct mark_sum *sum)
{
	long row = row_of(tiles, key);
	struct mark_sum *column = row < 0 ? NULL : column_at(tiles, time);

	if (column != NULL)
		mark_sum_add(&column[row], sum);
	else
		tiles->short_of_memory = true;
}

/* --- joining --- */

static void join_times(struct tiles *tiles, unsigned coarser)
{
	struct mark_sum *joined[TILE_COLUMNS] = {0};

	for (uint64_t time = tiles->first >> tiles->time_shift; time <= tiles->last >> tiles->time_shift;
	     time++) {
		struct mark_sum *column = tiles->columns[time % TILE_COLUMNS];
		struct mark_sum **into = &joined[(time >> coarser) % TILE_COLUMNS];

		if (column == NULL)
			continue;
		for (size_t row = 0; *into != NULL && row < tiles->rows.n; row++)
			mark_sum_add(&(*into)[row], &column[row]);
		if (*into == NULL)
			*into = column;
		else
			free(column);
	}
	memcpy(tiles->columns, joined, sizeof(joined));
	tiles->time_shift += coarser;
}

/* Makes [first, last] part of the time axis. */
static void extend(struct tiles *tiles, uint64_t first, uint64_t last)
{
	unsigned shift = tiles->time_shift;

	if (tiles->any && tiles->first < first)
		first = tiles->first;
	if (tiles->any && tiles->last > last)
		last = tiles->last;
	while ((last >> shift) - (first >> shift) >= TILE_COLUMNS)
		shift++;
	if (tiles->any && shift > tiles->time_shift)
		join_times(tiles, shift - tiles->time_shift);
	tiles->time_shift = shift;
	tiles->first = first;
	tiles->last = last;
	tiles->any = true;
}

void tiles_join_places(struct tiles *tiles, unsigned place_shift)
{
	unsigned coarser = place_shift - tiles->place_shift;
	struct tiles fresh = {
	    .limit = tiles->limit,
	    .place_shift = place_shift,
	    .time_shift = tiles->time_shift,
	    .any = tiles->any,
	    .first = tiles->first,
	    .last = tiles->last,
	    .short_of_memory = tiles->short_of_memory,
	};

	if (place_shift <= tiles->place_shift)
		return;
	for (unsigned i = 0; i < TILE_COLUMNS && tiles->any; i++) {
		const struct mark_sum *column = tiles->columns[i];
		uint64_t time = (uint64_t)i << tiles->time_shift; /* of any column with this place */

		for (size_t row = 0; column != NULL && row < tiles->rows.n; row++) {
			uint64_t bin = tiles->rows.at[row] / HEAT_CLASSES >> coarser;

			if (!mark_sum_is_empty(&column[row]))
				add_sum(&fresh, time, bin * HEAT_CLASSES + tiles->rows.at[row] % HEAT_CLASSES,
					&column[row]);
		}
	}
	tiles_free(tiles);
	*tiles = fresh;
}

static int compare_keys(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* How many rows there would be of bins 2^coarser times as large; `keys` are the rows, sorted. */
static size_t count_rows(const uint64_t *keys, size_t n, unsigned coarser)
{
	uint64_t last[HEAT_CLASSES];
	size_t count = 0;

	memset(last, 0xff, sizeof(last));
	for (size_t i = 0; i < n; i++) {
		uint64_t *seen = &last[keys[i] % HEAT_CLASSES], bin = keys[i] / HEAT_CLASSES >> coarser;

		count += bin != *seen;
		*seen = bin;
	}
	return count;
}

static void shrink_late(struct tiles *tiles)
{
	uint64_t *keys;
	unsigned coarser = 0;

	if (tiles->rows.n <= ROWS_PER_BIN_MAX * tiles->limit)
		return;
	keys = malloc((tiles->rows.n + 1) * sizeof(*keys));
	if (keys == NULL) {
		tiles->short_of_memory = true;
		return;
	}
	memcpy(keys, tiles->rows.at, tiles->rows.n * sizeof(*keys));
	qsort(keys, tiles->rows.n, sizeof(*keys), compare_keys);
	while (count_rows(keys, tiles->rows.n, coarser) > ROWS_PER_BIN * tiles->limit)
		coarser++;
	free(keys);
	tiles_join_places(tiles, tiles->place_shift + coarser);
}

/* --- adding --- */

void tiles_add(struct tiles *tiles, const struct interval *interval)
{
	uint64_t bin = interval->start >> tiles->place_shift, last = interval->end >> tiles->place_shift;
	struct mark_sum start = {1, bin == last, interval->start - (bin == last ? interval->end : 0)};
	struct mark_sum end = {0, 1, -interval->end};

	if (!tiles->any || interval->when < tiles->first || interval->when > tiles->last)
		extend(tiles, interval->when, interval->when);
	add_sum(tiles, interval->when, bin * HEAT_CLASSES + interval->class, &start);
	if (bin != last)
		add_sum(tiles, interval->when, last * HEAT_CLASSES + interval->class, &end);
	shrink_late(tiles);
}

static uint64_t same_time(void *context, uint64_t time)
{
	(void)context;
	return time;
}

void tiles_merge(struct tiles *into, struct tiles *from, uint64_t (*time_of)(void *context, uint64_t time),
		 void *context)
{
	into->short_of_memory |= from->short_of_memory;
	if (time_of == NULL)
		time_of = same_time;
	if (!from->any) {
		tiles_free(from);
		return;
	}
	extend(into, time_of(context, from->first), time_of(context, from->last));
	tiles_join_places(into, from->place_shift);
	tiles_join_places(from, into->place_shift);
	for (uint64_t i = from->first >> from->time_shift; i <= from->last >> from->time_shift; i++) {
		const struct mark_sum *column = from->columns[i % TILE_COLUMNS];
		uint64_t time = i << from->time_shift;

		time = time_of(context, time > from->first ? time : from->first);
		for (size_t row = 0; column != NULL && row < from->rows.n; row++)
			if (!mark_sum_is_empty(&column[row]))
				add_sum(into, time, from->rows.at[row], &column[row]);
	}
	into->short_of_memory |= from->short_of_memory;
	tiles_free(from);
	shrink_late(into);
}
