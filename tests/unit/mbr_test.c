/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/disk.h"

static void mbr_primary_partitions_and_the_gaps_between(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 63, 100);
	put_mbr_entry(disk.at, 3, 0x8e, 200, 700);
	map = disk_map(&disk);
	assert_run(map, 0, 1, "disk", "mbr");
	assert_run(map, 1, 63, "disk", "gap");
	assert_run(map, 63, 163, "part1", "unknown");
	assert_run(map, 163, 200, "disk", "gap");
	assert_run(map, 200, 900, "part4", "unknown");
	assert_run(map, 900, 1000, "disk", "gap");
	assert_string_equal(map_disk(map)->content.type, "dos");
	assert_int_equal(map->notes.n, 0);
	assert_covered(map);
	disk_free(&disk);
}

static void mbr_without_signature_is_none(void **state)
{
	struct disk disk;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 63, 100);
	disk.at[511] = 0;
	assert_run(disk_map(&disk), 0, 1000, "disk", "unknown");
	disk_free(&disk);
}

static void mbr_blank_table_is_a_table(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 100);
	disk.at[510] = 0x55;
	disk.at[511] = 0xaa;
	map = disk_map(&disk);
	assert_run(map, 0, 1, "disk", "mbr");
	assert_run(map, 1, 100, "disk", "gap");
	disk_free(&disk);
}

static void mbr_blank_table_in_a_partition_has_an_identifier(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 100);
	put_mbr_entry(disk.at, 0, 0x83, 10, 40);
	put_mbr_entry(disk.at, 1, 0x83, 50, 40);
	for (size_t start = 10; start <= 50; start += 40) {
		disk.at[start * 512 + 510] = 0x55;
		disk.at[start * 512 + 511] = 0xaa;
	}
	disk.at[10 * 512 + 440] = 7;
	map = disk_map(&disk);
	assert_run(map, 10, 11, "part1", "mbr");
	assert_run(map, 11, 50, "part1", "gap");
	assert_run(map, 50, 90, "part2", "unknown");
	disk_free(&disk);

	/* Boot code is that of something else. */
	disk_new(&disk, 100);
	put_mbr_entry(disk.at, 0, 0x83, 10, 40);
	memcpy(disk.at + 10 * 512 + 510, "\x55\xaa", 2);
	disk.at[10 * 512 + 440] = disk.at[10 * 512 + 3] = 7;
	map = disk_map(&disk);
	assert_run(map, 10, 50, "part1", "unknown");
	disk_free(&disk);
}

static void mbr_boot_sector_of_fat_is_none(void **state)
{
	struct disk disk;

	(void)state;
	disk_new(&disk, 100);
	put_mbr_entry(disk.at, 0, 0x83, 10, 10);
	memcpy(disk.at + 54, "FAT16   ", 8);
	assert_run(disk_map(&disk), 5, 20, "disk", "unknown");
	disk_free(&disk);
}

static void mbr_boot_byte_must_be_one(void **state)
{
	struct disk disk;

	(void)state;
	disk_new(&disk, 100);
	put_mbr_entry(disk.at, 0, 0x83, 10, 10);
	disk.at[446] = 0x33;
	assert_string_equal(device_at(disk_map(&disk), 15), "disk");
	disk.at[446] = 0x80;
	assert_string_equal(device_at(disk_map(&disk), 15), "part1");
	disk_free(&disk);
}

static void mbr_logical_partitions_in_the_order_of_the_chain(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 10, 90);
	put_mbr_entry(disk.at, 1, 0x05, 100, 900);
	put_mbr_entry(disk.at + 100 * 512, 0, 0x83, 10, 50);   /* 110 */
	put_mbr_entry(disk.at + 100 * 512, 1, 0x05, 400, 100); /* EBR at 500 */
	put_mbr_entry(disk.at + 500 * 512, 0, 0x82, 20, 60);   /* 520 */
	put_mbr_entry(disk.at + 500 * 512, 1, 0x05, 200, 100); /* EBR at 300 */
	put_mbr_entry(disk.at + 300 * 512, 0, 0x83, 1, 30);    /* 301 */
	map = disk_map(&disk);
	assert_run(map, 100, 101, "disk", "ebr");
	assert_run(map, 101, 110, "disk", "gap");
	assert_run(map, 110, 160, "part5", "unknown");
	assert_run(map, 300, 301, "disk", "ebr");
	assert_run(map, 301, 331, "part7", "unknown");
	assert_run(map, 500, 501, "disk", "ebr");
	assert_run(map, 520, 580, "part6", "unknown");
	assert_int_equal(map->notes.n, 0);
	assert_covered(map);
	disk_free(&disk);
}

/* Linux does not count an EBR without a partition. */
static void mbr_empty_ebr_takes_no_number(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x0f, 100, 900);
	put_mbr_entry(disk.at + 100 * 512, 1, 0x05, 100, 100);
	put_mbr_entry(disk.at + 200 * 512, 0, 0x83, 1, 30);
	map = disk_map(&disk);
	assert_run(map, 201, 231, "part5", "unknown");
	disk_free(&disk);
}

static void mbr_every_extended_partition_is_followed(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x05, 100, 100);
	put_mbr_entry(disk.at, 2, 0x0f, 300, 100);
	put_mbr_entry(disk.at + 100 * 512, 0, 0x83, 10, 20);
	put_mbr_entry(disk.at + 100 * 512, 2, 0x83, 40, 20);
	put_mbr_entry(disk.at + 100 * 512, 3, 0x83, 90, 20);
	put_mbr_entry(disk.at + 300 * 512, 0, 0x83, 10, 20);
	map = disk_map(&disk);
	assert_run(map, 100, 101, "disk", "ebr");
	assert_run(map, 110, 130, "part5", "unknown");
	assert_run(map, 140, 160, "part6", "unknown");
	assert_run(map, 160, 300, "disk", "gap");
	assert_run(map, 300, 301, "disk", "ebr");
	assert_run(map, 310, 330, "part7", "unknown");
	assert_covered(map);
	disk_free(&disk);
}

static void mbr_chain_that_comes_back_ends(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x05, 100, 900);
	put_mbr_entry(disk.at + 100 * 512, 0, 0x83, 10, 50);
	put_mbr_entry(disk.at + 100 * 512, 1, 0x05, 100, 100);
	put_mbr_entry(disk.at + 200 * 512, 0, 0x83, 10, 50);
	put_mbr_entry(disk.at + 200 * 512, 1, 0x05, 0, 100);
	map = disk_map(&disk);
	assert_non_null(find_space(map, "part6"));
	assert_null(find_space(map, "part7"));
	assert_true(has_note(map, "comes back to sector 100"));
	disk_free(&disk);
}

static void mbr_chain_without_end_ends(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 2000);
	put_mbr_entry(disk.at, 0, 0x05, 1, 1999);
	for (uint32_t i = 0; i < 1000; i++) {
		put_mbr_entry(disk.at + (1 + i) * 512, 0, 0x83, 1000, 1);
		put_mbr_entry(disk.at + (1 + i) * 512, 1, 0x05, i + 1, 1);
	}
	map = disk_map(&disk);
	assert_true(map->spaces.n < 1000);
	assert_true(has_note(map, "endless"));
	assert_covered(map);
	disk_free(&disk);
}

static void mbr_link_out_of_the_extended_partition_is_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x05, 100, 100);
	put_mbr_entry(disk.at + 100 * 512, 0, 0x83, 10, 50);
	put_mbr_entry(disk.at + 100 * 512, 1, 0x05, 300, 100);
	map = disk_map(&disk);
	assert_run(map, 110, 160, "part5", "unknown");
	assert_true(has_note(map, "EBR at sector 100 links to a place outside"));
	disk_free(&disk);
}

static void mbr_missing_ebr_is_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x05, 100, 100);
	map = disk_map(&disk);
	assert_true(has_note(map, "no EBR at sector 100"));
	disk_free(&disk);
}

static void mbr_partition_beyond_the_end_is_cut_and_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 900, 4000000000u);
	map = disk_map(&disk);
	assert_run(map, 900, 1000, "part1", "unknown");
	assert_true(has_note(map, "part1 ends at sector 4000000900, beyond the end (1000 sectors)"));
	assert_covered(map);
	disk_free(&disk);
}

static void mbr_overlapping_partitions_are_noted(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 100, 200);
	put_mbr_entry(disk.at, 1, 0x83, 250, 200);
	map = disk_map(&disk);
	assert_run(map, 100, 300, "part1", "unknown");
	assert_run(map, 300, 450, "part2", "unknown");
	assert_true(has_note(map, "sectors 250+50 are claimed by part1 and by part2"));
	disk_free(&disk);
}

static void mbr_counts_in_the_disks_logical_sectors(void **state)
{
	struct map_options options = {.sector_size = 4096};
	struct disk disk;
	struct err err;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 10, 20);
	assert_int_equal(map_open(&disk.map, disk.file.path, &options, &err), 0);
	assert_run(disk.map, 0, 8, "disk", "mbr");
	assert_run(disk.map, 80, 240, "part1", "unknown");
	disk_free(&disk);
}

static void mbr_inside_a_partition_nests_and_ends(void **state)
{
	struct disk disk;
	struct map *map;

	(void)state;
	disk_new(&disk, 1000);
	/* Each partition begins with a table whose partition begins one sector later. */
	for (uint32_t i = 0; i < 500; i++)
		put_mbr_entry(disk.at + i * 512, 0, 0x83, 1, 999 - i);
	map = disk_map(&disk);
	assert_string_equal(device_at(map, 1), "part1");
	assert_string_equal(device_at(map, 2), "part1/part1");
	assert_true(map->spaces.n <= MAP_DEPTH_MAX);
	assert_true(has_note(map, "layers deep"));
	assert_covered(map);
	disk_free(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mbr_primary_partitions_and_the_gaps_between),
	    cmocka_unit_test(mbr_without_signature_is_none),
	    cmocka_unit_test(mbr_blank_table_is_a_table),
	    cmocka_unit_test(mbr_blank_table_in_a_partition_has_an_identifier),
	    cmocka_unit_test(mbr_boot_sector_of_fat_is_none),
	    cmocka_unit_test(mbr_boot_byte_must_be_one),
	    cmocka_unit_test(mbr_logical_partitions_in_the_order_of_the_chain),
	    cmocka_unit_test(mbr_empty_ebr_takes_no_number),
	    cmocka_unit_test(mbr_every_extended_partition_is_followed),
	    cmocka_unit_test(mbr_chain_that_comes_back_ends),
	    cmocka_unit_test(mbr_chain_without_end_ends),
	    cmocka_unit_test(mbr_link_out_of_the_extended_partition_is_noted),
	    cmocka_unit_test(mbr_missing_ebr_is_noted),
	    cmocka_unit_test(mbr_partition_beyond_the_end_is_cut_and_noted),
	    cmocka_unit_test(mbr_overlapping_partitions_are_noted),
	    cmocka_unit_test(mbr_counts_in_the_disks_logical_sectors),
	    cmocka_unit_test(mbr_inside_a_partition_nests_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
