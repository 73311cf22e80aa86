/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/region.h"

#include "layout/fs.h"
#include "tests/unit/ext_image.h"

static struct disk disk;

/* An ext2 of 1 KiB blocks at sector 64, with /dir/hello of 3000 bytes. */
static int set_up(void **state)
{
	(void)state;
	disk_new(&disk, 4200);
	put_mbr_entry(disk.at, 0, 0x83, 64, 4100);
	put_ext(&disk, 64, 2048, "-t ext2 -b 1024 -I 128 -N 64 -O none");
	debugfs(&disk, 64, "mkdir dir");
	put_file(&disk, 64, "dir/hello", 3000);
	disk_map(&disk);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	disk_free(&disk);
	return 0;
}

static struct region looked_up(uint64_t sector)
{
	static struct place place; /* the region points to it */
	struct region region;

	region_lookup(disk.map, sector, &place, &region);
	return region;
}

static uint64_t find_kind(enum kind kind)
{
	struct place place;

	for (uint64_t at = 0; at < disk.sectors; at += place.count) {
		map_find(disk.map, at, &place);
		if (place.kind == kind)
			return at;
	}
	fail_msg("no %s", kind_name(kind));
	return 0;
}

static void region_of_the_superblock(void **state)
{
	struct region region = looked_up(67);

	(void)state;
	assert_int_equal(region.kind, KIND_SUPERBLOCK);
	assert_int_equal(region.start, 66);
	assert_int_equal(region.sectors, 2);
	assert_string_equal(region.fs_type, "ext2");
	assert_true(region.has_block);
	assert_int_equal(region.block, 1);
	assert_true(region.has_group);
	assert_int_equal(region.group, 0);
	assert_false(region.has_inode || region.has_offset || region.has_inodes);
	assert_int_equal(region.depth, 2);
	assert_string_equal(region.stack[1]->name, "part1");
}

static void region_of_block_0_is_in_no_group(void **state)
{
	struct region region = looked_up(64);

	(void)state;
	assert_int_equal(region.kind, KIND_BOOT_BLOCK);
	assert_true(region.has_block);
	assert_false(region.has_group);
}

static void region_of_file_data_tells_path_and_byte(void **state)
{
	uint64_t first = find_kind(KIND_FILE_DATA);
	char path[256];

	(void)state;
	for (uint64_t i = 0; i < 6; i++) {
		struct region region = looked_up(first + i);

		assert_int_equal(region.kind, KIND_FILE_DATA);
		assert_int_equal(region.start, first);
		assert_int_equal(region.sectors, 6);
		assert_true(region.has_offset);
		assert_int_equal(region.offset, i * 512);
		assert_int_equal(region.block, (first + i - 64) / 2);
		assert_true(region_path(&region, path, sizeof(path)));
		assert_string_equal(path, "/dir/hello");
	}
	assert_int_not_equal(looked_up(first + 6).kind, KIND_FILE_DATA);
}

static void region_of_a_directory_tells_its_path(void **state)
{
	struct region region = looked_up(find_kind(KIND_DIRECTORY));
	char path[256];

	(void)state;
	assert_int_equal(region.inode, 2);
	assert_true(region_path(&region, path, sizeof(path)));
	assert_string_equal(path, "/");
}

static void region_of_an_inode_table_is_its_inodes(void **state)
{
	uint64_t first = find_kind(KIND_INODE_TABLE);

	(void)state;
	for (uint64_t i = 0; i < 16; i++) {
		struct region region = looked_up(first + i);

		assert_true(region.has_inodes);
		assert_int_equal(region.start, first + i);
		assert_int_equal(region.sectors, 1);
		assert_int_equal(region.inodes[0], 4 * i + 1);
		assert_int_equal(region.inodes[1], 4 * i + 4);
	}
	assert_int_not_equal(looked_up(first + 16).kind, KIND_INODE_TABLE);
}

static void region_of_what_the_file_system_leaves_over_has_none(void **state)
{
	struct region region = looked_up(64 + 4096);

	(void)state;
	assert_int_equal(region.kind, KIND_UNKNOWN);
	assert_string_equal(region.device->name, "part1");
	assert_null(region.fs);
	assert_false(region.has_block);
	assert_int_equal(region.sectors, 4);
}

static void region_of_a_piece_counts_from_the_piece(void **state)
{
	uint64_t first = find_kind(KIND_FILE_DATA);
	struct region region;
	struct place place;

	(void)state;
	map_find(disk.map, first + 3, &place);
	region_describe(disk.map, &place, &region);
	assert_int_equal(region.start, first + 3);
	assert_int_equal(region.sectors, 3);
	assert_int_equal(region.offset, 3 * 512);
}

static void region_beyond_the_end(void **state)
{
	struct region region = looked_up(disk.sectors + 10);

	(void)state;
	assert_int_equal(region.kind, KIND_UNKNOWN);
	assert_int_equal(region.start, disk.sectors + 10);
	assert_int_equal(region.sectors, 1);
}

static void region_all_of_the_disk_is_covered(void **state)
{
	(void)state;
	assert_covered(disk.map);
	assert_int_equal(disk.map->notes.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(region_of_the_superblock),
	    cmocka_unit_test(region_of_block_0_is_in_no_group),
	    cmocka_unit_test(region_of_file_data_tells_path_and_byte),
	    cmocka_unit_test(region_of_a_directory_tells_its_path),
	    cmocka_unit_test(region_of_an_inode_table_is_its_inodes),
	    cmocka_unit_test(region_of_what_the_file_system_leaves_over_has_none),
	    cmocka_unit_test(region_of_a_piece_counts_from_the_piece),
	    cmocka_unit_test(region_beyond_the_end),
	    cmocka_unit_test(region_all_of_the_disk_is_covered),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
