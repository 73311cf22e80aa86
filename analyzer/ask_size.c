/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* size: how large requests are, by operation and powers of two. */
#include "analyzer/asked.h"
#include "analyzer/question.h"
#include "base/size.h"

#include <inttypes.h>
#include <stdio.h>

enum { REQUESTS, SECTORS };

static const struct ledger_column columns[] = {
    {"REQUESTS", "requests", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
    {"SHARE", "share", FROM_SHARE, LEDGER_SHARE, REQUESTS, 0},
    {"BYTES", "bytes", FROM_SUM, LEDGER_SECTORS, SECTORS, 0},
    {"OF BYTES", "bytes_share", FROM_SHARE, LEDGER_SHARE, SECTORS, 0},
};

const struct ledger_plan plan_size = {
    .keys = {{"OP", "op", false}, {"FROM BYTES", "from", true}},
    .nkeys = 2,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .by_keys = true,
    .remark = "FROM BYTES: as large as this, and smaller than twice that",
};

QUESTION_PLAN(&plan_size)

/* Where the bucket of a size begins; 0 for what has no sectors. */
static uint64_t bucket(uint64_t sectors)
{
	return sectors == 0 ? 0 : UINT64_C(1) << (63 - __builtin_clzll(sectors << SECTOR_SHIFT));
}

static struct ledger_row *row_of(struct question *question, enum access_op op, uint64_t sectors)
{
	uint64_t from = bucket(sectors);
	size_t *index = keys_get(&question->known, from << 3 | op);
	struct ledger_row *row;
	char number[24];

	if (index == NULL) {
		question->ledger.short_of_memory = true;
		return NULL;
	}
	if (*index != 0)
		return &question->ledger.rows.at[*index - 1];
	snprintf(number, sizeof(number), "%" PRIu64, from);
	row = ledger_row(&question->ledger, (const char *[]){access_op_name(op), number});
	if (row != NULL)
		*index = (size_t)(row - question->ledger.rows.at) + 1;
	return row;
}

static void count_in(struct ledger_row *row, uint64_t sectors)
{
	row->sum[REQUESTS]++;
	row->sum[SECTORS] += sectors;
}

static void count(struct question *question, enum access_op op, uint64_t sectors)
{
	struct ledger_row *row = row_of(question, op, sectors);

	count_in(&question->ledger.total, sectors);
	if (row != NULL)
		count_in(row, sectors);
}

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
	count(state, (enum access_op)access->op, access->count);
}

static void count_usual(void *state, const struct usual_place *place)
{
	count(state, (enum access_op)place->usual->op, place->usual->count);
}

const struct statistic statistic_size = {
    .name = "size",
    .help = "how large requests are",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .usual = count_usual,
    .finish = question_finish,
};
