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

static void count(struct question *question, struct ledger_row *row, enum access_op op, uint64_t start,
		  uint64_t sectors)
{
	struct ledger_row *total = &question->ledger.total;

	if (row == NULL)
		return;
	row->sum[REQUESTS] += question_is_first(question, row);
	total->sum[REQUESTS] += question_is_first(question, total);
	ledger_touch(&question->ledger, row, op, start, sectors);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	if (access->op <= ACCESS_WRITE)
		count(state, question_row(state, place, 2), (enum access_op)access->op, place->start,
		      place->count);
}

static void count_usual(void *state, const struct usual_place *place)
{
	struct question *question = state;
	const struct usual *usual = place->usual;

	question->request++;
	count(question, question_row_of(question, place->space, (enum kind)place->extent->kind, NULL, 2),
	      (enum access_op)usual->op, usual->start, usual->count);
}

const struct statistic statistic_working_set = {
    .name = "working-set",
    .help = "how much is touched at all, each sector once",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .usual = count_usual,
    .finish = question_finish,
};
