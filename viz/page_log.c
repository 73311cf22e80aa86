/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each block of a journal holds, for the page: runs of blocks of one type and one transaction, in which
   the targets of copies count up, packed as

     first sector minus the last run's, sectors, type, transaction + 1 or 0, target + 1 or 0

   A journal with more such runs than a page can hold is told without targets, or not at all. */
#include "viz/page_log.h"

#include "base/pack.h"
#include "viz/page_pack.h"

#define ENTRIES_MAX 40000

struct entry {
	uint64_t start, sectors, target; /* target: plus 1, 0 for none */
	uint32_t tid;
	bool has_tid;
	uint8_t type;
};

struct log_list {
	VEC(struct entry) list;
	bool targets, full;
};

static bool goes_on(const struct entry *last, const struct entry *entry, uint64_t block_sectors)
{
	return last->start + last->sectors == entry->start && last->type == entry->type &&
	       last->tid == entry->tid && last->has_tid == entry->has_tid &&
	       (last->target == 0 ? entry->target == 0
				  : entry->target == last->target + last->sectors / block_sectors);
}

static int add_entry(struct log_list *log, const struct entry *entry, uint64_t block_sectors)
{
	if (log->list.n > 0 && goes_on(&log->list.at[log->list.n - 1], entry, block_sectors)) {
		log->list.at[log->list.n - 1].sectors += entry->sectors;
		return 0;
	}
	if (log->list.n == ENTRIES_MAX) {
		log->full = true;
		return 0;
	}
	return VEC_PUSH(&log->list, *entry);
}

/* The blocks of one run of a journal. */
static int add_run(struct log_list *log, const struct map *map, uint64_t start, uint64_t end)
{
	struct place place;
	struct region region;

	for (uint64_t at = start, step; at < end && !log->full; at += step) {
		struct entry entry = {.start = at};

		map_find(map, at, &place);
		region_describe(map, &place, &region);
		step = region.fs != NULL ? region.fs->block_sectors : end - at;
		step -= step > 1 ? place.inner % step : 0;
		step = step > end - at ? end - at : step;
		if (!region.has_log)
			continue;
		entry.sectors = step;
		entry.type = region.log.type;
		entry.has_tid = region.log.has_tid;
		entry.tid = region.log.has_tid ? region.log.tid : 0;
		entry.target = log->targets && region.log.type == LOG_DATA ? region.log.target + 1 : 0;
		if (add_entry(log, &entry, fs_block_sectors(region.fs)) != 0)
			return -1;
	}
	return 0;
}

static int collect(struct log_list *log, const struct map *map, const struct tracks *tracks)
{
	log->list.n = 0;
	log->full = false;
	for (size_t i = 0; i < tracks->runs.n && !log->full; i++) {
		const struct track_run *run = &tracks->runs.at[i];
		uint64_t end = i + 1 < tracks->runs.n ? tracks->runs.at[i + 1].start : tracks->sectors;

		if (!run->joined && tracks->names.list.at[run->name].kind == KIND_JOURNAL &&
		    add_run(log, map, run->start, end) != 0)
			return -1;
	}
	return 0;
}

int page_log(struct text *packed, const struct map *map, const struct tracks *tracks)
{
	struct log_list log = {.targets = true};
	uint64_t last = 0;
	int status = collect(&log, map, tracks);

	if (status == 0 && log.full) {
		log.targets = false;
		status = collect(&log, map, tracks);
	}
	for (size_t i = 0; status == 0 && !log.full && i < log.list.n; i++) {
		const struct entry *entry = &log.list.at[i];

		pack_number(packed, entry->start - last);
		pack_number(packed, entry->sectors);
		pack_number(packed, entry->type);
		pack_number(packed, entry->has_tid ? (uint64_t)entry->tid + 1 : 0);
		pack_number(packed, entry->target);
		last = entry->start;
	}
	VEC_FREE(&log.list);
	return status;
}
