/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* first: which files are read, in the order of their first read. Lists for prefetching come of it. */
#include "analyzer/asked.h"
#include "analyzer/question.h"
#include "analyzer/usage.h"

enum { REQUESTS, SECTORS };

static const struct ledger_column columns[] = {
    {"FIRST", "first", FROM_LEAST, LEDGER_COUNT, 0, 0},
    {"AT", "first_us", FROM_LEAST, LEDGER_NS, 1, 0},
    {"REQUESTS", "requests", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
    {"BYTES", "bytes", FROM_SUM, LEDGER_SECTORS, SECTORS, 0},
    {"DIFFERENT", "distinct_bytes", FROM_SET, LEDGER_SECTORS, 0, 0},
};

const struct ledger_plan plan_first = {
    .keys = {{"DEVICE", "device", false}, {"KIND", "kind", false}, {"PATH", "path", false}},
    .nkeys = 3,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .ascending = true,
    .remark = "FIRST: the number of the access, from 0; AT: its time in the trace",
};

QUESTION_PLAN(&plan_first)

static void count_access(void *state, const struct access *access, uint64_t number)
{
	question_access(state, access, number);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	struct question *question = state;
	struct ledger_row *row;

	if (access->op != ACCESS_READ || !usage_is_of_inode(place) ||
	    !fs_has_path(place->space->fs, place->extent->owner) ||
	    (row = question_row(question, place, 3)) == NULL)
		return;
	row->sum[REQUESTS] += question_is_first(question, row);
	row->sum[SECTORS] += place->count;
	ledger_mark(row, 0, question->number);
	if (access->time_ns != ACCESS_NO_TIME)
		ledger_mark(row, 1, access->time_ns);
	ledger_touch(&question->ledger, row, 0, place->start, place->count);
}

const struct statistic statistic_first = {
    .name = "first",
    .help = "what is read in which order, each file once",
    QUESTION_FUNCTIONS,
    .init = init,
    .begin = begin,
    .access = count_access,
    .place = count_place,
    .finish = question_finish,
};
