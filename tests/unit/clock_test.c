/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/clock.h"
#include "layout/history.h"
#include "tests/unit/test.h"

#include <stdlib.h>

/* A ring of blocks 1 .. 99, with transactions that follow one another. */
static struct history *history_of(const struct history_transaction *transactions, size_t n)
{
	struct history *history = calloc(1, sizeof(*history));

	assert_non_null(history);
	history->log_first = 1;
	history->log_end = 100;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(VEC_PUSH(&history->transactions, transactions[i]), 0);
	return history;
}

static const struct history_transaction three[] = {
    {.tid = 7, .first = 10, .commit = 14},
    {.tid = 8, .first = 15, .commit = 20},
    {.tid = 9, .first = 21, .commit = 25},
};

static void check(const struct history_transaction *transactions, size_t ntransactions,
		  const struct log_write *writes, size_t n, const struct clock_step *want, size_t nwant)
{
	struct history *history = history_of(transactions, ntransactions);
	struct clock_steps steps = {0};

	assert_int_equal(clock_match(history, writes, n, &steps), 0);
	assert_int_equal(steps.at.n, nwant);
	for (size_t i = 0; i < nwant; i++) {
		assert_int_equal(steps.at.at[i].access, want[i].access);
		assert_int_equal(steps.at.at[i].running, want[i].running);
		assert_int_equal(steps.at.at[i].first, want[i].first);
		assert_int_equal(steps.at.at[i].writing, want[i].writing);
	}
	VEC_FREE(&steps.at);
	history_free(history);
}

#define CHECK(transactions, writes, want)                                                                    \
	check(transactions, sizeof(transactions) / sizeof((transactions)[0]), writes,                        \
	      sizeof(writes) / sizeof((writes)[0]), want, sizeof(want) / sizeof((want)[0]))

static void image_of_the_end(void **state)
{
	static const struct log_write writes[] = {{3, 10, 4}, {5, 14, 1},  {6, 15, 3}, {7, 18, 2},
						  {9, 20, 1}, {11, 21, 4}, {12, 25, 1}};
	static const struct clock_step want[] = {
	    {0, 1, true, false},  {3, 1, false, true},  {5, 2, false, false}, {6, 2, false, true},
	    {9, 3, false, false}, {11, 3, false, true}, {12, 4, false, false}};

	(void)state;
	CHECK(three, writes, want);
}

static void image_of_later(void **state)
{
	static const struct log_write writes[] = {{3, 10, 4}, {5, 14, 1}, {6, 15, 5}, {9, 20, 1}};
	static const struct clock_step want[] = {{0, 1, true, false},
						 {3, 1, false, true},
						 {5, 2, false, false},
						 {6, 2, false, true},
						 {9, 3, false, false}};

	(void)state;
	CHECK(three, writes, want);
}

static void image_of_before(void **state)
{
	static const struct log_write writes[] = {{4, 26, 3}, {6, 29, 1}};
	static const struct clock_step want[] = {{0, 4, true, false}, {4, HISTORY_NO_MORE, false, false}};

	(void)state;
	CHECK(three, writes, want);
}

static void log_that_wrapped(void **state)
{
	static const struct log_write writes[] = {{1, 15, 6},  {2, 22, 1}, {3, 95, 4}, {4, 99, 1},
						  {6, 10, 4},  {7, 14, 1}, {8, 15, 5}, {9, 20, 1},
						  {10, 21, 4}, {12, 25, 1}};
	static const struct clock_step want[] = {{0, HISTORY_NO_YET, true, false},
						 {4, 1, false, false},
						 {6, 1, false, true},
						 {7, 2, false, false},
						 {8, 2, false, true},
						 {9, 3, false, false},
						 {10, 3, false, true},
						 {12, 4, false, false}};

	(void)state;
	CHECK(three, writes, want);
}

static void transaction_around_the_end_of_the_ring(void **state)
{
	static const struct history_transaction around[] = {{.tid = 5, .first = 97, .commit = 3}};
	static const struct log_write writes[] = {{1, 97, 3}, {2, 1, 2}, {4, 3, 1}};
	static const struct clock_step want[] = {
	    {0, 1, true, false}, {1, 1, false, true}, {4, 2, false, false}};

	(void)state;
	CHECK(around, writes, want);
}

static void trace_that_begins_within_a_transaction(void **state)
{
	static const struct log_write writes[] = {{1, 18, 2}, {2, 20, 1}, {5, 21, 4}, {6, 25, 1}};
	static const struct clock_step want[] = {{0, 2, true, false},
						 {1, 2, false, true},
						 {2, 3, false, false},
						 {5, 3, false, true},
						 {6, 4, false, false}};

	(void)state;
	CHECK(three, writes, want);
}

static void commit_that_was_not_written_any_more(void **state)
{
	static const struct log_write writes[] = {{1, 21, 4}, {2, 25, 1}, {7, 26, 3}};
	static const struct clock_step want[] = {
	    {0, 3, true, false}, {1, 3, false, true}, {2, 4, false, false}, {7, 4, false, true}};

	(void)state;
	CHECK(three, writes, want);
}

static void writes_that_are_no_transactions(void **state)
{
	static const struct log_write writes[] = {{1, 50, 1}, {2, 60, 1}};
	static const struct clock_step want[] = {{0, HISTORY_NO_MORE, true, false}};

	(void)state;
	CHECK(three, writes, want);
}

static void states_of_a_running_transaction(void **state)
{
	struct history *history = history_of(three, 3);
	uint32_t states[3], tid;

	(void)state;
	assert_int_equal(history_states_at(history, 2, states), 3);
	assert_int_equal(states[0], 2);
	assert_int_equal(states[1], 1);
	assert_int_equal(states[2], 3);
	assert_int_equal(history_states_at(history, 4, states), 1);
	assert_int_equal(states[0], 3);
	assert_true(history_tid(history, 2, &tid));
	assert_int_equal(tid, 8);
	assert_true(history_tid(history, 4, &tid));
	assert_int_equal(tid, 10);
	assert_false(history_tid(history, HISTORY_NO_MORE, &tid));
	history_free(history);
}

/* Sectors 0-7 are life 0's until state 2 and life 1's from state 3 on; 8-15 are life 0's all the time. */
static void labels_become_runs(void **state)
{
	struct history *history = history_of(three, 3);
	static const struct history_label labels[] = {
	    {.start = 0, .count = 16, .extent = {.kind = KIND_FILE_DATA, .owner = 0}, .from = 0, .to = 2},
	    {.start = 0, .count = 8, .extent = {.kind = KIND_FILE_DATA, .owner = 1}, .from = 3, .to = 4},
	    {.start = 8, .count = 8, .extent = {.kind = KIND_FILE_DATA, .owner = 0}, .from = 2, .to = 4},
	};
	static const struct history_life lives[] = {{.inode = 20, .generation = 1, .from = 0, .to = 4},
						    {.inode = 12, .generation = 5, .from = 3, .to = 4},
						    {.inode = 12, .generation = 4, .from = 0, .to = 2}};
	const struct history_run *run;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(VEC_PUSH(&history->labels, labels[i]), 0);
		assert_int_equal(VEC_PUSH(&history->lives, lives[i]), 0);
	}
	history->first_id = 101;
	assert_int_equal(history_make_runs(history), 0);
	assert_int_equal(history_finish(history), 0);
	assert_int_equal(history->runs.n, 2);
	run = history_run_at(history, 3);
	assert_non_null(run);
	assert_int_equal(run->n, 2);
	assert_int_equal(history->labels.at[run->first].extent.owner, 20);
	assert_int_equal(history->labels.at[run->first + 1].extent.owner, 12);
	assert_null(history_run_at(history, 16));
	/* The life that ended has a number behind all inodes. */
	assert_int_equal(history_life(history, 101)->generation, 4);
	assert_int_equal(history_life(history, 12)->generation, 5);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(image_of_the_end),
	    cmocka_unit_test(image_of_later),
	    cmocka_unit_test(image_of_before),
	    cmocka_unit_test(log_that_wrapped),
	    cmocka_unit_test(transaction_around_the_end_of_the_ring),
	    cmocka_unit_test(trace_that_begins_within_a_transaction),
	    cmocka_unit_test(commit_that_was_not_written_any_more),
	    cmocka_unit_test(writes_that_are_no_transactions),
	    cmocka_unit_test(states_of_a_running_transaction),
	    cmocka_unit_test(labels_become_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
