/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap find: where on the disk a file, an inode or a kind of region lies. */
#include "cli/find.h"

#include "base/escape.h"
#include "base/size.h"
#include "base/suggest.h"
#include "layout/device.h"
#include "layout/fs.h"
#include "reports/map_filter.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char options_help[] =
    "  --all               every file with its extents, by file system, inode and offset; WHAT is not given\n"
    "  --deleted           what has no name any more, as --all\n"
    "  --json              one JSON object a line, as in map --json\n"
    "  --csv               a table: device,fs,inode,path,kind,offset,start,sectors,flags\n" COMMON_DISK_HELP
    "WHAT is [DEVICE:]PATH, [DEVICE:]<INODE> or [DEVICE:]KIND; without DEVICE all file systems are asked.\n"
    "PATH is taken as it is; if there is no such path, with \\n, \\t, \\xNN and \\\\ as they are printed; if "
    "there\n"
    "is none either, as a pattern of * ? and [...].\n";

enum { OPTION_ALL = 1, OPTION_DELETED, OPTION_CSV };

/* In JSON the stack begins with the disk. */
static void add_disk(struct find *find, const struct region *region)
{
	if (region->stack[0] != map_disk(find->map))
		text_printf(&find->out, "%s:", region->stack[0]->name);
}

int find_add(struct find *find, const struct region *region)
{
	find->found++;
	if (find->csv) {
		find_add_csv(find, region);
		return find->stop;
	}
	if (find->common->json) {
		region_json(&find->out, region, NULL);
	} else {
		add_disk(find, region);
		text_printf(&find->out, "%" PRIu64 "+%" PRIu64 " ", region->start, region->sectors);
		region_label(&find->out, region);
	}
	text_char(&find->out, '\n');
	if (find->out.n > 65536 && print_text(&find->out) != 0)
		find->stop = true;
	return find->stop;
}

static int add_run(struct find *find, const struct place *place)
{
	struct region region;

	region_describe(find->map, place, &region);
	return find_add(find, &region);
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
		return find_add(find, &sharers[i]);
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
   that. */
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
		err_set(why, "%s has it on no disk that is here; --with names further disks", space->name);
	return status;
}

/* "/boot/vmlinuz" may be /vmlinuz of the file system that is mounted on /boot: the first that has a tail of
   the path. */
static void suggest_tail(const struct find *find, const char *path, struct text *said)
{
	for (const char *tail = strchr(path + 1, '/'); tail != NULL && tail[1] != '\0';
	     tail = strchr(tail + 1, '/'))
		for (size_t i = 0; i < find->map->spaces.n; i++) {
			const struct space *space = find->map->spaces.at[i];
			struct err none;
			uint32_t owner;

			if (space->fs == NULL || fs_resolve(space->fs, tail, &owner, &none) != 0)
				continue;
			text_printf(said, "; there is %s:%s", space->name, tail);
			return;
		}
}

/* What each file system that was asked has said, and where it may be instead. */
static int fail_find(const struct find *find, const char *device, const char *what, struct text *said)
{
	struct err err;

	if (said->n == 0)
		text_printf(said, "no file system%s%s has it", device ? " on " : "", device ? device : "");
	if (what[0] == '/')
		suggest_tail(find, what, said);
	err_set(&err, "%.200s: %.300s", what, said->at ? said->at : "");
	text_free(said);
	return fail(find->disk, &err);
}

/* A path or an inode, as it is, on every file system, or on the one that is named; `said` is what they say. */
static int find_literally(struct find *find, const char *device, const char *what, struct text *said)
{
	int status = 0;

	for (size_t i = 0; i < find->map->spaces.n && status == 0; i++) {
		const struct space *space = find->map->spaces.at[i];
		struct err why = {.text = ""};

		if (space->fs == NULL || (device != NULL && strcmp(space->name, device) != 0))
			continue;
		status = find_file(find, space, what, &why);
		if (why.text[0] == '\0')
			snprintf(why.text, sizeof(why.text), "%.100s (%s) has no such inode", space->name,
				 space->fs->type);
		text_printf(said, "%s%s", said->n ? "; " : "", why.text);
	}
	return status;
}

/* The same as it is printed. */
static int find_unescaped(struct find *find, const char *device, const char *what)
{
	struct text bytes = {0}, said = {0};
	int status = 0;

	if (strchr(what, '\\') != NULL && escape_undo(&bytes, what, strlen(what)))
		status = find_literally(find, device, bytes.at, &said);
	text_free(&bytes);
	text_free(&said);
	return status;
}

/* A path as it is, as it is printed, or as a pattern: the first that is there. */
static int find_files(struct find *find, const char *device, const char *what)
{
	struct find_list list = {.device = device, .pattern = what};
	struct text said = {0};
	int status = find_literally(find, device, what, &said);

	if (status == 0 && find->found == 0 && what[0] == '/')
		status = find_unescaped(find, device, what);
	if (status == 0 && find->found == 0 && what[0] == '/' && strpbrk(what, "*?[") != NULL)
		status = find_listed(find, &list);
	if (status == 0 && find->found == 0)
		return fail_find(find, device, what, &said);
	text_free(&said);
	return status;
}

/* Where WHAT begins behind "DEVICE:", or NULL: volume names may hold no colon, paths may. */
static const char *behind_device(const char *word)
{
	const char *colon = strchr(word, ':');

	if (colon == NULL || (word[0] == '/' && strncmp(word, "/dev/", 5) != 0))
		return NULL;
	return colon[1] == '/' || colon[1] == '<' || kind_named(colon + 1) != KIND_COUNT ? colon + 1 : NULL;
}

/* Takes a word apart: 0, or STATUS_FAILED after a message. */
static int split_device(const struct find *find, const char *word, const char **device, const char **what)
{
	const struct space *space;
	char name[256];
	struct err err;

	*device = NULL;
	*what = behind_device(word);
	if (*what == NULL) {
		*what = word;
		return 0;
	}
	snprintf(name, sizeof(name), "%.*s", (int)(*what - 1 - word), word);
	space = device_find(find->map, name, &err);
	if (space == NULL)
		return fail(find->disk, &err);
	*device = space->name;
	return 0;
}

static const char *suggest_kind(const char *typed)
{
	const char *names[KIND_COUNT];

	for (int i = 0; i < KIND_COUNT; i++)
		names[i] = kind_name((enum kind)i);
	return suggest(typed, names, KIND_COUNT);
}

static int find_word(struct find *find, const char *word)
{
	struct map_filter filter = {.by_kind = true};
	const char *device, *what;
	enum kind kind;
	struct err err;
	int status;

	find->found = 0;
	if (split_device(find, word, &device, &what) != 0)
		return STATUS_FAILED;
	filter.device = device;
	kind = kind_named(what);
	if (kind == KIND_COUNT && what[0] != '/' && what[0] != '<') {
		const char *near = suggest_kind(what);

		err_set(&err, "'%.200s' is no path from the root, no <INODE> and no kind of region%s%s%s",
			word, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
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

static int print_all(struct find *find, char **words, const struct find_list *list)
{
	struct map *map;
	int status = 0, printed;

	if (open_map(&map, find->disk, find->common) != 0)
		return STATUS_FAILED;
	find->map = map;
	if (find->csv)
		find_add_csv_heading(find);
	if (list != NULL)
		status = find_listed(find, list);
	for (; *words != NULL && !find->stop; words++)
		if (find_word(find, *words) != 0)
			status = STATUS_FAILED;
	printed = print_text(&find->out);
	print_notes(map);
	text_free(&find->out);
	map_close(map);
	return status != 0 ? status : printed;
}

struct asked {
	struct find find;
	bool all;
	struct find_list list;
};

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct asked *asked = context;

	(void)value;
	(void)err;
	if (option == OPTION_CSV)
		asked->find.csv = true;
	else if (option == OPTION_DELETED)
		asked->list.deleted = true;
	if (option != OPTION_CSV)
		asked->all = true;
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT,
	    COMMON_DISK,
	    COMMON_HELP,
	    {"all", no_argument, NULL, OPTION_ALL},
	    {"deleted", no_argument, NULL, OPTION_DELETED},
	    {"csv", no_argument, NULL, OPTION_CSV},
	    {0},
	};
	struct common common = COMMON_INIT;
	struct asked asked = {.find.common = &common};
	int status =
	    common_parse(&common, &command_find, options, options_help, argc, argv, own_option, &asked);

	if (status == 1) {
		status = STATUS_DONE;
	} else if (status == 0 && argc - optind < (asked.all ? 1 : 2)) {
		status = fail_usage(&command_find, "expected a disk and what to find");
	} else if (status == 0 && asked.all && argc - optind > 1) {
		status = fail_usage(&command_find, "--all and --deleted list every file: '%s' is too much",
				    argv[optind + 1]);
	} else if (status == 0) {
		asked.find.disk = argv[optind];
		status = print_all(&asked.find, argv + optind + 1, asked.all ? &asked.list : NULL);
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
