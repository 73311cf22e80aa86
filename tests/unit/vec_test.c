/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/vec.h"

#include "tests/unit/test.h"

static void vec_push_keeps_all_items_in_order(void **state)
{
	VEC(int) v = {0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(VEC_PUSH(&v, i), 0);
	assert_int_equal(v.n, 1000);
	assert_true(v.cap >= v.n);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v.at[i], i);
	VEC_FREE(&v);
}

static void vec_free_leaves_an_empty_array_that_can_grow_again(void **state)
{
	VEC(int) v = {0};

	(void)state;
	assert_int_equal(VEC_PUSH(&v, 7), 0);
	VEC_FREE(&v);
	assert_null(v.at);
	assert_int_equal(v.n, 0);
	assert_int_equal(v.cap, 0);
	assert_int_equal(VEC_PUSH(&v, 8), 0);
	assert_int_equal(v.at[0], 8);
	VEC_FREE(&v);
	VEC_FREE(&v);
}

static void vec_reserve_does_not_shrink(void **state)
{
	VEC(int) v = {0};
	size_t cap;

	(void)state;
	assert_int_equal(vec_reserve((void **)&v.at, &v.cap, 100, sizeof(int)), 0);
	cap = v.cap;
	assert_int_equal(vec_reserve((void **)&v.at, &v.cap, 1, sizeof(int)), 0);
	assert_int_equal(v.cap, cap);
	VEC_FREE(&v);
}

static void vec_reserve_refuses_what_overflows(void **state)
{
	VEC(uint64_t) v = {0};
	uint64_t *before;

	(void)state;
	assert_int_equal(VEC_PUSH(&v, 1), 0);
	before = v.at;
	assert_int_equal(vec_reserve((void **)&v.at, &v.cap, SIZE_MAX, 8), -1);
	assert_int_equal(vec_reserve((void **)&v.at, &v.cap, SIZE_MAX / 8 + 1, 8), -1);
	assert_ptr_equal(v.at, before);
	assert_int_equal(v.at[0], 1);
	VEC_FREE(&v);
}

static void vec_push_takes_a_struct_literal(void **state)
{
	struct pair {
		int a, b;
	};
	VEC(struct pair) v = {0};

	(void)state;
	assert_int_equal(VEC_PUSH(&v, (struct pair){.a = 1, .b = 2}), 0);
	assert_int_equal(v.at[0].b, 2);
	VEC_FREE(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vec_push_keeps_all_items_in_order),
	    cmocka_unit_test(vec_free_leaves_an_empty_array_that_can_grow_again),
	    cmocka_unit_test(vec_reserve_does_not_shrink),
	    cmocka_unit_test(vec_reserve_refuses_what_overflows),
	    cmocka_unit_test(vec_push_takes_a_struct_literal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
