/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and their extents: the map is walked once, and what it has is put in the order of files. */
#include "cli/find.h"

#include "base/escape.h"
#include "layout/device.h"
#include "reports/map_filter.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct file_run {
	const struct space *space; /* whose file system has the file */
	uint32_t owner;
	uint64_t offset;
	const struct space *disk; /* NULL: the file has no blocks */
	uint64_t start, sectors;
};

struct file_runs {
	const struct find_list *list;
	VEC(struct file_run) at;
};

static bool takes(const struct file_runs *runs, const struct region *region)
{
	const struct find_list *list = runs->list;

	if (!region->has_owner || region->fs == NULL ||
	    (list->device != NULL && strcmp(list->device, region->fs->space->name) != 0))
		return false;
	if (list->deleted && (region->flags & EXTENT_DELETED))
		return true;
	return (region->kind == KIND_FILE_DATA || region->kind == KIND_DIRECTORY || region->kind == KIND_SYMLINK) &&
	       (!list->deleted || !fs_has_path(region->fs, region->owner));
}

static int add_region(struct file_runs *runs, const struct region *region, const struct space *disk,
		      const struct place *place)
{
	struct file_run run = {.space = region->fs != NULL ? region->fs->space : NULL,
			       .owner = region->owner,
			       .offset = region->has_offset ? region->offset : 0,
			       .disk = disk,
			       .start = place->start,
			       .sectors = place->count};

	return takes(runs, region) ? VEC_PUSH(&runs->at, run) : 0;
}

/* A run, for each file that has it. */
static int add_place(struct file_runs *runs, const struct map *map, const struct space *disk,
		     const struct place *place)
{
	struct region region, sharers[MAP_SHARERS_MAX];
	struct place places[MAP_SHARERS_MAX];
	int status;
	size_t n;

	region_describe(map, place, &region);
	status = add_region(runs, &region, disk, place);
	n = region_sharers(&region, places, sharers, MAP_SHARERS_MAX);
	for (size_t i = 0; i < n && status == 0; i++)
		status = add_region(runs, &sharers[i], disk, place);
	return status;
}

static int add_disk(struct file_runs *runs, const struct map *map, const struct space *disk)
{
	struct place place;
	int status = 0;

	for (uint64_t at = 0; at < disk->sectors && status == 0; at += place.count) {
		map_find_shared(map, disk, at, &place);
		status = add_place(runs, map, disk, &place);
	}
	return status;
}

/* Files whose inodes lie there, and that have no blocks. */
static int add_inodes(struct file_runs *runs, const struct space *space, const uint64_t inodes[2])
{
	struct file_run run = {.space = space};
	int status = 0;

	for (uint64_t number = inodes[0]; number <= inodes[1] && status == 0; number++)
		if (fs_owner(space->fs, number, &run.owner) && fs_has_path(space->fs, run.owner) &&
		    !fs_owner_has_sectors(space->fs, run.owner))
			status = VEC_PUSH(&runs->at, run);
	return status;
}

static int add_empty(struct file_runs *runs, const struct space *space)
{
	int status = 0;

	if (space->fs == NULL || runs->list->deleted ||
	    (runs->list->device != NULL && strcmp(runs->list->device, space->name) != 0))
		return 0;
	for (size_t i = 0; i < space->extents.n && status == 0; i++) {
		const struct extent *extent = &space->extents.at[i];
		uint64_t end = i + 1 < space->extents.n ? extent[1].start : space->sectors, inodes[2];

		if (extent->kind == KIND_INODE_TABLE &&
		    fs_inodes(space->fs, extent, extent->start, end - extent->start, inodes))
			status = add_inodes(runs, space, inodes);
	}
	return status;
}

static int compare_runs(const void *left, const void *right)
{
	const struct file_run *a = left, *b = right;

	if (a->space != b->space)
		return a->space->id < b->space->id ? -1 : 1;
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static int collect(struct file_runs *runs, const struct map *map)
{
	int status = 0;

	for (const struct space *disk = map_disk(map); disk != NULL && status == 0;
	     disk = map_next_disk(map, disk))
		status = add_disk(runs, map, disk);
	for (size_t i = 0; i < map->spaces.n && status == 0; i++)
		status = add_empty(runs, map->spaces.at[i]);
	if (runs->at.n > 1)
		qsort(runs->at.at, runs->at.n, sizeof(*runs->at.at), compare_runs);
	return status;
}

static void add_path(struct text *out, const struct file_run *run)
{
	char path[FS_PATH_MAX];

	if (fs_path(run->space->fs, run->owner, path, sizeof(path)))
		escape_terminal(out, path, strlen(path));
}

/* A file that has no blocks. */
static void add_alone(struct find *find, const struct file_run *run)
{
	uint64_t inode = fs_number(run->space->fs, run->owner);
	struct region region = {.device = run->space,
				.fs = run->space->fs,
				.fs_type = run->space->fs->type,
				.has_owner = true,
				.has_inode = true,
				.owner = run->owner,
				.inode = inode};
	char path[FS_PATH_MAX] = "";

	find->found++;
	if (find->csv) {
		find_add_csv(find, &region);
		return;
	}
	if (!find->common->json) {
		text_str(&find->out, "- ");
		escape_terminal(&find->out, run->space->name, strlen(run->space->name));
		text_printf(&find->out, " %s ", run->space->fs->type);
		add_path(&find->out, run);
		text_printf(&find->out, ", no blocks, inode %" PRIu64 "\n", inode);
		return;
	}
	fs_path(run->space->fs, run->owner, path, sizeof(path));
	text_str(&find->out, "{\"sectors\":0,\"device\":");
	escape_json(&find->out, run->space->name, strlen(run->space->name));
	text_printf(&find->out, ",\"fs\":\"%s\",\"inode\":%" PRIu64 ",\"path\":", run->space->fs->type,
		    inode);
	escape_json(&find->out, path, strlen(path));
	text_str(&find->out, "}\n");
}

/* The run's region again, as this file has it. */
static int print_run(struct find *find, const struct file_run *run)
{
	struct region region, sharers[MAP_SHARERS_MAX];
	struct place place, places[MAP_SHARERS_MAX];
	size_t n;

	if (run->disk == NULL) {
		add_alone(find, run);
		return find->out.n > 65536 && print_text(&find->out) != 0;
	}
	map_find_shared(find->map, run->disk, run->start, &place);
	region_describe(find->map, &place, &region);
	if (region.fs == run->space->fs && region.has_owner && region.owner == run->owner)
		return find_add(find, &region);
	n = region_sharers(&region, places, sharers, MAP_SHARERS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (sharers[i].fs != run->space->fs || !sharers[i].has_owner ||
		    sharers[i].owner != run->owner)
			continue;
		sharers[i].sectors = run->sectors;
		return find_add(find, &sharers[i]);
	}
	return 0;
}

static bool fits(const struct find_list *list, const struct file_run *run)
{
	char path[FS_PATH_MAX];

	if (list->pattern == NULL)
		return true;
	return fs_path(run->space->fs, run->owner, path, sizeof(path)) &&
	       fnmatch(list->pattern, path, FNM_PATHNAME) == 0;
}

int find_listed(struct find *find, const struct find_list *list)
{
	struct file_runs runs = {.list = list};
	bool fit = false;
	int status = 0;
	struct err err;

	if (collect(&runs, find->map) != 0) {
		err_nomem(&err);
		status = fail(find->disk, &err);
	}
	for (size_t i = 0; i < runs.at.n && status == 0; i++) {
		const struct file_run *run = &runs.at.at[i];

		if (i == 0 || run[-1].space != run->space || run[-1].owner != run->owner)
			fit = fits(list, run);
		if (fit && print_run(find, run) != 0)
			status = STATUS_FAILED;
	}
	VEC_FREE(&runs.at);
	return status;
}

void find_add_csv_heading(struct find *find)
{
	text_str(&find->out, "device,fs,inode,path,kind,offset,start,sectors,flags\n");
}

static void add_flags(struct text *out, const struct region *region)
{
	bool first = true;

	for (unsigned bit = 0; bit < EXTENT_FLAGS; bit++) {
		if (!(region->flags >> bit & 1))
			continue;
		text_printf(out, "%s%s", first ? "" : " ", extent_flag_name(bit));
		first = false;
	}
}

void find_add_csv(struct find *find, const struct region *region)
{
	struct text *out = &find->out;
	char path[FS_PATH_MAX];

	escape_csv(out, region->device->name, strlen(region->device->name));
	text_printf(out, ",%s,", region->fs_type ? region->fs_type : "");
	if (region->has_inode)
		text_u64(out, region->inode);
	text_char(out, ',');
	if (region->has_owner && fs_path(region->fs, region->owner, path, sizeof(path)))
		escape_csv(out, path, strlen(path));
	text_printf(out, ",%s,", region->place != NULL ? kind_name(region->kind) : "");
	if (region->has_offset)
		text_u64(out, region->offset);
	text_char(out, ',');
	if (region->place != NULL)
		text_u64(out, region->start);
	text_printf(out, ",%" PRIu64 ",", region->sectors);
	add_flags(out, region);
	text_char(out, '\n');
	if (out->n > 65536 && print_text(out) != 0)
		find->stop = true;
}
