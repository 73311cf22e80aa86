/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rewrite: what is written again and again. */
#include "analyzer/asked.h"
#include "analyzer/question.h"

enum { REQUESTS, WRITTEN };

static const struct ledger_column columns[] = {
    {"WRITES", "writes", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
    {"WRITTEN", "bytes", FROM_SUM, LEDGER_SECTORS, WRITTEN, 0},
    {"DIFFERENT", "distinct_bytes", FROM_SET, LEDGER_SECTORS, 0, 0},
    {"AGAIN", "again_bytes", FROM_AGAIN, LEDGER_SECTORS, WRITTEN, 0},
    {"FACTOR", "rewrite", FROM_REPEAT, LEDGER_RATIO, WRITTEN, 0},
};

const struct ledger_plan plan_rewrite = {
    .keys = {{"DEVICE", "device", false}, {"KIND", "kind", false}, {"PATH", "path", false}},
    .nkeys = 3,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 3,
    .remark = "AGAIN: bytes written that had been written before",
};

QUESTION_PLAN(&plan_rewrite)

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
}

static void count(struct question *question, struct ledger_row *row, uint64_t start, uint64_t sectors)
{
	struct ledger_row *total = &question->ledger.total;

	if (row == NULL)
		return;
	row->sum[REQUESTS] += question_is_first(question, row);
	row->sum[WRITTEN] += sectors;
	total->sum[REQUESTS] += question_is_first(question, total);
	total->sum[WRITTEN] += sectors;
	ledger_touch(&question->ledger, row, 0, start, sectors);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	if (access->op == ACCESS_WRITE)
		count(state, question_row(state, place, 3), place->start, place->count);
}

static void count_usual(void *state, const struct usual_place *place)
{
	struct question *question = state;

	question->request++;
	if (place->usual->op == ACCESS_WRITE)
		count(
		    question,
		    question_row_of(question, place->space, (enum kind)place->extent->kind, place->extent, 3),
		    place->usual->start, place->usual->count);
}

const struct statistic statistic_rewrite = {
    .name = "rewrite",
    .help = "what is written again and again",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .usual = count_usual,
    .finish = question_finish,
};
