/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* torn,SIZE: writes of files that begin or end within a page of SIZE bytes, counted from the start of the file:
   a crash may leave half of such a page new and half of it old. A request's places that follow one another in a
   file are one write. */
#include "analyzer/asked.h"
#include "analyzer/question.h"
#include "analyzer/usage.h"
#include "base/size.h"
#include "layout/region.h"

enum { WRITES, BEGINS, ENDS, EITHER, SECTORS };

static const struct ledger_column columns[] = {
    {"WRITES", "writes", FROM_SUM, LEDGER_COUNT, WRITES, 0},
    {"BYTES", "bytes", FROM_SUM, LEDGER_SECTORS, SECTORS, 0},
    {"BEGIN OFF", "begin_off", FROM_SUM, LEDGER_COUNT, BEGINS, 0},
    {"END OFF", "end_off", FROM_SUM, LEDGER_COUNT, ENDS, 0},
    {"TORN", "torn", FROM_SUM, LEDGER_COUNT, EITHER, 0},
    {"SHARE", "share", FROM_PART, LEDGER_SHARE, EITHER, WRITES},
};

const struct ledger_plan plan_torn = {
    .keys = {{"DEVICE", "device", false}, {"KIND", "kind", false}, {"PATH", "path", false}},
    .nkeys = 3,
    .columns = columns,
    .ncolumns = sizeof(columns) / sizeof(columns[0]),
    .sort = 4,
    .has_total = true,
    .remark = "TORN: writes that begin or end within a page of the file",
};

static int check(const char *arguments, struct err *err)
{
	uint64_t size;

	if (size_parse(arguments, &size, err) != 0 || size == 0 || size % SECTOR_SIZE != 0)
		return err_set(
		    err, "torn: expected torn,SIZE with the size of a page, as torn,16K, and found '%.40s'",
		    arguments);
	return 0;
}

static int init(void *state, const struct statistic_setup *setup)
{
	struct question *question = state;
	struct err err;

	if (size_parse(setup->asked->arguments != NULL ? setup->asked->arguments : "4K", &question->size,
		       &err) != 0)
		question->size = 4096;
	return question_init(state, setup, &plan_torn, NULL, 0);
}

static void begin(void *results, const struct statistic *asked)
{
	(void)asked;
	ledger_begin(results, &plan_torn, NULL, 0);
}

static void count_in(struct ledger_row *row, const struct question_run *run, uint64_t size)
{
	bool begins = run->from % size != 0, ends = run->to % size != 0;

	row->sum[WRITES]++;
	row->sum[SECTORS] += (run->to - run->from) >> SECTOR_SHIFT;
	row->sum[BEGINS] += begins;
	row->sum[ENDS] += ends;
	row->sum[EITHER] += begins || ends;
}

/* The run ends here. */
static void count_run(struct question *question)
{
	struct question_run *run = &question->run;
	struct place place = {.space = run->space, .extent = run->extent, .kind = KIND_FILE_DATA};
	struct ledger_row *row;

	if (run->space == NULL)
		return;
	row = question_row(question, &place, 3);
	if (row != NULL) {
		count_in(row, run, question->size);
		count_in(&question->ledger.total, run, question->size);
	}
	run->space = NULL;
}

static void count_access(void *state, const struct access *access, uint64_t number)
{
	count_run(state);
	question_access(state, access, number);
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	struct question *question = state;
	struct question_run *run = &question->run;
	struct region region;
	uint64_t bytes = place->count << SECTOR_SHIFT;

	if (access->op != ACCESS_WRITE || place->kind != KIND_FILE_DATA || !usage_is_of_inode(place))
		return;
	region_describe(question->setup.map, place, &region);
	if (!region.has_offset)
		return;
	if (run->space == place->space && run->extent->owner == place->extent->owner &&
	    run->to == region.offset) {
		run->to += bytes;
		return;
	}
	count_run(question);
	*run = (struct question_run){place->space, place->extent, region.offset, region.offset + bytes};
}

static void merge(void *state, void *other)
{
	count_run(state);
	count_run(other);
	question_merge(state, other);
}

static int finish(void *state)
{
	count_run(state);
	return question_finish(state);
}

const struct statistic statistic_torn = {
    .name = "torn",
    .help = "writes of files that begin or end within a page (torn,SIZE)",
    .check = check,
    .state_size = sizeof(struct question),
    .init = init,
    .done = question_done,
    .access = count_access,
    .place = count_place,
    .merge = merge,
    .reset = question_reset,
    .finish = finish,
    .results_size = sizeof(struct ledger),
    .begin = begin,
    .take = question_take,
    .results_done = question_results_done,
    .pack = question_pack,
    .unpack = question_unpack,
    .results_reset = question_results_reset,
    .sort = question_sort,
};
