/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Logs of 1 KiB blocks, written here by hand: where the superblock lies, and fast commits. */
#include "layout/ext/log.h"

#include "base/crc.h"
#include "tests/unit/test.h"

enum { BLOCK = 1024, BLOCKS = 1024 + 17, AREA = 1025 };

static uint8_t image[BLOCKS][BLOCK];

static void put_be32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_le32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void put_header(uint8_t *at, uint32_t type, uint32_t tid)
{
	put_be32(at, 0xc03b3998);
	put_be32(at + 4, type);
	put_be32(at + 8, tid);
}

/* A dirty log that begins with the commit of transaction 5. */
static void begin_log(unsigned superblock, uint32_t incompat)
{
	uint8_t *super = image[superblock];

	memset(image, 0, sizeof(image));
	put_header(super, 4, 0);
	put_be32(super + 12, BLOCK);
	put_be32(super + 16, 1040);
	put_be32(super + 20, superblock + 1);
	put_be32(super + 24, 5);
	put_be32(super + 28, superblock + 1);
	put_be32(super + 40, incompat);
	put_be32(super + 0x54, 16);
	put_header(image[superblock + 1], 2, 5);
}

static void read_image(void *context, uint64_t block, uint32_t count, uint8_t *buf)
{
	(void)context;
	memcpy(buf, image[block], (size_t)count * BLOCK);
}

static struct log decode(unsigned superblock, bool fast_commits)
{
	struct log_shape shape = {BLOCKS, BLOCK, superblock, fast_commits, 1};
	struct log log;
	struct err err;

	assert_int_equal(log_decode(&log, &shape, read_image, NULL, &err), 0);
	return log;
}

static uint8_t *put_tag(uint8_t *at, uint8_t type, uint16_t len)
{
	memset(at, 0, 4);
	at[0] = type;
	at[2] = (uint8_t)len;
	at[3] = (uint8_t)(len >> 8);
	return at + 4;
}

/* A fast commit of `blocks` blocks from the area's block `at` on; ends with the tail's bytes. */
static uint8_t *put_fast_commit(unsigned at, unsigned blocks, bool has_head, uint32_t tid)
{
	uint32_t crc = 0;
	uint8_t *tag = NULL;

	for (unsigned i = 0; i < blocks; i++) {
		size_t used = 0;

		if (i == 0 && has_head) {
			tag = put_tag(image[AREA + at], 9, 8);
			put_le32(tag + 4, tid);
			used = 12;
		}
		if (i + 1 < blocks)
			put_tag(image[AREA + at + i] + used, 7, (uint16_t)(BLOCK - used - 4));
		else
			put_le32(put_tag(image[AREA + at + i] + used, 8, (uint16_t)(BLOCK - used - 4)), tid);
		if (i + 1 < blocks)
			used = BLOCK;
		else
			used += 8;
		crc = crc32c_update(crc, image[AREA + at + i], used);
		tag = image[AREA + at + i] + used;
	}
	put_le32(tag, crc);
	return tag;
}

static void assert_fast(const struct log *log, unsigned at, uint32_t tid, bool stale)
{
	assert_int_equal(log->blocks[AREA + at].type, LOG_FAST_COMMIT);
	assert_true(log->blocks[AREA + at].has_tid);
	assert_int_equal(log->blocks[AREA + at].tid, tid);
	assert_int_equal(log->blocks[AREA + at].stale, stale);
}

static void log_of_a_device_counts_from_the_device_start(void **state)
{
	struct log log;

	(void)state;
	begin_log(2, 0);
	log = decode(2, false);
	assert_true(log.good);
	assert_int_equal(log.blocks[2].type, LOG_SUPERBLOCK);
	assert_int_equal(log.blocks[3].type, LOG_COMMIT);
	assert_false(log.blocks[3].stale);
	log_free(&log);
}

static void fast_commits_after_the_last_full_one_are_live(void **state)
{
	struct log log;

	(void)state;
	begin_log(0, 32);
	put_fast_commit(0, 1, true, 6);
	put_fast_commit(1, 1, false, 6);
	put_fast_commit(2, 1, false, 4);
	log = decode(0, true);
	assert_fast(&log, 0, 6, false);
	assert_fast(&log, 1, 6, false);
	assert_fast(&log, 2, 4, true);
	assert_int_equal(log.blocks[AREA + 3].type, LOG_UNUSED);
	assert_int_equal(log.blocks[AREA - 1].type, LOG_UNUSED);
	log_free(&log);
}

static void fast_commits_of_a_full_transaction_are_stale(void **state)
{
	struct log log;

	(void)state;
	begin_log(0, 32);
	put_fast_commit(0, 1, true, 5);
	log = decode(0, true);
	assert_fast(&log, 0, 5, true);
	log_free(&log);
}

static void tail_speaks_for_all_blocks_of_its_commit(void **state)
{
	struct log log;

	(void)state;
	begin_log(0, 32);
	put_fast_commit(0, 1, true, 6);
	put_fast_commit(1, 3, false, 6);
	log = decode(0, true);
	for (unsigned i = 0; i < 4; i++)
		assert_fast(&log, i, 6, false);
	log_free(&log);
}

static void commit_with_wrong_checksum_is_not_replayed(void **state)
{
	struct log log;

	(void)state;
	begin_log(0, 32);
	put_fast_commit(0, 1, true, 6);
	*put_fast_commit(1, 2, false, 6) ^= 1;
	put_fast_commit(3, 1, false, 6);
	log = decode(0, true);
	assert_fast(&log, 0, 6, false);
	assert_int_equal(log.blocks[AREA + 1].type, LOG_FAST_COMMIT);
	assert_false(log.blocks[AREA + 1].has_tid);
	assert_fast(&log, 2, 6, true);
	assert_fast(&log, 3, 6, true);
	log_free(&log);
}

static void blocks_that_hold_no_records_are_unused(void **state)
{
	struct log log;

	(void)state;
	begin_log(0, 32);
	put_header(image[AREA], 1, 3);
	memset(image[AREA + 1], 0xa5, BLOCK);
	log = decode(0, true);
	assert_int_equal(log.blocks[AREA].type, LOG_UNUSED);
	assert_int_equal(log.blocks[AREA + 1].type, LOG_UNUSED);
	log_free(&log);
}

static void unmounted_log_keeps_its_area(void **state)
{
	struct log log;

	(void)state;
	begin_log(0, 0);
	put_fast_commit(0, 1, true, 6);
	log = decode(0, true);
	assert_fast(&log, 0, 6, true);
	log_free(&log);
	log = decode(0, false);
	assert_int_equal(log.blocks[AREA].type, LOG_UNUSED);
	log_free(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(log_of_a_device_counts_from_the_device_start),
	    cmocka_unit_test(fast_commits_after_the_last_full_one_are_live),
	    cmocka_unit_test(fast_commits_of_a_full_transaction_are_stale),
	    cmocka_unit_test(tail_speaks_for_all_blocks_of_its_commit),
	    cmocka_unit_test(commit_with_wrong_checksum_is_not_replayed),
	    cmocka_unit_test(blocks_that_hold_no_records_are_unused),
	    cmocka_unit_test(unmounted_log_keeps_its_area),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
