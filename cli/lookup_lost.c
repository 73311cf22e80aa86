/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lookup --lost: the runs of all messages, each sector once, and what is lost with them. */
#include "cli/lookup_lost.h"

#include "base/escape.h"
#include "base/size.h"
#include "cli/lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(const struct lookup *lookup)
{
	struct err err;

	err_nomem(&err);
	return fail(lookup->disk, &err);
}

/* Where it lies on disks; what lies on none keeps its own addresses. */
int lost_add(struct lookup *lookup, const struct space *space, uint64_t start, uint64_t count)
{
	uint64_t run;

	for (uint64_t done = 0; done < count; done += run) {
		struct lost_run one = {.space = space, .start = start + done};
		const struct space *disk;
		uint64_t at;

		run = count - done;
		if (space->type != SPACE_DISK && map_outward(space, start + done, &disk, &at, &run)) {
			one.space = disk;
			one.start = at;
		}
		if (run > count - done || run == 0)
			run = count - done;
		one.count = run;
		if (VEC_PUSH(&lookup->runs, one) != 0)
			return no_memory(lookup);
	}
	return 0;
}

int lost_add_inode(struct lookup *lookup, const struct space *space, uint64_t inode)
{
	struct lost_inode one = {.space = space, .inode = inode};

	return VEC_PUSH(&lookup->inodes, one) == 0 ? 0 : no_memory(lookup);
}

static int compare_runs(const void *left, const void *right)
{
	const struct lost_run *a = left, *b = right;

	if (a->space->id != b->space->id)
		return a->space->id < b->space->id ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

/* So that no sector is there twice. */
static void join_runs(struct lookup *lookup)
{
	struct lost_run *runs = lookup->runs.at;
	size_t n = 0;

	if (lookup->runs.n == 0)
		return;
	qsort(runs, lookup->runs.n, sizeof(*runs), compare_runs);
	for (size_t i = 1; i < lookup->runs.n; i++) {
		uint64_t end = runs[n].start + runs[n].count, next = runs[i].start + runs[i].count;

		if (runs[i].space != runs[n].space || runs[i].start > end)
			runs[++n] = runs[i];
		else if (next > end)
			runs[n].count = next - runs[n].start;
	}
	lookup->runs.n = n + 1;
}

/* Who else has the sectors loses them, too. */
static int gather_place(struct lost_items *items, const struct lookup *lookup, const struct place *place)
{
	struct region region, sharers[MAP_SHARERS_MAX];
	struct place places[MAP_SHARERS_MAX];
	size_t n;

	region_describe(lookup->map, place, &region);
	if (lost_gather(items, &region) != 0)
		return no_memory(lookup);
	n = place_is_on_disk(place) ? region_sharers(&region, places, sharers, MAP_SHARERS_MAX) : 0;
	for (size_t i = 0; i < n; i++) {
		sharers[i].sectors = place->count;
		if (lost_gather(items, &sharers[i]) != 0)
			return no_memory(lookup);
	}
	return 0;
}

static int gather_run(struct lost_items *items, const struct lookup *lookup, const struct lost_run *run)
{
	struct place place;
	int status = 0;

	for (uint64_t at = run->start, end = at + run->count; at < end && status == 0; at += place.count) {
		if (run->space->type == SPACE_DISK)
			map_find_shared(lookup->map, run->space, at, &place);
		else
			map_find_in(lookup->map, run->space, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		status = gather_place(items, lookup, &place);
	}
	return status;
}

/* Inodes that messages name: nothing of them need be lost, but something is wrong there. */
static int gather_named(struct lost_items *items, const struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->inodes.n; i++) {
		const struct lost_inode *one = &lookup->inodes.at[i];
		struct lost_item item = {
		    .class = LOST_INODE, .kind = KIND_INODE_TABLE, .space = one->space, .fs = one->space->fs};

		if (fs_owner(item.fs, one->inode, &item.owner) && VEC_PUSH(&items->at, item) != 0)
			return no_memory(lookup);
	}
	return 0;
}

static void add_name(struct text *out, const struct lost_item *item)
{
	char path[FS_PATH_MAX];

	escape_terminal(out, item->space->name, strlen(item->space->name));
	text_char(out, ':');
	if (fs_path(item->fs, item->owner, path, sizeof(path)))
		escape_terminal(out, path, strlen(path));
	else
		text_printf(out, "<%" PRIu64 ">", fs_number(item->fs, item->owner));
}

static void add_owned(struct text *out, const struct lost_item *item)
{
	uint64_t whole = item->whole, bytes = item->sectors << SECTOR_SHIFT;

	text_str(out, "  ");
	add_name(out, item);
	if (item->sectors >= whole)
		text_printf(out, ": whole, %" PRIu64 " bytes", bytes);
	else
		text_printf(out, ": %" PRIu64 " of %" PRIu64 " bytes, the first of them byte %" PRIu64, bytes,
			    whole << SECTOR_SHIFT, item->first);
	text_printf(out, " (inode %" PRIu64 ")", fs_number(item->fs, item->owner));
}

static void add_metadata(struct text *out, const struct lost_item *item)
{
	const char *words = lost_consequence(item->kind);

	text_str(out, "  ");
	if (item->owner != 0 && item->fs != NULL)
		add_name(out, item);
	else
		escape_terminal(out, item->space->name, strlen(item->space->name));
	text_printf(out, "%s %s", item->owner != 0 ? "" : ":", kind_name(item->kind));
	if (item->group != UINT64_MAX)
		text_printf(out, " of group %" PRIu64, item->group);
	text_printf(out, ", %" PRIu64 " bytes%s%s", item->sectors << SECTOR_SHIFT, *words ? ": " : "", words);
}

static void add_item(struct text *out, const struct lost_item *item)
{
	if (item->class == LOST_FILE || item->class == LOST_DIRECTORY) {
		add_owned(out, item);
	} else if (item->class == LOST_INODE) {
		text_str(out, "  ");
		add_name(out, item);
		text_printf(out, " (inode %" PRIu64 ")", fs_number(item->fs, item->owner));
	} else {
		add_metadata(out, item);
	}
	text_str(out, item->mirrored ? "; the volume or array has a copy or parity of it\n" : "\n");
}

static const char *const headings[LOST_CLASSES] = {
    [LOST_FILE] = "Files with bytes lost",          [LOST_DIRECTORY] = "Directories with entries lost",
    [LOST_INODE] = "Inodes lost, or in doubt",      [LOST_METADATA] = "Metadata",
    [LOST_UNKNOWN] = "Contents that are not known", [LOST_NOTHING] = "Nothing is lost with",
};
static const char *const words[LOST_CLASSES] = {"file",     "directory", "inode",
						"metadata", "unknown",   "nothing"};

static void add_owner_json(struct text *out, const struct lost_item *item)
{
	char path[FS_PATH_MAX];

	text_printf(out, ",\"inode\":%" PRIu64, fs_number(item->fs, item->owner));
	if (!fs_path(item->fs, item->owner, path, sizeof(path)))
		return;
	text_str(out, ",\"path\":");
	escape_json(out, path, strlen(path));
}

static void add_json(struct text *out, const struct lost_item *item)
{
	text_printf(out, "{\"lost\":\"%s\",\"device\":", words[item->class]);
	escape_json(out, item->space->name, strlen(item->space->name));
	if (item->class != LOST_INODE)
		text_printf(out, ",\"kind\":\"%s\",\"bytes\":%" PRIu64, kind_name(item->kind),
			    item->sectors << SECTOR_SHIFT);
	if (item->group != UINT64_MAX && item->class == LOST_METADATA)
		text_printf(out, ",\"group\":%" PRIu64, item->group);
	if (item->owner != 0 && item->fs != NULL)
		add_owner_json(out, item);
	if (item->class <= LOST_DIRECTORY)
		text_printf(out, ",\"of\":%" PRIu64 ",\"offset\":%" PRIu64, item->whole << SECTOR_SHIFT,
			    item->first);
	if (item->class == LOST_METADATA && *lost_consequence(item->kind))
		text_printf(out, ",\"consequence\":\"%s\"", lost_consequence(item->kind));
	text_str(out, item->mirrored ? ",\"redundant\":true}\n" : "}\n");
}

static void add_items(struct lookup *lookup, const struct lost_items *items)
{
	for (size_t i = 0; i < items->at.n; i++) {
		const struct lost_item *item = &items->at.at[i];

		if (lookup->common->json) {
			add_json(&lookup->out, item);
			continue;
		}
		if (i == 0 || item[-1].class != item->class)
			text_printf(&lookup->out, "%s%s:\n", i > 0 ? "\n" : "", headings[item->class]);
		add_item(&lookup->out, item);
	}
	if (items->at.n == 0 && !lookup->common->json)
		text_str(&lookup->out, "Nothing is lost.\n");
}

int lost_report(struct lookup *lookup)
{
	struct lost_items items = {0};
	int status = 0;

	join_runs(lookup);
	for (size_t i = 0; i < lookup->runs.n && status == 0; i++)
		status = gather_run(&items, lookup, &lookup->runs.at[i]);
	if (status == 0)
		status = gather_named(&items, lookup);
	lost_merge(&items);
	if (status == 0 && lost_measure(&items) != 0)
		status = no_memory(lookup);
	if (status == 0)
		add_items(lookup, &items);
	VEC_FREE(&items.at);
	return status;
}
