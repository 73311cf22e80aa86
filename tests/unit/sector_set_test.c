/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of sectors against a plain array of bits. */
#include "analyzer/sector_set.h"

#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#define SECTORS 20000

static void add_some(struct sector_set *set, bool *plain, unsigned seed)
{
	for (unsigned i = 0; i < 300; i++) {
		uint64_t start = (uint64_t)rand_r(&seed) % (SECTORS - 5000);
		uint64_t count = (uint64_t)rand_r(&seed) % (i % 20 == 0 ? 5000 : 20);

		assert_int_equal(sector_set_add(set, start, count), 0);
		for (uint64_t at = start; at < start + count; at++)
			plain[at] = true;
	}
}

static uint64_t plain_count(const bool *a, const bool *b)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < SECTORS; i++)
		n += a[i] && (b == NULL || b[i]);
	return n;
}

static void set_counts_each_sector_once(void **state)
{
	static bool a_plain[SECTORS], b_plain[SECTORS];
	struct sector_set a = {0}, b = {0};

	(void)state;
	add_some(&a, a_plain, 1);
	add_some(&b, b_plain, 2);
	assert_int_equal(a.count, plain_count(a_plain, NULL));
	assert_int_equal(sector_set_common(&a, &b), plain_count(a_plain, b_plain));
	assert_int_equal(sector_set_merge(&a, &b), 0);
	assert_int_equal(a.count, plain_count(a_plain, NULL) + plain_count(b_plain, NULL) -
				      plain_count(a_plain, b_plain));
	sector_set_free(&a);
	sector_set_free(&b);
}

static void set_is_the_same_from_its_bytes(void **state)
{
	static bool plain[SECTORS];
	struct sector_set set = {0}, again = {0};
	struct text bytes = {0};
	struct unpack unpack;

	(void)state;
	add_some(&set, plain, 3);
	assert_int_equal(sector_set_add(&set, UINT64_C(1) << 40, 3), 0);
	sector_set_pack(&bytes, &set);
	unpack = (struct unpack){(const uint8_t *)bytes.at, (const uint8_t *)bytes.at + bytes.n, false};
	assert_int_equal(sector_set_unpack(&again, &unpack), 0);
	assert_false(unpack.bad);
	assert_true(unpack.at == unpack.end);
	assert_int_equal(again.count, set.count);
	assert_int_equal(sector_set_common(&again, &set), set.count);
	sector_set_free(&set);
	sector_set_free(&again);
	text_free(&bytes);
}

static void bytes_that_make_no_sense_are_bad(void **state)
{
	/* A page whose runs do not end with it; one that lies beyond every disk; a run of nothing. */
	static const uint8_t wrong[][16] = {{1, 0, 0x80, 0x7f, 0x80, 0x7f},
					    {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 1},
					    {1, 0, 1, 0, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct unpack unpack = {wrong[i], wrong[i] + sizeof(wrong[i]), false};
		struct sector_set set = {0};

		assert_int_equal(sector_set_unpack(&set, &unpack), 0);
		assert_true(unpack.bad);
		sector_set_free(&set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(set_counts_each_sector_once),
	    cmocka_unit_test(set_is_the_same_from_its_bytes),
	    cmocka_unit_test(bytes_that_make_no_sense_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
