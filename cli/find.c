/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap find: where on the disk a file, an inode or a kind of region lies. */
#include "base/size.h"
#include "cli/cli.h"
#include "layout/fs.h"
#include "reports/map_filter.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char options_help[] =
    "  --json              one JSON object a line, as in map --json\n" COMMON_DISK_HELP
    "WHAT is [DEVICE:]PATH, [DEVICE:]<INODE> or [DEVICE:]KIND; without DEVICE all file systems are asked.\n";

struct find {
	const struct common *common;
	const struct map *map;
	const char *disk;
	struct text out;
	uint64_t found;
};

/* In JSON the stack begins with the disk. */
static void add_disk(struct find *find, const struct region *region)
{
	if (region->stack[0] != map_disk(find->map))
		text_printf(&find->out, "%s:", region->stack[0]->name);
}

static int add_region(struct find *find, const struct region *region)
{
	find->found++;
	if (find->common->json) {
		region_json(&find->out, region, NULL);
	} else {
		add_disk(find, region);
		text_printf(&find->out, "%" PRIu64 "+%" PRIu64 " ", region->start, region->sectors);
		region_label(&find->out, region);
	}
	text_char(&find->out, '\n');
	return find->out.n > 65536 ? print_text(&find->out) : 0;
}

static int add_run(struct find *find, const struct place *place)
{
	struct region region;

	region_describe(find->map, place, &region);
	return add_region(find, &region);
}

/* A run that has other owners belongs to what is looked for, too, if one of them does. */
static int add_if_shared(struct find *find, const struct map_filter *filter, const struct place *place)
{
	struct region region, sharers[MAP_SHARERS_MAX];
	struct place places[MAP_SHARERS_MAX];
	size_t n;

	region_describe(find->map, place, &region);
	n = region_sharers(&region, places, sharers, MAP_SHARERS_MAX);
	for (size_t i = 0; i < n; i++) {
		if (!map_filter_takes_region(filter, &sharers[i]))
			continue;
		sharers[i].sectors = place->count;
		return add_region(find, &sharers[i]);
	}
	return 0;
}

static int find_runs_on(struct find *find, const struct map_filter *filter, const struct space *disk)
{
	struct place place;
	int status = 0;

	for (uint64_t at = 0; at < disk->sectors && status == 0; at += place.count) {
		map_find_shared(find->map, disk, at, &place);
		if (map_filter_takes(filter, &place))
			status = add_run(find, &place);
		else
			status = add_if_shared(find, filter, &place);
	}
	return status;
}

static int find_runs(struct find *find, const struct map_filter *filter)
{
	const struct space *disk = map_disk(find->map);
	int status = 0;

	for (; disk != NULL && status == 0; disk = map_next_disk(find->map, disk))
		status = find_runs_on(find, filter, disk);
	return status;
}

static int find_sector_on(struct find *find, const struct map_filter *filter, uint64_t sector,
			  const struct space *disk)
{
	struct place place;
	int status = 0;

	for (uint64_t at = 0; at < disk->sectors && status == 0; at += place.count) {
		map_find_shared(find->map, disk, at, &place);
		if (!map_filter_takes(filter, &place) || sector < place.inner ||
		    sector - place.inner >= place.count)
			continue;
		map_find_shared(find->map, disk, at + (sector - place.inner), &place);
		place.count = 1;
		status = add_run(find, &place);
		at = place.start;
	}
	return status;
}

/* What has no blocks of its own lies in its inode: that sector of the inode table. */
static int find_inode_itself(struct find *find, const struct space *space, uint32_t owner)
{
	struct map_filter filter = {.device = space->name, .by_kind = true};
	const struct space *disk = map_disk(find->map);
	uint64_t sector;
	int status = 0;

	if (fs_owner_has_sectors(space->fs, owner) || !fs_owner_sector(space->fs, owner, &sector))
		return 0;
	filter.kinds[KIND_INODE_TABLE] = true;
	for (; disk != NULL && status == 0; disk = map_next_disk(find->map, disk))
		status = find_sector_on(find, &filter, sector, disk);
	return status;
}

static int find_owner(struct find *find, const struct space *space, uint32_t owner)
{
	struct map_filter filter = {.device = space->name, .fs = space->fs, .owner = owner};
	uint64_t before = find->found;
	int status = find_runs(find, &filter);

	return status == 0 && find->found == before ? find_inode_itself(find, space, owner) : status;
}

/* "<12>" */
static bool parse_inode(const char *what, uint64_t *inode)
{
	unsigned long long value;
	int end = 0;

	if (sscanf(what, "<%llu>%n", &value, &end) != 1 || end == 0 || what[end] != '\0' || value == 0)
		return false;
	*inode = value;
	return true;
}

/* A path or an inode on one file system; `why` says why nothing was found where there is more to say than
 * that.
 */
static int find_file(struct find *find, const struct space *space, const char *what, struct err *why)
{
	uint64_t before = find->found, inode, sector;
	uint32_t owner;
	int status;

	if (parse_inode(what, &inode) ? !fs_owner(space->fs, inode, &owner)
				      : fs_resolve(space->fs, what, &owner, why) != 0)
		return 0;
	status = find_owner(find, space, owner);
	if (status == 0 && find->found == before && fs_owner_sector(space->fs, owner, &sector))
		err_set(why, "%s on %s lies on no disk that is here; --with names further disks", what,
			space->name);
	return status;
}

/* A path or an inode on every file system, or on the one that is named. */
static int find_files(struct find *find, const char *device, const char *what)
{
	struct err first = {.text = ""};
	int status = 0;

	for (size_t i = 0; i < find->map->spaces.n && status == 0; i++) {
		const struct space *space = find->map->spaces.at[i];
		struct err why = {.text = ""};

		if (space->fs == NULL || (device != NULL && strcmp(space->name, device) != 0))
			continue;
		status = find_file(find, space, what, &why);
		if (first.text[0] == '\0')
			first = why;
	}
	if (status != 0 || find->found > 0)
		return status;
	if (first.text[0] == '\0')
		err_set(&first, "%s: no ext file system%s%s has it", what, device ? " on " : "",
			device ? device : "");
	return fail(find->disk, &first);
}

/* Whether a word begins with the name of a device and a colon; volume names may hold no colon. */
static const char *split_device(const struct map *map, const char *word, char **device)
{
	for (size_t i = 0; i < map->spaces.n; i++) {
		size_t len = strlen(map->spaces.at[i]->name);

		if (strncmp(word, map->spaces.at[i]->name, len) == 0 && word[len] == ':') {
			*device = map->spaces.at[i]->name;
			return word + len + 1;
		}
	}
	return word;
}

static int find_word(struct find *find, const char *word)
{
	char *device = NULL;
	const char *what = split_device(find->map, word, &device);
	struct map_filter filter = {.device = device, .by_kind = true};
	enum kind kind = kind_named(what);
	struct err err;
	int status;

	find->found = 0;
	if (kind == KIND_COUNT && what[0] != '/' && what[0] != '<') {
		err_set(&err, "'%s' is no path from the root, no <INODE> and no kind of region", word);
		return fail(find->disk, &err);
	}
	if (kind == KIND_COUNT)
		return find_files(find, device, what);
	filter.kinds[kind] = true;
	status = find_runs(find, &filter);
	if (status != 0 || find->found > 0)
		return status;
	err_set(&err, "has no region of kind %s%s%s", what, device ? " on " : "", device ? device : "");
	return fail(find->disk, &err);
}

static int find_all(struct find *find, char **words)
{
	struct map *map;
	int status = 0, printed;

	if (open_map(&map, find->disk, find->common) != 0)
		return STATUS_FAILED;
	find->map = map;
	for (; *words != NULL && status == 0; words++)
		status = find_word(find, *words);
	printed = print_text(&find->out);
	print_notes(map);
	text_free(&find->out);
	map_close(map);
	return status != 0 ? status : printed;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OUTPUT, COMMON_DISK, COMMON_HELP, {0}};
	struct common common = COMMON_INIT;
	struct find find = {.common = &common};
	int status = common_parse(&common, &command_find, options, options_help, argc, argv, NULL, NULL);

	if (status == 1) {
		status = STATUS_DONE;
	} else if (status == 0 && argc - optind < 2) {
		status = fail_usage(&command_find, "expected a disk and what to find");
	} else if (status == 0) {
		find.disk = argv[optind];
		status = find_all(&find, argv + optind + 1);
	}
	common_done(&common);
	return status;
}

const struct command command_find = {
    .name = "find",
    .usage = "[OPTIONS] DISK WHAT...",
    .help = "where a file, an inode or a kind of region lies",
    .run = run,
};
