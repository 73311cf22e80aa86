/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/siphash.h"

#include "tests/unit/test.h"

static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

/* The paper's appendix A, and the first of its authors' test vectors. */
static void siphash_has_the_papers_values(void **state)
{
	uint8_t bytes[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	assert_true(siphash(key, bytes, 15) == 0xa129ca6149be45e5);
	assert_true(siphash(key, bytes, 0) == 0x726fdb47dd0e0e31);
	assert_true(siphash(key, bytes, 1) == 0x74f839c593dc67fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(siphash_has_the_papers_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
