/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* seq: how many reads and writes begin where the one before them of their file or region ended. */
#include "analyzer/asked.h"
#include "analyzer/question.h"

enum { REQUESTS, SECTORS, FOLLOWING };

static const struct ledger_column columns[] = {
    {"REQUESTS", "requests", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
    {"BYTES", "bytes", FROM_SUM, LEDGER_SECTORS, SECTORS, 0},
    {"SEQ", "sequential", FROM_PART, LEDGER_SHARE, FOLLOWING, REQUESTS},
    {"RUN", "run_requests", FROM_RUN, LEDGER_RATIO, REQUESTS, FOLLOWING},
};

const struct ledger_plan plan_seq = {
    .keys = {{"DEVICE", "device", false}, {"KIND", "kind", false}, {"PATH", "path", false}},
    .nkeys = 3,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 1,
    .remark =
	"SEQ: reads and writes, each by itself, that begin where the last one of their row ended on the "
	"disk. RUN: requests from one jump to the next",
};

static int init(void *state, const struct statistic_setup *setup)
{
	struct question *question = state;

	question->ledger.chain_sum = FOLLOWING;
	return question_init(state, setup, &plan_seq, NULL, 0);
}

static void begin(void *results, const struct statistic *asked)
{
	(void)asked;
	((struct ledger *)results)->chain_sum = FOLLOWING;
	ledger_begin(results, &plan_seq, NULL, 0);
}

static void count_request(struct ledger_row *row, unsigned chain, uint64_t start)
{
	row->sum[REQUESTS]++;
	row->sum[FOLLOWING] += ledger_follow(row, chain, start);
}

static void count_sectors(struct ledger_row *row, unsigned chain, const struct place *place)
{
	row->sum[SECTORS] += place->count;
	ledger_ends(row, chain, place->start + place->count);
}

static void count_access(void *state, const struct access *access, uint64_t number)
{
	struct question *question = state;

	question_access(question, access, number);
	if (access->op <= ACCESS_WRITE)
		count_request(&question->ledger.total, access->op, access->start);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	struct question *question = state;
	struct ledger_row *row;

	if (access->op > ACCESS_WRITE || (row = question_row(question, place, 3)) == NULL)
		return;
	if (question_is_first(question, row))
		count_request(row, access->op, place->start);
	count_sectors(row, access->op, place);
	count_sectors(&question->ledger.total, access->op, place);
}

const struct statistic statistic_seq = {
    .name = "seq",
    .help = "how sequential, by file and region",
    .needs = NEEDS_ORDER,
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .finish = question_finish,
};
