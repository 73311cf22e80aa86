/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/bytes.h"

#include "tests/unit/test.h"

static const uint8_t bytes[] = {0xff, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88};

static void bytes_little_endian_at_odd_addresses(void **state)
{
	(void)state;
	assert_int_equal(le16(bytes + 1), 0x8281);
	assert_int_equal(le32(bytes + 1), 0x84838281);
	assert_true(le64(bytes + 1) == UINT64_C(0x8887868584838281));
}

static void bytes_big_endian_at_odd_addresses(void **state)
{
	(void)state;
	assert_int_equal(be16(bytes + 1), 0x8182);
	assert_int_equal(be32(bytes + 1), 0x81828384);
	assert_true(be64(bytes + 1) == UINT64_C(0x8182838485868788));
}

static void bytes_all_zero_sees_the_last_one(void **state)
{
	uint8_t zeros[100] = {0};

	(void)state;
	assert_true(bytes_all_zero(zeros, sizeof(zeros)));
	assert_true(bytes_all_zero(bytes, 0));
	zeros[99] = 1;
	assert_false(bytes_all_zero(zeros, 100));
	assert_true(bytes_all_zero(zeros, 99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_little_endian_at_odd_addresses),
	    cmocka_unit_test(bytes_big_endian_at_odd_addresses),
	    cmocka_unit_test(bytes_all_zero_sees_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
