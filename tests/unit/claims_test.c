/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/claims.h"

#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 20;
}

/* The order by the C library's sort. */
static int compare(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	return a->start != b->start ? (a->start < b->start ? -1 : 1) : claim_compare(a, b);
}

/* Sorts n claims whose starts are below `starts`, and holds them against qsort. */
static void check_sort(size_t n, uint64_t starts)
{
	struct claim *expected = calloc(n, sizeof(*expected)), *sorted;
	struct claims claims = {0};
	uint64_t state = n;
	size_t got;

	assert_non_null(expected);
	for (size_t i = 0; i < n; i++) {
		expected[i].start = next_random(&state) % starts;
		expected[i].count = 1 + next_random(&state) % 100;
		expected[i].rank = next_random(&state) % 4;
		expected[i].owner = (uint32_t)next_random(&state) % 16;
		claims_add(&claims, expected[i]);
	}
	assert_int_equal(claims_count(&claims), n);
	qsort(expected, n, sizeof(*expected), compare);
	assert_int_equal(claims_sort(&claims, 2, &sorted, &got), 0);
	assert_int_equal(got, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(compare(&sorted[i], &expected[i]), 0);
	assert_int_equal(claims_count(&claims), 0);
	free(sorted);
	free(expected);
}

static void claims_are_sorted_as_qsort_sorts_them(void **state)
{
	(void)state;
	check_sort(20, 100);
	check_sort(3000, 1);
	check_sort(3000, 7);
	check_sort(200000, 1000);
	check_sort(200000, UINT64_C(1) << 30);
	check_sort(200000, (UINT64_C(1) << 48) - 1);
}

/* Nearly all in one range of sectors, as when a large disk is nearly empty. */
static void claims_that_crowd_are_sorted(void **state)
{
	struct claims claims = {0};
	struct claim *sorted;
	size_t n;

	(void)state;
	claims_add(&claims, (struct claim){.start = (UINT64_C(1) << 48) - 2, .count = 1});
	for (uint64_t i = 100000; i > 0; i--)
		claims_add(&claims, (struct claim){.start = i, .count = 1});
	assert_int_equal(claims_sort(&claims, 2, &sorted, &n), 0);
	assert_int_equal(n, 100001);
	for (uint64_t i = 0; i < 100000; i++)
		assert_int_equal(sorted[i].start, i + 1);
	free(sorted);
}

static void claims_move_keeps_all_of_both(void **state)
{
	struct claims a = {0}, b = {0};
	struct claim *sorted;
	size_t n;

	(void)state;
	for (uint64_t i = 0; i < 5000; i++)
		claims_add(i % 2 ? &a : &b, (struct claim){.start = i, .count = 1});
	claims_move(&a, &b);
	assert_int_equal(claims_count(&b), 0);
	assert_int_equal(claims_sort(&a, 2, &sorted, &n), 0);
	assert_int_equal(n, 5000);
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(sorted[i].start, i);
	free(sorted);
}

static void claims_that_miss_one_are_not_sorted(void **state)
{
	struct claims a = {0}, b = {.short_of_memory = true};
	struct claim *sorted;
	size_t n;

	(void)state;
	claims_add(&a, (struct claim){.start = 1, .count = 1});
	claims_move(&a, &b);
	assert_int_equal(claims_sort(&a, 2, &sorted, &n), -1);
	claims_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(claims_are_sorted_as_qsort_sorts_them),
	    cmocka_unit_test(claims_that_crowd_are_sorted),
	    cmocka_unit_test(claims_move_keeps_all_of_both),
	    cmocka_unit_test(claims_that_miss_one_are_not_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
