/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* home: which blocks the journal holds copies of, the hottest first. */
#include "analyzer/asked.h"
#include "analyzer/question.h"
#include "layout/region.h"

#include <inttypes.h>
#include <stdio.h>

enum { COPIES };

static const struct ledger_column columns[] = {
    {"COPIES", "copies", FROM_SUM, LEDGER_COUNT, COPIES, 0},
    {"SHARE", "share", FROM_SHARE, LEDGER_SHARE, COPIES, 0},
    {"TRANSACTIONS", "transactions", FROM_SET, LEDGER_COUNT, 0, 0},
};

const struct ledger_plan plan_home = {
    .keys = {{"DEVICE", "device", false},
	     {"BLOCK", "block", true},
	     {"KIND", "kind", false},
	     {"PATH", "path", false}},
    .nkeys = 4,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 0,
    .remark = "COPIES: times that the block was written to the journal",
};

QUESTION_PLAN(&plan_home)

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
}

static void count_copy(struct question *question, const struct place *place)
{
	struct region region, home;
	char number[24], path[FS_PATH_MAX];
	const char *keys[4] = {space_name(place->space), number, "", ""};
	struct ledger_row *row;

	region_describe(question->setup.map, place, &region);
	if (!region.has_log || region.log.type != LOG_DATA)
		return;
	snprintf(number, sizeof(number), "%" PRIu64, region.log.target);
	if (region_log_home(&region, &home)) {
		keys[2] = kind_name(home.kind);
		if (region_path(&home, path, sizeof(path)))
			keys[3] = path;
	}
	row = ledger_row(&question->ledger, keys);
	if (row == NULL)
		return;
	row->sum[COPIES]++;
	question->ledger.total.sum[COPIES]++;
	if (region.log.has_tid)
		ledger_touch(&question->ledger, row, 0, region.log.tid, 1);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	uint32_t block = fs_block_sectors(place->space->fs);

	if (access->op != ACCESS_WRITE || place->kind != KIND_JOURNAL || block == 0)
		return;
	for (uint64_t at = 0; at < place->count; at += block) {
		struct place one =
		    question_step(place, at, block < place->count - at ? block : place->count - at);

		count_copy(state, &one);
	}
}

const struct statistic statistic_home = {
    .name = "home",
    .help = "hottest home blocks of the journal",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .finish = question_finish,
};
