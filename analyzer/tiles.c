/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Columns of sums, and the rows that all of them share. */
#include "analyzer/tiles.h"

#include <stdlib.h>
#include <string.h>

/* More than two rows a bin of the limit make it certain that more bins are touched than the limit (as in
   analyzer/bounds.c); joining them is put off until there are three, so that it need not be done often. */
#define ROWS_PER_BIN 2
#define ROWS_PER_BIN_MAX 3

/* Rows are cleared as they come into use, so many at once. */
#define CLEAR 512

/* Rows that a column has room for: two tables of the most rows are merged before bins are joined. */
static size_t room_of(const struct tiles *tiles)
{
	return (2 * (ROWS_PER_BIN_MAX * tiles->limit + 2) + CLEAR - 1) / CLEAR * CLEAR;
}

void tiles_init(struct tiles *tiles, size_t limit)
{
	*tiles = (struct tiles){.limit = limit};
}

void tiles_free(struct tiles *tiles)
{
	free(tiles->memory);
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
	size_t n = tiles->nslots ? 2 * tiles->nslots : 256;
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

/* The row of a key, added when it is new; -1 when memory is short. */
static long row_of(struct tiles *tiles, uint64_t key)
{
	uint32_t *slot = tiles->nslots > 0 ? find_slot(tiles, key) : NULL;

	if (slot != NULL && *slot != 0)
		return (long)*slot - 1;
	if (2 * (tiles->rows.n + 1) > tiles->nslots && more_slots(tiles) != 0)
		return -1;
	if (tiles->rows.n == room_of(tiles) || VEC_PUSH(&tiles->rows, key) != 0)
		return -1;
	*find_slot(tiles, key) = (uint32_t)tiles->rows.n;
	return (long)tiles->rows.n - 1;
}

/* --- columns --- */

/* All at once and never moved: giving memory back while other threads work makes all processors wait. */
static int get_memory(struct tiles *tiles)
{
	size_t room = room_of(tiles);

	tiles->memory = malloc(TILE_COLUMNS * room * sizeof(*tiles->memory));
	for (; tiles->memory != NULL && tiles->nspare < TILE_COLUMNS; tiles->nspare++)
		tiles->spare[tiles->nspare] = tiles->memory + (TILE_COLUMNS - 1 - tiles->nspare) * room;
	return tiles->memory != NULL ? 0 : -1;
}

static void give_back(struct tiles *tiles, struct tile_column *column)
{
	tiles->spare[tiles->nspare++] = column->at;
	*column = (struct tile_column){0};
}

/* The sum of a row in a column; NULL when memory is short. */
static struct bound_sum *sum_at(struct tiles *tiles, struct tile_column *column, size_t row)
{
	if (row < column->cleared)
		return &column->at[row];
	if (tiles->memory == NULL && get_memory(tiles) != 0)
		return NULL;
	if (column->at == NULL)
		column->at = tiles->spare[--tiles->nspare];
	while (column->cleared <= row) {
		size_t n = CLEAR - column->cleared % CLEAR;

		memset(column->at + column->cleared, 0, n * sizeof(*column->at));
		column->cleared += n;
	}
	return &column->at[row];
}

static void add_sum(struct tiles *tiles, uint64_t time, uint64_t key, const struct bound_sum *sum)
{
	struct tile_column *column = &tiles->columns[(time >> tiles->time_shift) % TILE_COLUMNS];
	long row = row_of(tiles, key);
	struct bound_sum *into = row < 0 ? NULL : sum_at(tiles, column, (size_t)row);

	if (into != NULL)
		bound_sum_add(into, sum);
	else
		tiles->short_of_memory = true;
}

/* --- joining --- */

/* The column with more rows takes the other one in. */
static void join_columns(struct tiles *tiles, struct tile_column *into, struct tile_column *from)
{
	if (into->cleared < from->cleared) {
		struct tile_column swap = *into;

		*into = *from;
		*from = swap;
	}
	for (size_t row = 0; row < from->cleared; row++)
		bound_sum_add(&into->at[row], &from->at[row]);
	if (from->at != NULL)
		give_back(tiles, from);
}

static void join_times(struct tiles *tiles, unsigned coarser)
{
	struct tile_column joined[TILE_COLUMNS] = {0};

	for (uint64_t time = tiles->first >> tiles->time_shift; time <= tiles->last >> tiles->time_shift;
	     time++)
		join_columns(tiles, &joined[(time >> coarser) % TILE_COLUMNS],
			     &tiles->columns[time % TILE_COLUMNS]);
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

/* The rows of bins 2^coarser times as large; into[row] is which of them a row becomes.  0, or -1 without
   memory. */
static int join_rows(struct tiles *tiles, unsigned coarser, uint32_t *into)
{
	struct tiles fresh = {.limit = tiles->limit};

	for (size_t row = 0; row < tiles->rows.n; row++) {
		uint64_t key = tiles->rows.at[row];
		long joined =
		    row_of(&fresh, (key / HEAT_CLASSES >> coarser) * HEAT_CLASSES + key % HEAT_CLASSES);

		if (joined < 0) {
			tiles_free(&fresh);
			return -1;
		}
		into[row] = (uint32_t)joined;
	}
	VEC_FREE(&tiles->rows);
	free(tiles->slots);
	tiles->rows.at = fresh.rows.at;
	tiles->rows.n = fresh.rows.n;
	tiles->rows.cap = fresh.rows.cap;
	tiles->slots = fresh.slots;
	tiles->nslots = fresh.nslots;
	return 0;
}

/* Of `old` rows, `sums` has room for what they become. */
static void join_sums(struct tile_column *column, size_t old, const uint32_t *into, struct bound_sum *sums,
		      size_t n)
{
	size_t known = column->cleared < old ? column->cleared : old;

	memset(sums, 0, n * sizeof(*sums));
	for (size_t row = 0; row < known; row++)
		bound_sum_add(&sums[into[row]], &column->at[row]);
	memcpy(column->at, sums, n * sizeof(*sums));
	column->cleared = n;
}

void tiles_join_places(struct tiles *tiles, unsigned place_shift)
{
	size_t old = tiles->rows.n;
	uint32_t *into;
	struct bound_sum *sums;

	if (place_shift <= tiles->place_shift)
		return;
	into = malloc((old + 1) * sizeof(*into));
	sums = malloc((old + 1) * sizeof(*sums));
	if (into == NULL || sums == NULL || join_rows(tiles, place_shift - tiles->place_shift, into) != 0)
		tiles->short_of_memory = true;
	else
		for (unsigned i = 0; i < TILE_COLUMNS; i++)
			if (tiles->columns[i].at != NULL)
				join_sums(&tiles->columns[i], old, into, sums, tiles->rows.n);
	tiles->place_shift = place_shift;
	free(into);
	free(sums);
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

static void add_interval(struct tiles *tiles, const struct interval *interval)
{
	uint64_t bin = interval->start >> tiles->place_shift, last = interval->end >> tiles->place_shift;
	struct bound_sum start = {1, bin == last, interval->start - (bin == last ? interval->end : 0)};
	struct bound_sum end = {0, 1, -interval->end};

	add_sum(tiles, interval->when, bin * HEAT_CLASSES + interval->class, &start);
	if (bin != last)
		add_sum(tiles, interval->when, last * HEAT_CLASSES + interval->class, &end);
	shrink_late(tiles);
}

void tiles_add(struct tiles *tiles, const struct interval *intervals, size_t n, bool timed)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t when = intervals[i].when;

		if (intervals[i].timed != timed)
			continue;
		first = when < first ? when : first;
		last = when > last ? when : last;
	}
	if (first > last)
		return;
	if (!tiles->any || first < tiles->first || last > tiles->last)
		extend(tiles, first, last);
	for (size_t i = 0; i < n; i++)
		if (intervals[i].timed == timed)
			add_interval(tiles, &intervals[i]);
}

static uint64_t same_time(void *context, uint64_t time)
{
	(void)context;
	return time;
}

/* Adds a column to the one of that time; into_rows[] says which row each of its rows is there. */
static void add_column(struct tiles *into, uint64_t time, const struct tile_column *from,
		       const long *into_rows, size_t n)
{
	struct tile_column *column = &into->columns[(time >> into->time_shift) % TILE_COLUMNS];

	for (size_t row = 0; row < from->cleared && row < n; row++) {
		struct bound_sum *sum;

		if (bound_sum_is_empty(&from->at[row]))
			continue;
		sum = into_rows[row] < 0 ? NULL : sum_at(into, column, (size_t)into_rows[row]);
		if (sum != NULL)
			bound_sum_add(sum, &from->at[row]);
		else
			into->short_of_memory = true;
	}
}

static void add_columns(struct tiles *into, const struct tiles *from, uint64_t (*time_of)(void *, uint64_t),
			void *context)
{
	long *into_rows = malloc((from->rows.n + 1) * sizeof(*into_rows));

	if (into_rows == NULL) {
		into->short_of_memory = true;
		return;
	}
	for (size_t row = 0; row < from->rows.n; row++)
		into_rows[row] = row_of(into, from->rows.at[row]);
	for (uint64_t i = from->first >> from->time_shift; i <= from->last >> from->time_shift; i++) {
		uint64_t time = i << from->time_shift;

		time = time_of(context, time > from->first ? time : from->first);
		add_column(into, time, &from->columns[i % TILE_COLUMNS], into_rows, from->rows.n);
	}
	free(into_rows);
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
	add_columns(into, from, time_of, context);
	into->short_of_memory |= from->short_of_memory;
	tiles_free(from);
	shrink_late(into);
}
