/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ledgers: rows by keys, and what lies behind. */
#include "analyzer/ledger.h"

#include "tests/unit/test.h"

#include <string.h>

enum { REQUESTS, FOLLOWING };

static const struct ledger_column columns[] = {
    {"REQUESTS", "requests", FROM_SUM, LEDGER_COUNT, REQUESTS, 0},
};

static const struct ledger_plan plan = {.keys = {{"NAME", "name", false}, {"NUMBER", "number", true}},
					.nkeys = 2,
					.columns = columns,
					.ncolumns = 1};

static void begin(struct ledger *ledger)
{
	memset(ledger, 0, sizeof(*ledger));
	ledger_begin(ledger, &plan, NULL, 0);
	ledger->chain_sum = FOLLOWING;
}

static void count(struct ledger *ledger, const char *name, const char *number, uint64_t start, uint64_t end)
{
	struct ledger_row *row = ledger_row(ledger, (const char *[]){name, number});

	assert_non_null(row);
	row->sum[REQUESTS]++;
	row->sum[FOLLOWING] += ledger_follow(row, 0, start);
	ledger_ends(row, 0, end);
	ledger_mark(row, 0, (int64_t)ledger->accesses++);
	ledger->has_first = true;
}

static const struct ledger_row *find(struct ledger *ledger, const char *name, const char *number)
{
	return ledger_row(ledger, (const char *[]){name, number});
}

static void what_lies_behind_goes_on_where_the_first_ended(void **state)
{
	struct ledger first, second;
	struct text bytes = {0};
	struct unpack unpack;

	(void)state;
	begin(&first);
	begin(&second);
	count(&first, "a", "1", 0, 8);
	count(&first, "b", "1", 100, 108);
	count(&second, "b", "1", 90, 98);
	count(&second, "a", "1", 8, 16);
	ledger_pack(&bytes, &second);
	unpack = (struct unpack){(const uint8_t *)bytes.at, (const uint8_t *)bytes.at + bytes.n, false};
	assert_int_equal(ledger_unpack(&first, &unpack, true), 0);
	assert_false(unpack.bad);
	assert_int_equal(first.accesses, 4);
	assert_int_equal(find(&first, "a", "1")->sum[FOLLOWING], 1);
	assert_int_equal(find(&first, "b", "1")->sum[FOLLOWING], 0);
	assert_int_equal(find(&first, "a", "1")->most[0], 3);
	assert_int_equal(find(&first, "b", "1")->least[0], 1);
	ledger_free(&first);
	ledger_free(&second);
	text_free(&bytes);
}

static void rows_are_sorted_by_figures_and_then_by_keys_as_numbers(void **state)
{
	static const char *const wanted[] = {"9", "2", "10"};
	struct ledger ledger;

	(void)state;
	begin(&ledger);
	count(&ledger, "a", "10", 0, 1);
	count(&ledger, "a", "2", 0, 1);
	count(&ledger, "a", "9", 0, 1);
	count(&ledger, "a", "9", 0, 1);
	ledger_sort(&ledger, 0, false, false);
	for (unsigned i = 0; i < 3; i++)
		assert_string_equal(ledger.rows.at[i].key[1], wanted[i]);
	ledger_free(&ledger);
}

static void bytes_that_are_cut_off_are_bad(void **state)
{
	struct ledger ledger;
	struct text bytes = {0};

	(void)state;
	begin(&ledger);
	count(&ledger, "a", "1", 0, 8);
	ledger_pack(&bytes, &ledger);
	for (size_t n = 0; n < bytes.n; n++) {
		struct unpack unpack = {(const uint8_t *)bytes.at, (const uint8_t *)bytes.at + n, false};
		struct ledger into;

		begin(&into);
		assert_int_equal(ledger_unpack(&into, &unpack, true), 0);
		assert_true(unpack.bad);
		assert_int_equal(into.rows.n, 0);
		ledger_free(&into);
	}
	ledger_free(&ledger);
	text_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_lies_behind_goes_on_where_the_first_ended),
	    cmocka_unit_test(rows_are_sorted_by_figures_and_then_by_keys_as_numbers),
	    cmocka_unit_test(bytes_that_are_cut_off_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
