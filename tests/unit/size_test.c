/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/size.h"

#include "tests/unit/test.h"

static uint64_t parsed(const char *text)
{
	struct err err = {.text = ""};
	uint64_t bytes;

	if (size_parse(text, &bytes, &err) != 0)
		fail_msg("%s", err.text);
	return bytes;
}

static void assert_refused(int (*parse)(const char *, uint64_t *, struct err *), const char *text)
{
	struct err err = {.text = ""};
	uint64_t value;

	if (parse(text, &value, &err) == 0)
		fail_msg("'%s' was taken as %llu", text, (unsigned long long)value);
	assert_non_null(strstr(err.text, text));
}

static void size_units_are_powers_of_two(void **state)
{
	(void)state;
	assert_int_equal(parsed("0"), 0);
	assert_int_equal(parsed("4096"), 4096);
	assert_int_equal(parsed("4K"), 4096);
	assert_int_equal(parsed("1M"), 1 << 20);
	assert_int_equal(parsed("3G"), UINT64_C(3) << 30);
	assert_int_equal(parsed("2T"), UINT64_C(2) << 40);
	assert_int_equal(parsed("8s"), 4096);
	assert_int_equal(parsed("0x10"), 16);
	assert_int_equal(parsed("0x10K"), 16384);
}

static void size_leading_zero_is_decimal(void **state)
{
	(void)state;
	assert_int_equal(parsed("010"), 10);
}

static void size_refuses_what_is_none(void **state)
{
	static const char *const bad[] = {"",     "K",  "-1",  "+1",  " 1",    "1 ",  "4KB", "4k",
					  "1.5K", "0x", "0xg", "x10", "4096b", "1e3", "ff"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(size_parse, bad[i]);
}

static void size_refuses_what_overflows(void **state)
{
	(void)state;
	assert_refused(size_parse, "18446744073709551616");
	assert_refused(size_parse, "16777216T");
	assert_refused(size_parse, "0x10000000000000000");
	assert_refused(size_parse, "36028797018963968s");
	assert_int_equal(parsed("18446744073709551615"), UINT64_MAX);
	assert_int_equal(parsed("36028797018963967s"), UINT64_MAX - 511);
}

static void number_has_nothing_behind_it(void **state)
{
	struct err err;
	uint64_t value;

	(void)state;
	assert_int_equal(number_parse("4358", &value, &err), 0);
	assert_int_equal(value, 4358);
	assert_int_equal(number_parse("0xFf", &value, &err), 0);
	assert_int_equal(value, 255);
	assert_refused(number_parse, "4K");
	assert_refused(number_parse, "12 ");
	assert_refused(number_parse, "12a");
	assert_refused(number_parse, "-12");
	assert_refused(number_parse, "0x0x1");
}

static void size_human_is_exact_where_it_can_be(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
	    {0, "0 bytes"},    {1, "1 bytes"},       {512, "512 bytes"},           {1024, "1 KiB"},
	    {1536, "1.5 KiB"}, {41943040, "40 MiB"}, {UINT64_C(1) << 63, "8 EiB"}, {UINT64_MAX, "16.0 EiB"},
	};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_string_equal(size_human(sizes[i].bytes, buf, sizeof(buf)), sizes[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(size_units_are_powers_of_two),
	    cmocka_unit_test(size_leading_zero_is_decimal),
	    cmocka_unit_test(size_refuses_what_is_none),
	    cmocka_unit_test(size_refuses_what_overflows),
	    cmocka_unit_test(number_has_nothing_behind_it),
	    cmocka_unit_test(size_human_is_exact_where_it_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
