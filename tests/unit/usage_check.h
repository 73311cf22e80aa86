/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of usage and of tallies share: a disk with two file systems, and comparing what was
   counted. */
#ifndef TESTS_UNIT_USAGE_CHECK_H
#define TESTS_UNIT_USAGE_CHECK_H

#include "analyzer/usage.h"
#include "tests/unit/ext_image.h"

/* Two ext2 of 1 KiB blocks, at sectors 64 and 5000, each with /one (of so many bytes) and /two, beside gaps
   and an empty partition of 100 sectors from `third` on. */
static inline void disk_of_two(struct disk *disk, uint32_t third, unsigned one_bytes)
{
	static const uint32_t starts[] = {64, 5000};

	disk_new(disk, 10000);
	put_mbr_entry(disk->at, 0, 0x83, 64, 4100);
	put_mbr_entry(disk->at, 1, 0x83, 5000, 4096);
	put_mbr_entry(disk->at, 2, 0x83, third, 100);
	for (int i = 0; i < 2; i++) {
		put_ext(disk, starts[i], 2048, "-t ext2 -b 1024 -I 128 -N 64 -O none");
		put_file(disk, starts[i], "one", one_bytes);
		put_file(disk, starts[i], "two", 5000);
	}
	disk_map(disk);
}

/* Of two that are finished. */
static inline void assert_same_usage(const struct usage *a, const struct usage *b)
{
	assert_memory_equal(&a->totals, &b->totals, sizeof(a->totals));
	assert_int_equal(a->regions.n, b->regions.n);
	for (size_t i = 0; i < a->regions.n; i++) {
		assert_int_equal(usage_region_order(&a->regions.at[i]),
				 usage_region_order(&b->regions.at[i]));
		assert_ptr_equal(a->regions.at[i].device, b->regions.at[i].device);
		assert_int_equal(a->regions.at[i].kind, b->regions.at[i].kind);
		assert_memory_equal(&a->regions.at[i].counters, &b->regions.at[i].counters,
				    sizeof(struct counters));
	}
	assert_int_equal(a->files.n, b->files.n);
	for (size_t i = 0; i < a->files.n; i++) {
		struct counters x, y;

		assert_ptr_equal(a->files.at[i].space, b->files.at[i].space);
		assert_int_equal(a->files.at[i].inode, b->files.at[i].inode);
		usage_counters(a, &a->files.at[i], &x);
		usage_counters(b, &b->files.at[i], &y);
		assert_memory_equal(&x, &y, sizeof(x));
	}
}

#endif
