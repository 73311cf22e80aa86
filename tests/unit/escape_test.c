/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/escape.h"

#include "tests/unit/test.h"

typedef void escape_fn(struct text *, const char *, size_t);

static void assert_escaped(escape_fn *escape, const char *bytes, size_t len, const char *expected)
{
	struct text out = {0};

	escape(&out, bytes, len);
	assert_string_equal(out.at ? out.at : "", expected);
	text_free(&out);
}

#define ASSERT_ESCAPED(escape, bytes, expected) assert_escaped(escape, bytes, sizeof(bytes) - 1, expected)
#define ASSERT_CHAR(bytes, n) assert_int_equal(utf8_char(bytes, sizeof(bytes) - 1), n)

static void utf8_shortest_and_longest_of_each_length(void **state)
{
	(void)state;
	ASSERT_CHAR("\x7f", 1);
	ASSERT_CHAR("\xc2\x80", 2);
	ASSERT_CHAR("\xdf\xbf", 2);
	ASSERT_CHAR("\xe0\xa0\x80", 3);
	ASSERT_CHAR("\xed\x9f\xbf", 3);
	ASSERT_CHAR("\xee\x80\x80", 3);
	ASSERT_CHAR("\xef\xbf\xbf", 3);
	ASSERT_CHAR("\xf0\x90\x80\x80", 4);
	ASSERT_CHAR("\xf4\x8f\xbf\xbf", 4);
}

static void utf8_overlong_forms_are_invalid(void **state)
{
	(void)state;
	ASSERT_CHAR("\xc0\xaf", 0);
	ASSERT_CHAR("\xc1\xbf", 0);
	ASSERT_CHAR("\xe0\x80\xaf", 0);
	ASSERT_CHAR("\xe0\x9f\xbf", 0);
	ASSERT_CHAR("\xf0\x80\x80\xaf", 0);
	ASSERT_CHAR("\xf0\x8f\xbf\xbf", 0);
}

static void utf8_surrogates_and_what_is_too_high_are_invalid(void **state)
{
	(void)state;
	ASSERT_CHAR("\xed\xa0\x80", 0);
	ASSERT_CHAR("\xed\xbf\xbf", 0);
	ASSERT_CHAR("\xf4\x90\x80\x80", 0);
	ASSERT_CHAR("\xf5\x80\x80\x80", 0);
	ASSERT_CHAR("\xff", 0);
}

static void utf8_cut_characters_are_invalid(void **state)
{
	(void)state;
	ASSERT_CHAR("\x80", 0);
	ASSERT_CHAR("\xc3", 0);
	ASSERT_CHAR("\xe2\x82", 0);
	ASSERT_CHAR("\xf0\x9f\x92", 0);
	ASSERT_CHAR("\xe2(\xa1", 0);
	assert_int_equal(utf8_char("", 0), 0);
	assert_int_equal(utf8_char("\xc3\xa4", 1), 0);
}

static void utf8_valid_looks_at_all_of_it(void **state)
{
	(void)state;
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("h\xc3\xa4llo", 6));
	assert_false(utf8_valid("hello\xff", 6));
}

static void terminal_shows_letters_as_they_are(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_terminal, "/h\xc3\xa4/\xe6\x97\xa5 \xf0\x9f\x98\x80",
		       "/h\xc3\xa4/\xe6\x97\xa5 \xf0\x9f\x98\x80");
}

static void terminal_never_gets_control_characters(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_terminal, "a\x1b[31mb", "a\\x1b[31mb");
	ASSERT_ESCAPED(escape_terminal, "\n\t\r\a\x7f", "\\n\\t\\x0d\\x07\\x7f");
	ASSERT_ESCAPED(escape_terminal, "a\0b", "a\\x00b");
	ASSERT_ESCAPED(escape_terminal,
		       "\xc2\x9b"
		       "31m",
		       "\\xc2\\x9b31m");
}

static void terminal_doubles_backslashes(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_terminal, "a\\x1b", "a\\\\x1b");
}

static void terminal_escapes_invalid_bytes_one_by_one(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_terminal,
		       "\xff\xfe"
		       "a",
		       "\\xff\\xfea");
	ASSERT_ESCAPED(escape_terminal, "\xc0\xaf", "\\xc0\\xaf");
	ASSERT_ESCAPED(escape_terminal, "\xed\xa0\x80", "\\xed\\xa0\\x80");
	ASSERT_ESCAPED(escape_terminal, "\xe2\x82", "\\xe2\\x82");
	ASSERT_ESCAPED(escape_terminal,
		       "\xe2\x82"
		       "a",
		       "\\xe2\\x82a");
}

/* U+202E, U+2066, U+061C, U+200F, U+FEFF, U+200B, U+00AD, U+2028 */
static void terminal_escapes_what_turns_or_hides_text(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_terminal,
		       "a\xe2\x80\xae"
		       "b",
		       "a\\xe2\\x80\\xaeb");
	ASSERT_ESCAPED(escape_terminal, "\xe2\x81\xa6", "\\xe2\\x81\\xa6");
	ASSERT_ESCAPED(escape_terminal, "\xd8\x9c", "\\xd8\\x9c");
	ASSERT_ESCAPED(escape_terminal, "\xe2\x80\x8f", "\\xe2\\x80\\x8f");
	ASSERT_ESCAPED(escape_terminal, "\xef\xbb\xbf", "\\xef\\xbb\\xbf");
	ASSERT_ESCAPED(escape_terminal, "\xe2\x80\x8b", "\\xe2\\x80\\x8b");
	ASSERT_ESCAPED(escape_terminal, "\xc2\xad", "\\xc2\\xad");
	ASSERT_ESCAPED(escape_terminal, "\xe2\x80\xa8", "\\xe2\\x80\\xa8");
}

static void escape_utf8_leaves_valid_text_alone(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_utf8, "a\\b\n\xc3\xa4", "a\\b\n\xc3\xa4");
}

static void escape_utf8_doubles_backslashes_only_beside_invalid_bytes(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_utf8, "a\\xff", "a\\xff");
	ASSERT_ESCAPED(escape_utf8, "a\\\xff", "a\\\\\\xff");
	ASSERT_ESCAPED(escape_utf8, "\xc3\xa4\xc3", "\xc3\xa4\\xc3");
}

static void json_quotes_what_json_must(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_json, "", "\"\"");
	ASSERT_ESCAPED(escape_json, "a\"b\\c", "\"a\\\"b\\\\c\"");
	ASSERT_ESCAPED(escape_json, "\n\t\r\x01\x7f", "\"\\n\\t\\u000d\\u0001\\u007f\"");
	ASSERT_ESCAPED(escape_json, "a\0b", "\"a\\u0000b\"");
	ASSERT_ESCAPED(escape_json, "\xc3\xa4/", "\"\xc3\xa4/\"");
}

static void json_of_invalid_bytes_is_valid_utf8(void **state)
{
	(void)state;
	ASSERT_ESCAPED(escape_json, "a\xff", "\"a\\\\xff\"");
	ASSERT_ESCAPED(escape_json, "\\\xff\"", "\"\\\\\\\\\\\\xff\\\"\"");
}

static void escape_any_byte_pair_gives_printable_ascii_or_utf8(void **state)
{
	struct text out = {0};

	(void)state;
	for (unsigned pair = 0; pair < 65536; pair++) {
		char bytes[2] = {(char)(pair >> 8), (char)pair};

		text_clear(&out);
		escape_terminal(&out, bytes, 2);
		assert_true(utf8_valid(out.at, out.n));
		for (size_t i = 0; i < out.n; i++)
			assert_true((unsigned char)out.at[i] >= 0x20 && out.at[i] != 0x7f);
		text_clear(&out);
		escape_json(&out, bytes, 2);
		assert_true(utf8_valid(out.at, out.n));
		text_clear(&out);
		escape_utf8(&out, bytes, 2);
		assert_true(utf8_valid(out.at, out.n));
	}
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utf8_shortest_and_longest_of_each_length),
	    cmocka_unit_test(utf8_overlong_forms_are_invalid),
	    cmocka_unit_test(utf8_surrogates_and_what_is_too_high_are_invalid),
	    cmocka_unit_test(utf8_cut_characters_are_invalid),
	    cmocka_unit_test(utf8_valid_looks_at_all_of_it),
	    cmocka_unit_test(terminal_shows_letters_as_they_are),
	    cmocka_unit_test(terminal_never_gets_control_characters),
	    cmocka_unit_test(terminal_doubles_backslashes),
	    cmocka_unit_test(terminal_escapes_invalid_bytes_one_by_one),
	    cmocka_unit_test(terminal_escapes_what_turns_or_hides_text),
	    cmocka_unit_test(escape_utf8_leaves_valid_text_alone),
	    cmocka_unit_test(escape_utf8_doubles_backslashes_only_beside_invalid_bytes),
	    cmocka_unit_test(json_quotes_what_json_must),
	    cmocka_unit_test(json_of_invalid_bytes_is_valid_utf8),
	    cmocka_unit_test(escape_any_byte_pair_gives_printable_ascii_or_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
