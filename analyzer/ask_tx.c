/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tx: each transaction of a journal that the trace wrote: its blocks, and what they are copies of. */
#include "analyzer/asked.h"
#include "analyzer/question.h"
#include "layout/region.h"

#include <inttypes.h>
#include <stdio.h>

enum { SECTORS, COPIES, INODES, BITMAPS, DIRECTORIES, DATA, OTHER, REVOKES, COMMITS, FLUSHES };

static const struct ledger_column columns[] = {
    {"BYTES", "bytes", FROM_SUM, LEDGER_SECTORS, SECTORS, 0},
    {"COPIES", "copies", FROM_SUM, LEDGER_COUNT, COPIES, 0},
    {"INODES", "inode_tables", FROM_SUM, LEDGER_COUNT, INODES, 0},
    {"BITMAPS", "bitmaps", FROM_SUM, LEDGER_COUNT, BITMAPS, 0},
    {"DIRS", "directories", FROM_SUM, LEDGER_COUNT, DIRECTORIES, 0},
    {"DATA", "file_data", FROM_SUM, LEDGER_COUNT, DATA, 0},
    {"OTHER", "other", FROM_SUM, LEDGER_COUNT, OTHER, 0},
    {"REVOKES", "revoke_blocks", FROM_SUM, LEDGER_COUNT, REVOKES, 0},
    {"COMMIT", "commits", FROM_SUM, LEDGER_COUNT, COMMITS, 0},
    {"FLUSH", "flushed", FROM_SUM, LEDGER_COUNT, FLUSHES, 0},
    {"FIRST", "first", FROM_LEAST, LEDGER_COUNT, 0, 0},
    {"AT", "start_us", FROM_LEAST, LEDGER_NS, 1, 0},
    {"DURATION", "duration_us", FROM_SPAN, LEDGER_NS, 1, 0},
};

const struct ledger_plan plan_tx = {
    .keys = {{"DEVICE", "device", false}, {"TID", "tid", true}},
    .nkeys = 2,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .by_keys = true,
    .remark = "COPIES of blocks: INODES ... OTHER say of which. FLUSH: its commit block was written with a "
	      "flush or FUA",
};

QUESTION_PLAN(&plan_tx)

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
}

static unsigned class_of(const struct region *region)
{
	struct region home;

	if (!region_log_home(region, &home))
		return OTHER;
	switch (home.kind) {
	case KIND_INODE_TABLE:
		return INODES;
	case KIND_BLOCK_BITMAP:
	case KIND_INODE_BITMAP:
		return BITMAPS;
	case KIND_DIRECTORY:
		return DIRECTORIES;
	case KIND_FILE_DATA:
		return DATA;
	default:
		return OTHER;
	}
}

static void count_block(struct question *question, struct ledger_row *row, const struct region *region,
			const struct access *access)
{
	switch (region->log.type) {
	case LOG_DATA:
		row->sum[COPIES]++;
		row->sum[class_of(region)]++;
		break;
	case LOG_REVOKE:
		row->sum[REVOKES]++;
		break;
	case LOG_COMMIT:
		row->sum[COMMITS]++;
		row->sum[FLUSHES] += (access->flags & (ACCESS_FUA | ACCESS_PREFLUSH)) != 0;
		break;
	default:
		break;
	}
	row->sum[SECTORS] += region->sectors;
	ledger_mark(row, 0, question->number);
	if (access->time_ns != ACCESS_NO_TIME)
		ledger_mark(row, 1, access->time_ns);
}

static void count_one(struct question *question, const struct access *access, const struct place *place)
{
	const char *keys[2] = {space_name(place->space), ""};
	struct ledger_row *row;
	struct region region;
	char number[16] = "";

	region_describe(question->setup.map, place, &region);
	if (region.has_log && region.log.has_tid)
		snprintf(number, sizeof(number), "%" PRIu32, region.log.tid);
	keys[1] = number;
	row = ledger_row(&question->ledger, keys);
	if (row == NULL)
		return;
	count_block(question, row, &region, access);
	count_block(question, &question->ledger.total, &region, access);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	uint32_t block = fs_block_sectors(place->space->fs);

	if (access->op != ACCESS_WRITE || place->kind != KIND_JOURNAL || block == 0)
		return;
	for (uint64_t at = 0; at < place->count; at += block) {
		struct place one =
		    question_step(place, at, block < place->count - at ? block : place->count - at);

		count_one(state, access, &one);
	}
}

const struct statistic statistic_tx = {
    .name = "tx",
    .help = "each transaction of a journal",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .finish = question_finish,
};
