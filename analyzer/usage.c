/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting by region and by file. */
#include "analyzer/usage.h"

#include "analyzer/file_order.h"
#include "layout/fs.h"

#include <stdlib.h>
#include <string.h>

const char *usage_place_fs(const struct place *place)
{
	const struct space *space = place->space;

	if (place->extent->kind != KIND_CHILD && fs_holds(space->fs, place->inner))
		return space->fs->type;
	return usage_has_fs(place->kind, false) ? space->content.type : NULL;
}

int usage_init(struct usage *usage, const struct map *map, uint64_t unit_sectors)
{
	memset(usage, 0, sizeof(*usage));
	usage->map = map;
	usage->unit_sectors = unit_sectors;
	usage->region_index = calloc(map->spaces.n * KIND_COUNT * 2, sizeof(uint32_t));
	if (inodes_init(&usage->inodes, map) != 0 || usage->region_index == NULL)
		return -1;
	return 0;
}

void usage_done(struct usage *usage)
{
	VEC_FREE(&usage->regions);
	VEC_FREE(&usage->files);
	free(usage->region_index);
	if (usage->map != NULL)
		inodes_done(&usage->inodes);
	memset(usage, 0, sizeof(*usage));
}

void usage_access(struct usage *usage, const struct access *access)
{
	usage->serial++;
	inodes_next_request(&usage->inodes);
	usage->unaligned = access->op != ACCESS_FLUSH && access_is_unaligned(access, usage->unit_sectors);
	counter_add(&usage->totals.op[access->op], 1, access->count, usage->unaligned);
}

static void count_dated(struct usage_dated *dated, const struct place *place)
{
	if (place->past.history == NULL)
		return;
	dated->labels++;
	dated->uncertain[place->past.why] += place->past.why != HISTORY_CERTAIN;
}

static void merge_dated(struct usage_dated *into, const struct usage_dated *from)
{
	into->labels += from->labels;
	for (unsigned why = 0; why < HISTORY_WHYS; why++)
		into->uncertain[why] += from->uncertain[why];
}

static struct usage_region *find_region(struct usage *usage, const struct place *place)
{
	const char *fs = usage_place_fs(place);
	uint32_t *index =
	    &usage->region_index[usage_region_key(place->space->serves, place->kind, fs != NULL)];

	if (*index == 0) {
		struct usage_region region = {
		    .device = place->space->serves,
		    .kind = place->kind,
		    .fs = fs,
		};

		if (VEC_PUSH(&usage->regions, region) != 0)
			return NULL;
		*index = (uint32_t)usage->regions.n;
	}
	return &usage->regions.at[*index - 1];
}

void usage_expect(const struct usage *usage, const struct place *places, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (usage_is_of_inode(&places[i]))
			inodes_expect(&usage->inodes, places[i].space, places[i].extent->owner);
}

void usage_place(struct usage *usage, const struct access *access, const struct place *place)
{
	struct usage_region *region = find_region(usage, place);
	bool first;

	count_dated(&usage->dated, place);
	if (region == NULL ||
	    (usage_is_of_inode(place) &&
	     inodes_count(&usage->inodes, place->space, place->extent->owner, (enum access_op)access->op,
			  place->count, usage->unaligned) != 0)) {
		usage->short_of_memory = true;
		return;
	}
	first = region->seen != usage->serial;
	region->seen = usage->serial;
	counter_add(&region->counters.op[access->op], first, place->count, first & usage->unaligned);
}

uint64_t usage_region_order(const struct usage_region *region)
{
	return usage_region_key(region->device, region->kind, region->fs != NULL);
}

void usage_merge(struct usage *usage, const struct usage *other)
{
	counters_merge(&usage->totals, &other->totals);
	merge_dated(&usage->dated, &other->dated);
	for (size_t i = 0; i < other->regions.n; i++) {
		const struct usage_region *from = &other->regions.at[i];
		uint32_t *index = &usage->region_index[usage_region_order(from)];

		if (*index != 0)
			counters_merge(&usage->regions.at[*index - 1].counters, &from->counters);
		else if (VEC_PUSH(&usage->regions, *from) == 0)
			*index = (uint32_t)usage->regions.n;
		else
			usage->short_of_memory = true;
	}
	usage->short_of_memory |= inodes_merge(&usage->inodes, &other->inodes) != 0 || other->short_of_memory;
}

void usage_reset(struct usage *usage)
{
	memset(&usage->totals, 0, sizeof(usage->totals));
	usage->dated = (struct usage_dated){.first = usage->dated.first, .last = usage->dated.last};
	memset(usage->region_index, 0, usage->map->spaces.n * KIND_COUNT * 2 * sizeof(uint32_t));
	usage->regions.n = 0;
	inodes_reset(&usage->inodes);
}

static int compare_regions(const void *left, const void *right)
{
	uint64_t a = usage_region_order(left), b = usage_region_order(right);

	return a < b ? -1 : a > b;
}

static int list_files(struct usage *usage, const struct file_order *order, size_t n)
{
	if (vec_reserve((void **)&usage->files.at, &usage->files.cap, n, sizeof(struct usage_file)) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		usage->files.at[i] = (struct usage_file){usage->map->spaces.at[file_key_space(order[i].file)],
							 (uint32_t)file_key_number(order[i].file)};
	usage->files.n = n;
	return 0;
}

/* A file is what a directory names; other inodes are left out. */
static int finish_files(struct usage *usage)
{
	VEC(struct file_order) order = {0};
	struct inode_walk walk = {0};
	int status = 0;

	while (status == 0 && inodes_next(&usage->inodes, &walk)) {
		const struct space *space = usage->map->spaces.at[walk.space];
		struct counters counters;

		if (!fs_has_path(space->fs, walk.inode))
			continue;
		inodes_counters(&usage->inodes, space, walk.inode, &counters);
		status = VEC_PUSH(&order, file_order(&counters, file_key(space->id, walk.inode), 0));
	}
	if (status == 0 && file_order_sort(order.at, order.n) == 0)
		status = list_files(usage, order.at, order.n);
	else
		status = -1;
	VEC_FREE(&order);
	return status;
}

void usage_finish(struct usage *usage)
{
	if (usage->regions.n > 1)
		qsort(usage->regions.at, usage->regions.n, sizeof(struct usage_region), compare_regions);
	if (finish_files(usage) != 0)
		usage->short_of_memory = true;
}
