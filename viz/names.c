/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of places, each once. */
#include "viz/names.h"

#include "analyzer/access_walk.h"
#include "layout/fs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void names_init(struct name_table *names, const struct map *map, enum detail detail)
{
	memset(names, 0, sizeof(*names));
	names->map = map;
	names->detail = detail;
}

void names_free(struct name_table *names)
{
	VEC_FREE(&names->list);
	free(names->slots);
	text_free(&names->pool);
}

/* --- words --- */

static void add_kind(struct text *out, enum kind kind)
{
	static const char *const initials[] = {"mbr", "ebr", "gpt", "lvm", "mmp", "gdt"};
	const char *word = kind_name(kind);
	size_t start = out->n;

	if (kind == KIND_OPAQUE)
		word = "contents";
	text_str(out, word);
	for (char *at = out->at ? out->at + start : NULL; at != NULL && *at != '\0'; at++) {
		for (size_t i = 0; i < sizeof(initials) / sizeof(initials[0]); i++)
			if (strncmp(at, initials[i], 3) == 0)
				for (unsigned j = 0; j < 3; j++)
					at[j] = (char)(at[j] - 'a' + 'A');
		if (*at == '-')
			*at = ' ';
	}
}

static void add_device(struct text *out, const struct region *region)
{
	text_str(out, region->device->name);
	if (region->fs_type != NULL && region->fs_type[0] != '\0')
		text_printf(out, " %s", region->fs_type);
	text_str(out, ": ");
}

static bool is_of_inode(const struct region *region)
{
	return region->has_owner && region->kind != KIND_JOURNAL;
}

static bool is_of_group(const struct region *region)
{
	return region->has_group && kind_has(region->kind, KIND_OF_GROUP);
}

static void add_inode(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];

	if (region_path(region, path, sizeof(path)))
		text_str(out, path);
	else
		text_printf(out, "inode <%" PRIu64 ">", region->inode);
	if (region->kind != KIND_FILE_DATA) {
		text_str(out, " (");
		add_kind(out, region->kind);
		text_char(out, ')');
	}
}

/* With two file systems, "/" and "inode table, group 0" say too little. */
static bool has_several_fs(const struct map *map)
{
	unsigned n = 0;

	for (size_t i = 0; i < map->spaces.n && n < 2; i++)
		n += map->spaces.at[i]->fs != NULL;
	return n > 1;
}

static void add_short_device(struct text *out, const struct region *region)
{
	if (has_several_fs(region->map))
		text_printf(out, "%s: ", region->device->name);
}

void name_label(struct text *out, const struct region *region, enum detail detail)
{
	if (detail == DETAIL_ALL && is_of_inode(region)) {
		add_short_device(out, region);
		add_inode(out, region);
	} else if (detail == DETAIL_ALL && is_of_group(region)) {
		add_short_device(out, region);
		add_kind(out, region->kind);
		text_printf(out, ", group %" PRIu32, region->group);
	} else {
		add_device(out, region);
		add_kind(out, region->kind);
	}
}

/* --- the table --- */

static struct name name_key(const struct region *region, const struct place *place,
			    const struct name_table *names, enum detail detail)
{
	struct name name = {
	    .device = region->device,
	    .kind = region->kind,
	    .in_fs = region->fs_type != NULL,
	    .beyond = place->start >= map_disk(names->map)->sectors,
	    .first = place->start,
	};

	if (detail == DETAIL_ALL && is_of_inode(region)) {
		name.owned = true;
		name.owner = region->owner;
		name.inode = region->inode;
	} else if (detail == DETAIL_ALL && is_of_group(region)) {
		name.owned = true;
		name.owner = region->group;
		name.inode = region->group;
	}
	return name;
}

static bool same_name(const struct name *a, const struct name *b)
{
	return a->device == b->device && a->kind == b->kind && a->in_fs == b->in_fs &&
	       a->beyond == b->beyond && a->owned == b->owned && a->owner == b->owner;
}

static uint32_t *find_slot(const struct name_table *names, const struct name *name)
{
	uint64_t hash = ((uint64_t)name->device->id << 40 | (uint64_t)name->kind << 32 | name->owner) +
			((uint64_t)name->in_fs << 62);
	size_t at;

	hash *= UINT64_C(0x9e3779b97f4a7c15);
	for (at = (size_t)(hash ^ hash >> 31) & (names->nslots - 1); names->slots[at] != 0;
	     at = (at + 1) & (names->nslots - 1))
		if (same_name(&names->list.at[names->slots[at] - 1], name))
			break;
	return &names->slots[at];
}

static int grow(struct name_table *names)
{
	size_t n = names->nslots ? 2 * names->nslots : 64;
	uint32_t *slots;

	if (2 * (names->list.n + 1) <= names->nslots)
		return 0;
	slots = calloc(n, sizeof(*slots));
	if (slots == NULL)
		return -1;
	free(names->slots);
	names->slots = slots;
	names->nslots = n;
	for (size_t i = 0; i < names->list.n; i++)
		*find_slot(names, &names->list.at[i]) = (uint32_t)i + 1;
	return 0;
}

uint32_t names_of(struct name_table *names, const struct place *place)
{
	enum detail detail = names->detail;
	struct region region;
	struct name name;
	uint32_t *slot;

	region_describe(names->map, place, &region);
	name = name_key(&region, place, names, detail);
	if (grow(names) != 0) {
		names->short_of_memory = true;
		return 0;
	}
	slot = find_slot(names, &name);
	if (*slot == 0 && names->limit > 0 && names->list.n >= names->limit) {
		detail = DETAIL_KINDS;
		name = name_key(&region, place, names, detail);
		slot = find_slot(names, &name);
	}
	if (*slot != 0)
		return *slot - 1;
	name.label = names->pool.n;
	if (name.beyond)
		text_str(&names->pool, "beyond the end of the disk");
	else
		name_label(&names->pool, &region, detail);
	text_char(&names->pool, '\0');
	if (VEC_PUSH(&names->list, name) != 0) {
		names->short_of_memory = true;
		return 0;
	}
	*slot = (uint32_t)names->list.n;
	return *slot - 1;
}

/* --- counting --- */

static void count_kept(struct name_table *names, const struct heat_kept *kept, uint64_t serial)
{
	uint64_t at = kept->access.start, end = at + kept->access.count;
	struct place place;

	for (; at < end; at += place.count) {
		struct counter *counter;
		struct name *name;
		uint32_t index;

		map_find(names->map, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		access_date_place(&kept->access, &place); /* as the report counts it */
		index = names_of(names, &place);
		if (names->list.n == 0)
			return;
		name = &names->list.at[index];
		counter = &name->counters.op[kept->access.op];
		counter->sectors += place.count;
		counter->requests += name->seen != serial;
		counter->unaligned += name->seen != serial && kept->unaligned;
		name->seen = serial;
	}
}

/* Puts counters where a name for them is. */
static void give(struct name_table *names, const struct name *key, const struct counters *counters)
{
	uint32_t slot = names->nslots > 0 ? *find_slot(names, key) : 0;

	if (slot != 0)
		names->list.at[slot - 1].counters = *counters;
}

static void count_files(struct name_table *names, const struct usage *usage)
{
	static const enum kind kinds[] = {KIND_FILE_DATA, KIND_DIRECTORY, KIND_SYMLINK};

	for (size_t i = 0; i < usage->files.n; i++) {
		const struct usage_file *file = &usage->files.at[i];
		struct name key = {
		    .device = file->space->serves, .in_fs = true, .owned = true, .owner = file->inode};
		struct counters counters;

		usage_counters(usage, file, &counters);
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			key.kind = kinds[k];
			give(names, &key, &counters);
		}
	}
}

static void count_regions(struct name_table *names, const struct usage *usage)
{
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		struct name key = {
		    .device = region->device, .kind = region->kind, .in_fs = region->fs != NULL};

		give(names, &key, &region->counters);
	}
}

void names_count(struct name_table *names, const struct heat *heat, const struct analysis *analysis)
{
	if (heat_is_exact(heat)) {
		for (size_t i = 0; i < heat->kept.n; i++)
			count_kept(names, &heat->kept.at[i], i + 1);
		return;
	}
	count_files(names, &analysis->usage);
	count_regions(names, &analysis->usage);
}

static int compare_worth(const void *left, const void *right)
{
	const struct name *a = *(struct name *const *)left, *b = *(struct name *const *)right;
	uint64_t requests_a = name_requests(a), requests_b = name_requests(b);

	if (requests_a != requests_b)
		return requests_a > requests_b ? -1 : 1;
	if (a->sectors != b->sectors)
		return a->sectors > b->sectors ? -1 : 1;
	return a < b ? -1 : a > b;
}

void names_number(struct name_table *names)
{
	struct name **order = calloc(names->list.n + 1, sizeof(struct name *));
	unsigned number = 0;
	size_t n = 0;

	if (order == NULL) {
		names->short_of_memory = true;
		return;
	}
	for (size_t i = 0; i < names->list.n; i++)
		if (names->list.at[i].sectors > 0)
			order[n++] = &names->list.at[i];
	if (n > NUMBERS_MAX)
		qsort(order, n, sizeof(*order), compare_worth);
	for (size_t i = 0; i < n && i < NUMBERS_MAX; i++)
		order[i]->number = 1;
	for (size_t i = 0; i < names->list.n; i++)
		if (names->list.at[i].number > 0)
			names->list.at[i].number = ++number;
	free(order);
}
