/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sparse histograms that grow coarser instead of larger. */
#include "analyzer/heat.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 1024
/* Updates of bins that are free, and how many each access may cost after that. */
#define FREE_WORK ((uint64_t)1 << 22)
#define WORK_PER_ACCESS 16

void heat_init(struct heat *heat, uint64_t unit_sectors)
{
	memset(heat, 0, sizeof(*heat));
	heat->unit_sectors = unit_sectors;
}

void heat_done(struct heat *heat)
{
	free(heat->bins.at);
	free(heat->tiles.at);
	VEC_FREE(&heat->hits);
	memset(heat, 0, sizeof(*heat));
}

void heat_reset(struct heat *heat)
{
	uint64_t unit_sectors = heat->unit_sectors;

	heat_done(heat);
	heat_init(heat, unit_sectors);
}

static size_t first_slot(const struct heat_table *table, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash ^ hash >> 29) & (table->cap - 1);
}

static struct heat_cell *find_slot(const struct heat_table *table, uint64_t key)
{
	size_t at = first_slot(table, key);

	while (table->at[at].sectors != 0 && table->at[at].key != key)
		at = (at + 1) & (table->cap - 1);
	return &table->at[at];
}

static void put(struct heat_table *table, const struct heat_cell *cell)
{
	struct heat_cell *slot = find_slot(table, cell->key);

	table->n += slot->sectors == 0;
	slot->key = cell->key;
	slot->requests += cell->requests;
	slot->sectors += cell->sectors;
}

/* Moves all cells to a new table of `cap` slots, each with the key that `rekey` gives it. */
static int rebuild(struct heat_table *table, size_t cap, uint64_t (*rekey)(uint64_t key))
{
	struct heat_table fresh = {.at = calloc(cap, sizeof(struct heat_cell)), .cap = cap};

	if (fresh.at == NULL)
		return -1;
	for (size_t i = 0; i < table->cap; i++) {
		struct heat_cell cell = table->at[i];

		if (cell.sectors == 0)
			continue;
		cell.key = rekey(cell.key);
		put(&fresh, &cell);
	}
	free(table->at);
	table->at = fresh.at;
	table->n = fresh.n;
	table->cap = cap;
	return 0;
}

static uint64_t same_key(uint64_t key)
{
	return key;
}

static uint64_t join_bins(uint64_t key)
{
	return (key / HEAT_CLASSES >> 1) * HEAT_CLASSES + key % HEAT_CLASSES;
}

static uint64_t join_places(uint64_t key)
{
	return join_bins(key >> HEAT_TIME_BITS) << HEAT_TIME_BITS | (key & ((1u << HEAT_TIME_BITS) - 1));
}

static uint64_t join_times(uint64_t key)
{
	return key >> HEAT_TIME_BITS << HEAT_TIME_BITS | (key & ((1u << HEAT_TIME_BITS) - 1)) >> 1;
}

/* Makes room for what waits and puts it into the table, which may be too large after that. */
static void settle(struct heat *heat, struct heat_table *table)
{
	size_t cap = table->cap ? table->cap : FIRST_SLOTS;

	while (2 * (table->n + table->nwaiting) > cap)
		cap *= 2;
	if (cap != table->cap && rebuild(table, cap, same_key) != 0) {
		heat->short_of_memory = true;
		table->nwaiting = 0;
		return;
	}
	for (unsigned i = 0; i < table->nwaiting; i++)
		__builtin_prefetch(&table->at[first_slot(table, table->waiting[i].key)], 1);
	for (unsigned i = 0; i < table->nwaiting; i++)
		put(table, &table->waiting[i]);
	table->nwaiting = 0;
}

static void coarsen(struct heat *heat, struct heat_table *table, unsigned *shift, uint64_t (*rekey)(uint64_t))
{
	settle(heat, table);
	++*shift;
	if (table->cap > 0 && rebuild(table, table->cap, rekey) != 0)
		heat->short_of_memory = true;
}

/* True when the table may have grown. */
static bool add_cell(struct heat *heat, struct heat_table *table, uint64_t key, bool first, uint64_t sectors)
{
	table->waiting[table->nwaiting++] = (struct heat_cell){key, first, sectors};
	if (table->nwaiting < HEAT_WAITING)
		return false;
	settle(heat, table);
	return true;
}

static void add_bins(struct heat *heat, const struct access *access, unsigned class)
{
	uint64_t at = access->start, end = access->start + access->count;

	while (at < end) {
		uint64_t bin = at >> heat->bin_shift, next = (bin + 1) << heat->bin_shift;
		bool grown = add_cell(heat, &heat->bins, bin * HEAT_CLASSES + class, at == access->start,
				      (next < end ? next : end) - at);

		heat->work++;
		at = next;
		if ((grown && heat->bins.n > HEAT_BINS_MAX) ||
		    heat->work > FREE_WORK + WORK_PER_ACCESS * heat->accesses) {
			coarsen(heat, &heat->bins, &heat->bin_shift, join_bins);
			heat->work /= 2;
		}
	}
}

/* Joins bins of whichever axis has more of them. */
static void shrink_tiles(struct heat *heat, uint64_t end)
{
	if ((end >> heat->place_shift) * 2 > (heat->last >> heat->time_shift))
		coarsen(heat, &heat->tiles, &heat->place_shift, join_places);
	else
		coarsen(heat, &heat->tiles, &heat->time_shift, join_times);
}

static void add_tiles(struct heat *heat, const struct access *access, unsigned class, uint64_t when)
{
	uint64_t at = access->start, end = access->start + access->count;

	while (end >> heat->place_shift >> HEAT_PLACE_BITS != 0)
		coarsen(heat, &heat->tiles, &heat->place_shift, join_places);
	while (heat->last >> heat->time_shift >> HEAT_TIME_BITS != 0)
		coarsen(heat, &heat->tiles, &heat->time_shift, join_times);
	while (at < end) {
		uint64_t bin = at >> heat->place_shift, next = (bin + 1) << heat->place_shift;
		uint64_t key = (bin * HEAT_CLASSES + class) << HEAT_TIME_BITS | when >> heat->time_shift;

		if (add_cell(heat, &heat->tiles, key, at == access->start, (next < end ? next : end) - at) &&
		    heat->tiles.n > HEAT_TILES_MAX)
			shrink_tiles(heat, end);
		at = next;
	}
}

/* The access's place on the time axis; what is earlier than the first counts as the first. */
static uint64_t time_of(struct heat *heat, const struct access *access)
{
	uint64_t when = heat->accesses;

	if (heat->accesses == 0) {
		heat->has_time = access->time_ns != ACCESS_NO_TIME;
		heat->first_ns = access->time_ns;
	}
	if (heat->has_time) {
		when = heat->last;
		if (access->time_ns != ACCESS_NO_TIME)
			when = access->time_ns > heat->first_ns
				   ? (uint64_t)access->time_ns - (uint64_t)heat->first_ns
				   : 0;
	}
	if (when > heat->last)
		heat->last = when;
	return when;
}

void heat_access(struct heat *heat, const struct access *access)
{
	bool unaligned = access->op != ACCESS_FLUSH && access_is_unaligned(access, heat->unit_sectors);
	struct heat_hit hit = {.access = *access, .when = time_of(heat, access), .unaligned = unaligned};
	unsigned class = heat_class((enum access_op)access->op, unaligned);

	if (heat->hits.n < HEAT_HITS_MAX && VEC_PUSH(&heat->hits, hit) != 0)
		heat->short_of_memory = true;
	heat->accesses++;
	if (access->op == ACCESS_FLUSH) {
		heat->flushes++;
		return;
	}
	add_bins(heat, access, class);
	add_tiles(heat, access, class, hit.when);
}

static int compare_cells(const void *left, const void *right)
{
	const struct heat_cell *a = left, *b = right;

	return a->key < b->key ? -1 : a->key > b->key;
}

static void sort_table(struct heat *heat, struct heat_table *table)
{
	size_t n = 0;

	settle(heat, table);

	for (size_t i = 0; i < table->cap; i++)
		if (table->at[i].sectors != 0)
			table->at[n++] = table->at[i];
	if (n > 1)
		qsort(table->at, n, sizeof(*table->at), compare_cells);
}

void heat_finish(struct heat *heat)
{
	sort_table(heat, &heat->bins);
	sort_table(heat, &heat->tiles);
}
