/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/err.h"

#include "tests/unit/test.h"

static void err_set_keeps_the_text_and_says_minus_one(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, "sector %d", 5), -1);
	assert_string_equal(err.text, "sector 5");
}

static void err_prefix_goes_in_front(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, "cannot read");
	assert_int_equal(err_prefix(&err, "partition %d: ", 2), -1);
	assert_string_equal(err.text, "partition 2: cannot read");
}

static void err_prefix_outermost_comes_first(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, "c");
	err_prefix(&err, "b: ");
	err_prefix(&err, "a: ");
	assert_string_equal(err.text, "a: b: c");
}

static void err_long_texts_are_cut(void **state)
{
	char text[2000];
	struct err err;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	err_set(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	err_prefix(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void err_nomem_says_so(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_nomem(&err), -1);
	assert_string_equal(err.text, "out of memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(err_set_keeps_the_text_and_says_minus_one),
	    cmocka_unit_test(err_prefix_goes_in_front),
	    cmocka_unit_test(err_prefix_outermost_comes_first),
	    cmocka_unit_test(err_long_texts_are_cut),
	    cmocka_unit_test(err_nomem_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
