/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables and what was on the disk before them. */
#include "tests/unit/ext_image.h"

#define SECTORS 131072

static void put_swap_header(uint8_t *at, uint32_t last_page)
{
	put32(at + 1024, 1);
	put32(at + 1028, last_page);
	memcpy(at + 4086, "SWAPSPACE2", 10);
}

static void remains_of_ext_under_a_fresh_table(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, SECTORS);
	put_ext(&disk, 0, SECTORS / 2, "-t ext4 -b 1024");
	put_mbr_entry(disk.at, 0, 0x83, 2048, SECTORS - 2048);
	map = disk_map(&disk);
	assert_run(map, 0, 1, "disk", "mbr");
	assert_run(map, 1, 2048, "disk", "gap");
	assert_run(map, 2048, 2060, "part1", "unknown");
	assert_true(has_note(map, "a dos partition table lies over what was a whole-disk ext2 of UUID 2010"));
	disk_free(&disk);
}

/* A table that makes no sense is no evidence. */
static void remains_of_a_table_under_ext(void **state)
{
	struct disk disk;

	(void)state;
	disk_new(&disk, SECTORS);
	put_ext(&disk, 0, SECTORS / 2, "-t ext4 -b 1024");
	put_mbr_entry(disk.at, 0, 0x83, 2048, SECTORS);
	assert_run(disk_map(&disk), 2, 4, "disk", "superblock");
	put_mbr_entry(disk.at, 0, 0x83, 2048, 4096);
	put_mbr_entry(disk.at, 1, 0x83, 2100, 4096);
	assert_run(disk_map(&disk), 2, 4, "disk", "superblock");
	/* It makes sense when its partitions hold something. */
	put_swap_header(disk.at + 2048 * 512, 511);
	assert_run(disk_map(&disk), 2048, 2056, "part1", "swap-header");
	disk_free(&disk);
}

static void remains_of_a_pv_under_a_table(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, SECTORS);
	put_pv_label(disk.at, PV_ID("1"), SECTORS, 0);
	assert_string_equal(kind_at(disk_map(&disk), 1), "lvm-label");
	put_mbr_entry(disk.at, 0, 0x82, 2048, SECTORS - 2048);
	put_swap_header(disk.at + 2048 * 512, 511);
	map = disk_map(&disk);
	assert_run(map, 1, 2, "disk", "gap");
	assert_run(map, 2048, 2056, "part1", "swap-header");
	assert_run(map, 2056, 2048 + 4096, "part1", "swap");
	assert_true(has_note(map, "what was a whole-disk LVM2_member"));
	disk_free(&disk);
}

/* The kernel looks for no table in a partition. */
static void remains_of_a_table_in_a_partition(void **state)
{
	struct disk disk;

	(void)state;
	disk_new(&disk, SECTORS);
	put_ext(&disk, 2048, (SECTORS - 2048) / 2, "-t ext4 -b 1024");
	put_mbr_entry(disk.at, 0, 0x83, 2048, SECTORS - 2048);
	put_mbr_entry(disk.at + 2048 * 512, 0, 0x83, 2048, 4096);
	assert_run(disk_map(&disk), 2050, 2052, "part1", "superblock");
	disk_free(&disk);
}

/* Group 1's copy of a superblock lies where a primary one would, for a partition at 8 MiB. */
static void remains_of_ext_backups_are_no_file_system(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, SECTORS);
	put_ext(&disk, 0, SECTORS / 2, "-t ext4 -b 1024");
	put_mbr_entry(disk.at, 0, 0x83, 16384, SECTORS - 16384);
	map = disk_map(&disk);
	assert_run(map, 16384, 16400, "part1", "unknown");
	assert_true(has_note(map, "part1: begins with a backup superblock"));
	/* Nor is it evidence for large sectors. */
	put_mbr_entry(disk.at, 0, 0x83, 2048, 8192);
	map = disk_map(&disk);
	assert_run(map, 2048, 2048 + 8192, "part1", "unknown");
	assert_false(has_note(map, "sectors of 4096"));
	disk_free(&disk);
}

static void remains_do_not_make_sectors_large(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, SECTORS);
	/* Only at 8 times its number holds the first partition something. */
	put_mbr_entry(disk.at, 0, 0x82, 2048, 8192);
	put_swap_header(disk.at + 2048 * 8 * 512, 511);
	assert_true(has_note(disk_map(&disk), "sectors of 4096"));
	/* It has swap at its own number, too. */
	put_swap_header(disk.at + 2048 * 512, 511);
	map = disk_map(&disk);
	assert_false(has_note(map, "sectors of 4096"));
	assert_run(map, 2048, 2056, "part1", "swap-header");
	assert_run(map, 2056, 2048 + 4096, "part1", "swap");
	/* It would leave the disk. */
	memset(disk.at + 2048 * 512, 0, 8192);
	put_mbr_entry(disk.at, 0, 0x82, 2048, SECTORS - 2048);
	map = disk_map(&disk);
	assert_false(has_note(map, "sectors of 4096"));
	assert_int_equal(find_space(map, "part1")->sectors, SECTORS - 2048);
	disk_free(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(remains_of_ext_under_a_fresh_table),
	    cmocka_unit_test(remains_of_a_table_under_ext),
	    cmocka_unit_test(remains_of_a_pv_under_a_table),
	    cmocka_unit_test(remains_of_a_table_in_a_partition),
	    cmocka_unit_test(remains_of_ext_backups_are_no_file_system),
	    cmocka_unit_test(remains_do_not_make_sectors_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
