/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A region as one JSON object. */
#include "reports/region_json.h"

#include "base/json.h"
#include "layout/history.h"

#include <inttypes.h>

static void add_stack(struct text *out, const struct region *region)
{
	text_str(out, ",\"stack\":[");
	for (unsigned i = 0; i < region->depth; i++)
		json_string(out, i ? "," : "", region->stack[i]->name);
	text_char(out, ']');
}

static void add_path(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];

	if (!region_path(region, path, sizeof(path)))
		return;
	json_path(out, path);
	if (fs_other_names(region->fs, region->owner) > 0)
		json_u64(out, ",\"names\":", fs_other_names(region->fs, region->owner) + 1);
}

/* Names that the owner may have had just as well, and the one that it has by now. */
static void add_other_paths(struct text *out, const struct region *region)
{
	char paths[REGION_PATHS][FS_PATH_MAX];
	unsigned n = region_other_paths(region, paths);

	for (unsigned i = 0; i < n; i++)
		json_string(out, i ? "," : ",\"path_or\":[", paths[i + 1]);
	if (n > 0)
		text_char(out, ']');
	if (region_path_now(region, paths[0], FS_PATH_MAX))
		json_string(out, ",\"path_now\":", paths[0]);
}

/* What the label is as of, and whether it is sure. */
static void add_moment(struct text *out, const struct region *region)
{
	if (region->has_as_of)
		json_u64(out, ",\"as_of\":", region->as_of);
	if (region->why != HISTORY_CERTAIN)
		json_string(out, ",\"uncertain\":true,\"why\":", history_why_name(region->why));
}

static void add_was(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];

	json_u64(out, ",\"was\":{\"inode\":", region->was_inode);
	json_u64(out, ",\"generation\":", region->was_generation);
	if (region_was_path(region, path, sizeof(path)))
		json_path(out, path);
	text_char(out, '}');
}

/* Other owners of the same sectors: files that share a block, volumes that share a chunk. */
static void add_sharers(struct text *out, const struct region *region)
{
	struct region sharers[MAP_SHARERS_MAX];
	struct place places[MAP_SHARERS_MAX];
	size_t n = region_sharers(region, places, sharers, MAP_SHARERS_MAX);

	for (size_t i = 0; i < n; i++) {
		text_str(out, i ? ",{" : ",\"shared_with\":[{");
		json_string(out, "\"device\":", sharers[i].device->name);
		json_string(out, ",\"kind\":", kind_name(sharers[i].kind));
		if (sharers[i].has_inode)
			json_u64(out, ",\"inode\":", sharers[i].inode);
		add_path(out, &sharers[i]);
		if (sharers[i].has_offset)
			json_u64(out, ",\"offset\":", sharers[i].offset);
		text_char(out, '}');
	}
	if (n > 0)
		text_char(out, ']');
}

static void add_journal(struct text *out, const struct log_block *log)
{
	json_string(out, ",\"journal\":{\"type\":", log_type_name((enum log_type)log->type));
	if (log->has_tid)
		json_u64(out, ",\"tid\":", log->tid);
	if (log->has_lsn) {
		json_u64(out, ",\"cycle\":", log->lsn >> 32);
		text_printf(out, ",\"lsn\":\"%" PRIu64 ":%" PRIu32 "\"", log->lsn >> 32, (uint32_t)log->lsn);
		json_u64(out, log->type == LOG_RECORD ? ",\"operations\":" : ",\"items\":", log->items);
	}
	if (log->type == LOG_DATA)
		json_u64(out, ",\"target\":", log->target);
	text_char(out, '}');
}

static void add_flag(struct text *out, const char *name, bool *any)
{
	json_string(out, *any ? "," : ",\"flags\":[", name);
	*any = true;
}

static void add_flags(struct text *out, const struct region *region)
{
	char path[FS_PATH_MAX];
	bool any = false;

	for (unsigned i = 0; i < EXTENT_FLAGS; i++)
		if (region->flags >> i & 1)
			add_flag(out, extent_flag_name(i), &any);
	if (region_path_now(region, path, sizeof(path)))
		add_flag(out, "since-renamed", &any);
	if (region->ended)
		add_flag(out, "since-deleted", &any);
	if (any)
		text_char(out, ']');
}

#define FILES_MAX 64

/* The files whose inodes a part of an inode table holds. */
static void add_files(struct text *out, const struct region *region)
{
	struct region file = *region;
	char path[FS_PATH_MAX];
	unsigned n = 0;

	file.has_owner = true;
	for (uint64_t inode = region->inodes[0]; inode <= region->inodes[1]; inode++) {
		if (!fs_owner(region->fs, inode, &file.owner) || !region_path(&file, path, sizeof(path)))
			continue;
		text_str(out, n++ == 0 ? ",\"files\":[{" : ",{");
		json_u64(out, "\"inode\":", inode);
		add_path(out, &file);
		text_char(out, '}');
	}
	if (n > 0)
		text_char(out, ']');
}

/* What is only recognised has a name of its own, if any. */
static void add_content(struct text *out, const struct region *region)
{
	const struct content *content = &region->space->content;

	if (content->label[0] != '\0')
		json_string(out, ",\"label\":", content->label);
	if (content->uuid[0] != '\0')
		json_string(out, ",\"uuid\":", content->uuid);
}

void region_json(struct text *out, const struct region *region, const uint64_t *sector)
{
	text_char(out, '{');
	if (sector != NULL) {
		json_u64(out, "\"sector\":", *sector);
		text_char(out, ',');
	}
	if (region->on_disk) {
		json_u64(out, "\"start\":", region->start);
		text_char(out, ',');
	}
	json_u64(out, "\"sectors\":", region->sectors);
	json_string(out, ",\"device\":", region->device->name);
	add_stack(out, region);
	if (region->has_device_start)
		json_u64(out, ",\"device_start\":", region->device_start);
	if (region->fs_type != NULL)
		json_string(out, ",\"fs\":", region->fs_type);
	json_string(out, ",\"kind\":", kind_name(region->kind));
	if (kind_has(region->kind, KIND_NAMES_SPACE))
		add_content(out, region);
	if (region->has_block)
		json_u64(out, ",\"block\":", region->block);
	if (region->has_group)
		json_u64(out, ",\"group\":", region->group);
	if (region->has_inode)
		json_u64(out, ",\"inode\":", region->inode);
	if (region->has_generation)
		json_u64(out, ",\"generation\":", region->generation);
	add_path(out, region);
	if (region->dated)
		add_other_paths(out, region);
	if (region->has_offset)
		json_u64(out, ",\"offset\":", region->offset);
	if (region->has_level)
		json_u64(out, ",\"level\":", region->level);
	if (region->has_clusters) {
		json_u64(out, ",\"clusters\":[", region->clusters[0]);
		json_u64(out, ",", region->clusters[1]);
		text_char(out, ']');
	}
	if (region->has_origin)
		json_u64(out, ",\"origin_sector\":", region->origin_sector);
	if (region->has_payload)
		json_u64(out, ",\"payload_sector\":", region->payload_sector);
	if (region->has_was)
		add_was(out, region);
	if (region->has_inodes) {
		json_u64(out, ",\"inodes\":[", region->inodes[0]);
		json_u64(out, ",", region->inodes[1]);
		text_char(out, ']');
		if (sector != NULL && region->inodes[1] - region->inodes[0] < FILES_MAX)
			add_files(out, region);
	}
	add_sharers(out, region);
	if (region->has_log)
		add_journal(out, &region->log);
	add_flags(out, region);
	if (region->dated)
		add_moment(out, region);
	text_char(out, '}');
}
