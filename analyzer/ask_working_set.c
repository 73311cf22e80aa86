/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* working-set: how much is touched at all, each sector once. */
#include "analyzer/asked.h"
#include "analyzer/question.h"

enum { REQUESTS };

static const struct ledger_column columns[] = {
    {"REQUESTS", "requests", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
    {"READ", "read_bytes", FROM_SET, LEDGER_SECTORS, 0, 0},
    {"WRITTEN", "written_bytes", FROM_SET, LEDGER_SECTORS, 1, 0},
    {"BOTH", "both_bytes", FROM_COMMON, LEDGER_SECTORS, 0, 0},
    {"TOUCHED", "bytes", FROM_EITHER, LEDGER_SECTORS, 0, 0},
};

const struct ledger_plan plan_working_set = {
    .keys = {{"DEVICE", "device", false}, {"KIND", "kind", false}},
    .nkeys = 2,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 4,
    .has_total = true,
    .remark = "bytes that were read or written at all, each once",
};

QUESTION_PLAN(&plan_working_set)

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
}

static void count_sectors(struct question *question, struct ledger_row *row, const struct access *access,
			  const struct place *place)
{
	row->sum[REQUESTS] += question_is_first(question, row);
	ledger_touch(&question->ledger, row, access->op, place->start, place->count);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	struct question *question = state;
	struct ledger_row *row;

	if (access->op > ACCESS_WRITE || (row = question_row(question, place, 2)) == NULL)
		return;
	count_sectors(question, row, access, place);
	count_sectors(question, &question->ledger.total, access, place);
}

const struct statistic statistic_working_set = {
    .name = "working-set",
    .help = "how much is touched at all, each sector once",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .finish = question_finish,
};
