/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/pack.h"

#include "tests/unit/test.h"

#include <stdlib.h>

static struct unpack reader(const struct text *text)
{
	return (struct unpack){.at = (const uint8_t *)text->at, .end = (const uint8_t *)text->at + text->n};
}

static void pack_and_unpack_agree(void **state)
{
	struct text text = {0};
	struct unpack unpack;
	char field[6], *string;

	(void)state;
	pack_u8(&text, 0xfe);
	pack_u32(&text, 0x12345678);
	pack_u64(&text, UINT64_MAX - 1);
	pack_str(&text, "name");
	pack_str(&text, "field");
	assert_memory_equal(text.at + 1, "\x78\x56\x34\x12", 4);
	unpack = reader(&text);
	assert_int_equal(unpack_u8(&unpack), 0xfe);
	assert_int_equal(unpack_u32(&unpack), 0x12345678);
	assert_true(unpack_u64(&unpack) == UINT64_MAX - 1);
	string = unpack_str(&unpack);
	assert_string_equal(string, "name");
	unpack_field(&unpack, field, sizeof(field));
	assert_string_equal(field, "field");
	assert_false(unpack.bad);
	assert_ptr_equal(unpack.at, unpack.end);
	free(string);
	text_free(&text);
}

static void pack_number_takes_as_many_bytes_as_it_needs(void **state)
{
	static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT64_MAX >> 1, UINT64_MAX};
	static const size_t lengths[] = {1, 1, 1, 2, 2, 3, 9, 10};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct text text = {0};
		struct unpack unpack;

		pack_number(&text, values[i]);
		assert_int_equal(text.n, lengths[i]);
		unpack = reader(&text);
		assert_true(unpack_number(&unpack) == values[i]);
		assert_false(unpack.bad);
		unpack = reader(&text);
		unpack.end--;
		assert_true(unpack_number(&unpack) == 0);
		assert_true(unpack.bad);
		text_free(&text);
	}
}

static void unpack_number_refuses_what_64_bits_do_not_hold(void **state)
{
	static const uint8_t large[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
	static const uint8_t endless[] = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0};
	struct unpack unpack = {.at = large, .end = large + sizeof(large)};

	(void)state;
	assert_true(unpack_number(&unpack) == 0);
	assert_true(unpack.bad);
	unpack = (struct unpack){.at = endless, .end = endless + sizeof(endless)};
	assert_true(unpack_number(&unpack) == 0);
	assert_true(unpack.bad);
}

static void unpack_beyond_the_end_is_bad_and_zero(void **state)
{
	struct text text = {0};
	struct unpack unpack;

	(void)state;
	pack_u32(&text, 7);
	unpack = reader(&text);
	assert_true(unpack_u64(&unpack) == 0);
	assert_true(unpack.bad);
	/* Once bad, nothing comes any more, though four bytes are there. */
	assert_int_equal(unpack_u32(&unpack), 0);
	text_free(&text);
}

static void unpack_texts_that_cannot_be_are_bad(void **state)
{
	static const char texts[][9] = {"\x05\0\0\0four",
					"\xff\xff\xff\xff"
					"four",
					"\x04\0\0\0f\0ur"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct unpack unpack = {.at = (const uint8_t *)texts[i],
					.end = (const uint8_t *)texts[i] + 8};

		assert_null(unpack_str(&unpack));
		assert_true(unpack.bad);
	}
}

static void unpack_field_without_room_is_bad(void **state)
{
	struct text text = {0};
	struct unpack unpack;
	char field[4];

	(void)state;
	pack_str(&text, "four");
	unpack = reader(&text);
	unpack_field(&unpack, field, sizeof(field));
	assert_true(unpack.bad);
	assert_string_equal(field, "");
	text_free(&text);
}

static void unpack_count_is_held_against_what_is_left(void **state)
{
	struct text text = {0};
	struct unpack unpack;

	(void)state;
	pack_u32(&text, 2);
	pack_u64(&text, 0);
	unpack = reader(&text);
	assert_int_equal(unpack_count(&unpack, 4), 2);
	unpack = reader(&text);
	assert_int_equal(unpack_count(&unpack, 5), 0);
	assert_true(unpack.bad);
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pack_and_unpack_agree),
	    cmocka_unit_test(pack_number_takes_as_many_bytes_as_it_needs),
	    cmocka_unit_test(unpack_number_refuses_what_64_bits_do_not_hold),
	    cmocka_unit_test(unpack_beyond_the_end_is_bad_and_zero),
	    cmocka_unit_test(unpack_texts_that_cannot_be_are_bad),
	    cmocka_unit_test(unpack_field_without_room_is_bad),
	    cmocka_unit_test(unpack_count_is_held_against_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
