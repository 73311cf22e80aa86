/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The check values are those of the CRC catalogues: the CRC of "123456789". */
#include "base/crc.h"

#include "tests/unit/test.h"

static void crc32_has_the_known_check_value(void **state)
{
	(void)state;
	assert_int_equal(~crc32_update(UINT32_MAX, "123456789", 9), 0xcbf43926);
}

static void crc32c_has_the_known_check_value(void **state)
{
	(void)state;
	assert_int_equal(~crc32c_update(UINT32_MAX, "123456789", 9), 0xe3069283);
}

/* RFC 3720, appendix B.4: 32 bytes of zeroes, of ones, and counting up. */
static void crc32c_agrees_with_iscsi(void **state)
{
	uint8_t bytes[32] = {0};

	(void)state;
	assert_int_equal(~crc32c_update(UINT32_MAX, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(~crc32c_update(UINT32_MAX, bytes, 32), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(~crc32c_update(UINT32_MAX, bytes, 32), 0x46dd794e);
}

static void crc_may_be_had_in_parts(void **state)
{
	uint32_t crc = crc32_update(UINT32_MAX, "1234", 4);

	(void)state;
	crc = crc32_update(crc, "", 0);
	assert_int_equal(~crc32_update(crc, "56789", 5), 0xcbf43926);
	assert_int_equal(crc32_update(42, "", 0), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(crc32_has_the_known_check_value),
	    cmocka_unit_test(crc32c_has_the_known_check_value),
	    cmocka_unit_test(crc32c_agrees_with_iscsi),
	    cmocka_unit_test(crc_may_be_had_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
