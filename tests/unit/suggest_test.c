/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/suggest.h"

#include "tests/unit/test.h"

#include <string.h>

static const char *const names[] = {"analyze", "lookup", "find", "map", "merge", "json", "a", "b"};
#define N (sizeof(names) / sizeof(names[0]))

static void slips_of_the_fingers_are_known(void **state)
{
	(void)state;
	assert_string_equal(suggest("analyse", names, N), "analyze");
	assert_string_equal(suggest("lokup", names, N), "lookup");
	assert_string_equal(suggest("lookpu", names, N), "lookup");
	assert_string_equal(suggest("fnid", names, N), "find");
	assert_string_equal(suggest("jsonn", names, N), "json");
	assert_string_equal(suggest("map", names, N), "map");
}

static void what_is_far_or_near_to_several_is_not(void **state)
{
	char longest[200];

	(void)state;
	assert_null(suggest("frobnicate", names, N));
	assert_null(suggest("", names, N));
	assert_null(suggest("c", names, N));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_null(suggest(longest, names, N));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slips_of_the_fingers_are_known),
	    cmocka_unit_test(what_is_far_or_near_to_several_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
