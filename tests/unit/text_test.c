/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text.h"

#include "tests/unit/test.h"

static void text_grows_piece_by_piece(void **state)
{
	struct text text = {0};

	(void)state;
	text_str(&text, "a");
	text_char(&text, 'b');
	text_u64(&text, 12);
	text_printf(&text, "<%d>", -3);
	text_add(&text, "xyz", 2);
	assert_string_equal(text.at, "ab12<-3>xy");
	assert_int_equal(text.n, 10);
	text_free(&text);
}

static void text_holds_nul_bytes(void **state)
{
	struct text text = {0};

	(void)state;
	text_add(&text, "a\0b", 3);
	assert_int_equal(text.n, 3);
	assert_memory_equal(text.at, "a\0b", 4);
	text_free(&text);
}

static void text_u64_prints_both_ends_of_the_range(void **state)
{
	struct text text = {0};

	(void)state;
	text_u64(&text, 0);
	text_char(&text, ' ');
	text_u64(&text, UINT64_MAX);
	assert_string_equal(text.at, "0 18446744073709551615");
	text_free(&text);
}

static void text_printf_is_whole_at_any_length(void **state)
{
	char bytes[1000];
	struct text text = {0};

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (int len = 250; len < 262; len++) {
		text_clear(&text);
		text_str(&text, "a");
		text_printf(&text, "%.*s", len, bytes);
		text_str(&text, "b");
		assert_int_equal(text.n, (size_t)len + 2);
		assert_int_equal(strlen(text.at), text.n);
		assert_int_equal(text.at[text.n - 1], 'b');
	}
	text_clear(&text);
	text_printf(&text, "%.999s", bytes);
	assert_int_equal(text.n, 999);
	text_free(&text);
}

static void text_clear_and_free_on_nothing(void **state)
{
	struct text text = {0};

	(void)state;
	text_clear(&text);
	assert_null(text.at);
	text_str(&text, "");
	assert_string_equal(text.at, "");
	text_str(&text, "abc");
	text_clear(&text);
	assert_int_equal(text.n, 0);
	assert_string_equal(text.at, "");
	text_free(&text);
	assert_null(text.at);
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_grows_piece_by_piece),
	    cmocka_unit_test(text_holds_nul_bytes),
	    cmocka_unit_test(text_u64_prints_both_ends_of_the_range),
	    cmocka_unit_test(text_printf_is_whole_at_any_length),
	    cmocka_unit_test(text_clear_and_free_on_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
