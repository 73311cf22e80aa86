/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting by region and by file. */
#include "analyzer/usage.h"

#include "layout/ext.h"

#include <stdlib.h>
#include <string.h>

/* Within an ext file system or beside it, a kind is a region of its own: the leftover of a partition
   has no file system. */
static size_t region_key(const struct place *place, bool in_fs)
{
	return ((size_t)place->space->serves->id * KIND_COUNT + place->kind) * 2 + in_fs;
}

static const char *place_fs(const struct place *place)
{
	const struct space *space = place->space;

	if (space->ext != NULL && place->extent->kind != KIND_CHILD && place->inner < ext_sectors(space->ext))
		return ext_type(space->ext);
	return place->kind == KIND_OPAQUE || place->kind == KIND_SWAP ? space->content.type : NULL;
}

int usage_init(struct usage *usage, const struct map *map, uint64_t unit_sectors)
{
	memset(usage, 0, sizeof(*usage));
	usage->map = map;
	usage->unit_sectors = unit_sectors;
	usage->region_index = calloc(map->spaces.n * KIND_COUNT * 2, sizeof(uint32_t));
	return usage->region_index == NULL ? -1 : 0;
}

void usage_done(struct usage *usage)
{
	VEC_FREE(&usage->regions);
	VEC_FREE(&usage->files);
	free(usage->region_index);
	free(usage->file_slots);
	memset(usage, 0, sizeof(*usage));
}

/* Counts the present request once. */
static void count(const struct usage *usage, struct counters *counters, const struct access *access)
{
	counters->op[access->op].requests++;
	counters->op[access->op].unaligned += usage->unaligned;
}

void usage_access(struct usage *usage, const struct access *access)
{
	usage->serial++;
	usage->unaligned = access->op != ACCESS_FLUSH && access_is_unaligned(access, usage->unit_sectors);
	count(usage, &usage->totals, access);
	usage->totals.op[access->op].sectors += access->count;
}

static struct usage_region *find_region(struct usage *usage, const struct place *place)
{
	const char *fs = place_fs(place);
	uint32_t *index = &usage->region_index[region_key(place, fs != NULL)];

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

static size_t hash_file(const struct space *space, uint32_t inode)
{
	uint64_t key = (uint64_t)space->id << 32 | inode;

	key *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(key ^ key >> 32);
}

static uint32_t *find_slot(const struct usage *usage, const struct space *space, uint32_t inode)
{
	size_t at = hash_file(space, inode) & (usage->nslots - 1);

	while (usage->file_slots[at] != 0) {
		const struct usage_file *file = &usage->files.at[usage->file_slots[at] - 1];

		if (file->space == space && file->inode == inode)
			break;
		at = (at + 1) & (usage->nslots - 1);
	}
	return &usage->file_slots[at];
}

static int grow_slots(struct usage *usage)
{
	size_t n = usage->nslots ? 2 * usage->nslots : 64;
	uint32_t *slots;

	if (2 * (usage->files.n + 1) <= usage->nslots)
		return 0;
	slots = calloc(n, sizeof(*slots));
	if (slots == NULL)
		return -1;
	free(usage->file_slots);
	usage->file_slots = slots;
	usage->nslots = n;
	for (size_t i = 0; i < usage->files.n; i++)
		*find_slot(usage, usage->files.at[i].space, usage->files.at[i].inode) = (uint32_t)i + 1;
	return 0;
}

static struct usage_file *find_file(struct usage *usage, const struct space *space, uint32_t inode)
{
	struct usage_file file = {.space = space, .inode = inode};
	char path[16];
	uint32_t *slot;

	if (grow_slots(usage) != 0)
		return NULL;
	slot = find_slot(usage, space, inode);
	if (*slot == 0) {
		file.named = ext_path(space->ext, inode, path, sizeof(path));
		if (VEC_PUSH(&usage->files, file) != 0)
			return NULL;
		*slot = (uint32_t)usage->files.n;
	}
	return &usage->files.at[*slot - 1];
}

static bool is_of_inode(const struct place *place)
{
	return kind_has_inode(place->kind) && place->space->ext != NULL && place->extent->owner != 0 &&
	       !(place->extent->flags & EXTENT_DELETED);
}

void usage_expect(const struct usage *usage, const struct place *place)
{
	if (usage->nslots > 0 && is_of_inode(place))
		__builtin_prefetch(
		    &usage->file_slots[hash_file(place->space, place->extent->owner) & (usage->nslots - 1)]);
}

void usage_place(struct usage *usage, const struct access *access, const struct place *place)
{
	struct usage_region *region = find_region(usage, place);
	struct usage_file *file = NULL;
	bool of_file = is_of_inode(place);

	if (of_file)
		file = find_file(usage, place->space, place->extent->owner);
	if (region == NULL || (of_file && file == NULL)) {
		usage->short_of_memory = true;
		return;
	}
	if (region->seen != usage->serial)
		count(usage, &region->counters, access);
	region->seen = usage->serial;
	region->counters.op[access->op].sectors += place->count;
	if (file == NULL)
		return;
	if (file->seen != usage->serial)
		count(usage, &file->counters, access);
	file->seen = usage->serial;
	file->counters.op[access->op].sectors += place->count;
}

uint64_t usage_region_order(const struct usage_region *region)
{
	return ((uint64_t)region->device->id * KIND_COUNT + region->kind) * 2 + (region->fs != NULL);
}

void usage_merge(struct usage *usage, const struct usage *other)
{
	counters_merge(&usage->totals, &other->totals);
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
	for (size_t i = 0; i < other->files.n; i++) {
		struct usage_file *into =
		    find_file(usage, other->files.at[i].space, other->files.at[i].inode);

		if (into != NULL)
			counters_merge(&into->counters, &other->files.at[i].counters);
		else
			usage->short_of_memory = true;
	}
	usage->short_of_memory |= other->short_of_memory;
}

void usage_reset(struct usage *usage)
{
	memset(&usage->totals, 0, sizeof(usage->totals));
	memset(usage->region_index, 0, usage->map->spaces.n * KIND_COUNT * 2 * sizeof(uint32_t));
	usage->regions.n = 0;
	usage->files.n = 0;
	if (usage->nslots > 0)
		memset(usage->file_slots, 0, usage->nslots * sizeof(uint32_t));
}

static int compare_regions(const void *left, const void *right)
{
	uint64_t a = usage_region_order(left), b = usage_region_order(right);

	return a < b ? -1 : a > b;
}

static uint64_t traffic(const struct counters *counters, bool reads)
{
	uint64_t sum = 0;

	for (int op = 0; op < ACCESS_OPS; op++)
		if ((op == ACCESS_READ) == reads)
			sum += counters->op[op].sectors;
	return sum;
}

static int compare_files(const void *left, const void *right)
{
	const struct usage_file *a = left, *b = right;

	for (int reads = 0; reads < 2; reads++) {
		uint64_t x = traffic(&a->counters, reads), y = traffic(&b->counters, reads);

		if (x != y)
			return x > y ? -1 : 1;
	}
	if (a->space->id != b->space->id)
		return a->space->id < b->space->id ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

/* A file is what a directory names: any block that belongs to such an inode counts for it. */
static void keep_named(struct usage *usage)
{
	size_t kept = 0;

	for (size_t i = 0; i < usage->files.n; i++)
		if (usage->files.at[i].named)
			usage->files.at[kept++] = usage->files.at[i];
	usage->files.n = kept;
}

void usage_finish(struct usage *usage)
{
	if (usage->regions.n > 1)
		qsort(usage->regions.at, usage->regions.n, sizeof(struct usage_region), compare_regions);
	keep_named(usage);
	if (usage->files.n > 1)
		qsort(usage->files.at, usage->files.n, sizeof(struct usage_file), compare_files);
}
