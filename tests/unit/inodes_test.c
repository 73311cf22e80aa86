/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/inodes.h"

#include "tests/unit/disk.h"

static struct disk disk;

static int set_up(void **state)
{
	(void)state;
	disk_new(&disk, 10000);
	put_mbr_entry(disk.at, 0, 0x83, 64, 4100);
	disk_map(&disk);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	disk_free(&disk);
	return 0;
}

static const struct space *space(size_t i)
{
	return disk.map->spaces.at[i];
}

static void assert_counts(const struct inodes *inodes, const struct space *in, uint32_t inode,
			  enum access_op op, uint64_t requests, uint64_t sectors, uint64_t unaligned)
{
	struct counters counters;

	inodes_counters(inodes, in, inode, &counters);
	assert_int_equal(counters.op[op].requests, requests);
	assert_int_equal(counters.op[op].sectors, sectors);
	assert_int_equal(counters.op[op].unaligned, unaligned);
}

static void inodes_count_beyond_what_a_small_counter_holds(void **state)
{
	struct inodes inodes;
	uint64_t sectors = 0;

	(void)state;
	assert_int_equal(inodes_init(&inodes, disk.map), 0);
	for (unsigned i = 0; i < 200000; i++) {
		uint64_t n = i % 1000 == 0 ? UINT64_C(1) << 30 : 8;

		assert_int_equal(inodes_count_alone(&inodes, space(1), 12, ACCESS_WRITE, n, i % 2), 0);
		assert_int_equal(inodes_count_alone(&inodes, space(1), 12, ACCESS_READ, 1, true), 0);
		sectors += n;
	}
	assert_counts(&inodes, space(1), 12, ACCESS_WRITE, 200000, sectors, 100000);
	assert_counts(&inodes, space(1), 12, ACCESS_READ, 200000, 200000, 200000);
	assert_counts(&inodes, space(1), 13, ACCESS_READ, 0, 0, 0);
	assert_counts(&inodes, space(0), 12, ACCESS_READ, 0, 0, 0);
	inodes_done(&inodes);
}

static void inodes_count_a_request_once(void **state)
{
	struct inodes inodes;

	(void)state;
	assert_int_equal(inodes_init(&inodes, disk.map), 0);
	for (unsigned request = 0; request < 3; request++) {
		inodes_next_request(&inodes);
		for (unsigned piece = 0; piece < 4; piece++) {
			inodes_count(&inodes, space(1), 300, ACCESS_WRITE, 10, true);
			inodes_count(&inodes, space(1), 301, ACCESS_DISCARD, UINT64_C(1) << 40, false);
		}
	}
	assert_counts(&inodes, space(1), 300, ACCESS_WRITE, 3, 120, 3);
	assert_counts(&inodes, space(1), 301, ACCESS_DISCARD, 3, UINT64_C(12) << 40, 0);
	inodes_done(&inodes);
}

static void inodes_are_walked_in_order(void **state)
{
	static const uint32_t numbers[] = {70000, 1, 255, 256, 257, 12};
	static const uint32_t order[] = {1, 12, 255, 256, 257, 70000};
	struct inode_walk walk = {0};
	struct inodes inodes;

	(void)state;
	assert_int_equal(inodes_init(&inodes, disk.map), 0);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < 6; i++)
			inodes_count(&inodes, space(s), numbers[i], i % 2 ? ACCESS_READ : ACCESS_ZERO, 1,
				     false);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < 6; i++) {
			assert_true(inodes_next(&inodes, &walk));
			assert_int_equal(walk.space, s);
			assert_int_equal(walk.inode, order[i]);
		}
	assert_false(inodes_next(&inodes, &walk));
	inodes_done(&inodes);
}

/* Small with small, small with large, and what only one has. */
static void inodes_merged_add_up(void **state)
{
	struct inodes a, b;

	(void)state;
	assert_int_equal(inodes_init(&a, disk.map), 0);
	assert_int_equal(inodes_init(&b, disk.map), 0);
	inodes_count_alone(&a, space(1), 5, ACCESS_READ, 7, false);
	inodes_count_alone(&b, space(1), 5, ACCESS_READ, 8, true);
	for (unsigned i = 0; i < 40000; i++) {
		inodes_count_alone(&a, space(1), 6, ACCESS_WRITE, 100000, false);
		inodes_count_alone(&b, space(1), 6, ACCESS_WRITE, 100000, true);
		inodes_count_alone(&b, space(1), 7, ACCESS_WRITE, 3, true);
	}
	inodes_count_alone(&a, space(1), 7, ACCESS_WRITE, 1, false);
	for (unsigned i = 0; i < 20000; i++) {
		inodes_count_alone(&a, space(1), 8, ACCESS_READ, 1, false);
		inodes_count_alone(&b, space(1), 8, ACCESS_READ, 1, false);
	}
	inodes_next_request(&b);
	inodes_count(&b, space(1), 9000, ACCESS_DISCARD, 4, false);
	assert_int_equal(inodes_merge(&a, &b), 0);
	assert_counts(&a, space(1), 5, ACCESS_READ, 2, 15, 1);
	assert_counts(&a, space(1), 6, ACCESS_WRITE, 80000, UINT64_C(8000000000), 40000);
	assert_counts(&a, space(1), 7, ACCESS_WRITE, 40001, 120001, 40000);
	assert_counts(&a, space(1), 8, ACCESS_READ, 40000, 40000, 0);
	assert_counts(&a, space(1), 9000, ACCESS_DISCARD, 1, 4, 0);
	inodes_done(&a);
	inodes_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(inodes_count_beyond_what_a_small_counter_holds),
	    cmocka_unit_test(inodes_count_a_request_once),
	    cmocka_unit_test(inodes_are_walked_in_order),
	    cmocka_unit_test(inodes_merged_add_up),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
