/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A region in words. */
#include "reports/region_text.h"

#include "base/escape.h"
#include "layout/history.h"
#include "layout/fs.h"

#include <inttypes.h>
#include <string.h>

static bool add_path(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];

	if (!region_path(region, path, sizeof(path)))
		return false;
	escape_terminal(out, path, strlen(path));
	return true;
}

static void add_flags(struct text *out, const struct region *region)
{
	for (unsigned i = 0; i < EXTENT_FLAGS; i++)
		if (region->flags >> i & 1)
			text_printf(out, " (%s)", extent_flag_name(i));
	if (region->why != HISTORY_CERTAIN)
		text_printf(out, " (uncertain: %s)", history_why_name(region->why));
}

/* What became of the owner since. */
static void add_since(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];

	if (region->ended) {
		text_str(out, " (deleted since)");
	} else if (region_path_now(region, path, sizeof(path))) {
		text_str(out, " (now ");
		escape_terminal(out, path, strlen(path));
		text_char(out, ')');
	}
}

static void add_was(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];

	text_str(out, ", was ");
	if (region_was_path(region, path, sizeof(path)))
		escape_terminal(out, path, strlen(path));
	else
		text_printf(out, "<%" PRIu64 ">", region->was_inode);
}

static void add_inodes(struct text *out, const struct region *region)
{
	if (region->inodes[0] == region->inodes[1])
		text_printf(out, "inode %" PRIu64, region->inodes[0]);
	else
		text_printf(out, "inodes %" PRIu64 "-%" PRIu64, region->inodes[0], region->inodes[1]);
}

/* The files whose inodes these are, a few of them. */
static void add_inode_paths(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];
	unsigned shown = 0;
	uint32_t owner;

	for (uint64_t inode = region->inodes[0];
	     inode <= region->inodes[1] && inode < region->inodes[0] + 64ull; inode++) {
		if (!fs_owner(region->fs, inode, &owner) || !fs_path(region->fs, owner, path, sizeof(path)))
			continue;
		if (shown == 8) {
			text_str(out, ", ...");
			return;
		}
		text_str(out, shown++ ? ", " : ": ");
		escape_terminal(out, path, strlen(path));
	}
}

/* What a copy is of: "inode-table inodes 1-16", "directory /". */
static void add_home(struct text *out, const struct region *home)
{
	text_str(out, kind_name(home->kind));
	if (home->has_inodes) {
		text_char(out, ' ');
		add_inodes(out, home);
	} else if (home->has_owner) {
		text_char(out, ' ');
		if (!add_path(out, home))
			text_printf(out, "<%" PRIu64 ">", home->inode);
	} else if (home->has_group) {
		text_printf(out, " group %" PRIu32, home->group);
	}
}

/* "transaction 7: copy of block 37, inode-table inodes 1-16" */
static void add_log(struct text *out, const struct region *region)
{
	struct region home;

	if (region->log.has_tid)
		text_printf(out, "transaction %" PRIu32 ": ", region->log.tid);
	if (region->log.has_lsn)
		text_printf(out, "LSN %" PRIu64 ":%" PRIu32 ": ", region->log.lsn >> 32,
			    (uint32_t)region->log.lsn);
	if (region->log.type != LOG_DATA) {
		text_str(out, log_type_name((enum log_type)region->log.type));
		return;
	}
	text_printf(out, "%s of block %" PRIu64, region->log.has_lsn ? "change" : "copy", region->log.target);
	if (region_log_home(region, &home)) {
		text_str(out, ", ");
		add_home(out, &home);
	}
}

void region_label(struct text *out, const struct region *region)
{
	escape_terminal(out, region->device->name, strlen(region->device->name));
	if (region->fs_type != NULL)
		text_printf(out, " %s", region->fs_type);
	text_printf(out, " %s", kind_name(region->kind));
	if (region->has_log) {
		text_char(out, ' ');
		add_log(out, region);
	} else if (region->has_inodes) {
		text_char(out, ' ');
		add_inodes(out, region);
	} else if (region->has_owner && region->kind != KIND_JOURNAL) {
		text_char(out, ' ');
		if (!add_path(out, region))
			text_printf(out, "<%" PRIu64 ">", region->inode);
		if (region->dated)
			add_since(out, region);
	} else if (region->has_was) {
		add_was(out, region);
	} else if (region->has_group && region->kind != KIND_JOURNAL && region->kind != KIND_FREE) {
		text_printf(out, " group %" PRIu32, region->group);
	}
	if (region->has_offset && !region->has_log)
		text_printf(out, " +%" PRIu64, region->offset);
	add_flags(out, region);
}

#define SHARERS_MAX 8

static void add_sharers(struct text *out, const struct region *region)
{
	struct region sharers[SHARERS_MAX];
	struct place places[SHARERS_MAX];
	size_t n = region_sharers(region, places, sharers, SHARERS_MAX);

	for (size_t i = 0; i < n; i++) {
		text_str(out, i ? ", " : "; shared with ");
		if (sharers[i].device != region->device) {
			escape_terminal(out, sharers[i].device->name, strlen(sharers[i].device->name));
			text_char(out, ' ');
		}
		add_home(out, &sharers[i]);
	}
}

void region_details(struct text *out, const struct region *region)
{
	text_str(out, kind_name(region->kind));
	if (region->has_block)
		text_printf(out, ", block %" PRIu64, region->block);
	if (region->has_group)
		text_printf(out, ", group %" PRIu32, region->group);
	if (region->has_inode) {
		text_printf(out, ", inode %" PRIu64 " ", region->inode);
		if (!add_path(out, region))
			out->n--;
		else if (fs_other_names(region->fs, region->owner) > 0)
			text_printf(out, " (one of %zu names)",
				    fs_other_names(region->fs, region->owner) + 1);
		if (region->dated)
			add_since(out, region);
	}
	if (region->has_was)
		add_was(out, region);
	if (region->has_offset)
		text_printf(out, ", byte %" PRIu64, region->offset);
	if (region->has_level)
		text_printf(out, ", level %" PRIu32, region->level);
	if (region->has_clusters)
		text_printf(out, ", clusters %" PRIu64 "-%" PRIu64, region->clusters[0], region->clusters[1]);
	if (region->has_origin)
		text_printf(out, ", sector %" PRIu64 " of the origin", region->origin_sector);
	if (region->has_payload)
		text_printf(out, ", sector %" PRIu64 " of it", region->payload_sector);
	if (region->has_log) {
		text_str(out, ", ");
		add_log(out, region);
	}
	if (region->has_inodes) {
		text_str(out, ", ");
		add_inodes(out, region);
		add_inode_paths(out, region);
	}
	add_sharers(out, region);
	add_flags(out, region);
}

void region_tree(struct text *out, const struct place *place, const struct region *region, const char *indent)
{
	int depth = 0;

	for (unsigned i = 0; i < place->depth; i++) {
		const struct space *space = place->stack[i].space;

		text_printf(out, "%s%*s", indent, 2 * depth++, "");
		escape_terminal(out, space->name, strlen(space->name));
		text_printf(out, " sector %" PRIu64 "+%" PRIu64 "\n", place->stack[i].start, place->count);
	}
	text_printf(out, "%s%*s", indent, 2 * depth, "");
	if (region->fs_type != NULL)
		text_printf(out, "%s ", region->fs_type);
	region_details(out, region);
	text_char(out, '\n');
}
