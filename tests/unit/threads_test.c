/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/threads.h"

#include "tests/unit/test.h"

#include <stdatomic.h>

struct crew {
	atomic_uint calls[THREADS_MAX];
};

static void count_call(void *context, unsigned member)
{
	struct crew *crew = context;

	atomic_fetch_add(&crew->calls[member], 1);
}

static void threads_run_calls_each_member_once(void **state)
{
	static const unsigned sizes[] = {1, 2, 7, THREADS_MAX};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct crew crew = {0};

		threads_run(sizes[i], count_call, &crew);
		for (unsigned member = 0; member < THREADS_MAX; member++)
			assert_int_equal(crew.calls[member], member < sizes[i]);
	}
}

static void threads_available_is_at_least_one(void **state)
{
	(void)state;
	assert_in_range(threads_available(), 1, THREADS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(threads_run_calls_each_member_once),
	    cmocka_unit_test(threads_available_is_at_least_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
