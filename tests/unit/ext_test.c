/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole file systems are held against dumpe2fs and debugfs in tests/oracle; here is what those do not make:
   hostile ones, changed by hand after mke2fs. */
#include "base/bytes.h"
#include "layout/fs.h"
#include "layout/disk/image.h"
#include "tests/unit/ext_image.h"

#define INODE_SIZE 128
#define MODE_DIRECTORY 0040755
#define MODE_FILE 0100644
#define EXTENTS_FLAG 0x80000

/* An ext4 of 256 blocks of 4 KiB on the whole disk, one group, 256 inodes, no checksums. */
static void ext_disk(struct disk *disk)
{
	disk_new(disk, 2048);
	put_ext(disk, 0, 256,
		"-t ext4 -b 4096 -I 128 -N 256 -O "
		"extent,^metadata_csum,^uninit_bg,^has_journal,^resize_inode,^64bit,^flex_bg");
}

static uint8_t *inode_at(struct disk *disk, uint32_t inode)
{
	uint32_t table = le32(disk->at + 4096 + 8);

	return disk->at + (size_t)table * 4096 + (size_t)(inode - 1) * INODE_SIZE;
}

/* An inode with an empty extent tree in it, and a link. */
static uint8_t *put_inode(struct disk *disk, uint32_t inode, uint16_t mode)
{
	uint8_t *raw = inode_at(disk, inode);

	memset(raw, 0, INODE_SIZE);
	put16(raw, mode);
	put16(raw + 26, 1);
	put32(raw + 32, EXTENTS_FLAG);
	put16(raw + 40, 0xf30a);
	put16(raw + 44, 4);
	return raw;
}

static void put_extent(uint8_t *raw, uint32_t place, uint16_t len, uint64_t block)
{
	unsigned n = le16(raw + 42);
	uint8_t *entry = raw + 52 + (size_t)12 * n;

	put16(raw + 42, (uint16_t)(n + 1));
	put32(entry, place);
	put16(entry + 4, len);
	put16(entry + 6, (uint16_t)(block >> 32));
	put32(entry + 8, (uint32_t)block);
}

static void ext_unwritten_extents_are_flagged(void **state)
{
	struct place place;
	struct disk disk;
	uint8_t *raw;

	(void)state;
	ext_disk(&disk);
	raw = put_inode(&disk, 12, MODE_FILE);
	put_extent(raw, 0, 2, 200);
	put_extent(raw, 2, 32768 + 3, 210);
	disk_map(&disk);
	map_find(disk.map, 201 * 8, &place);
	assert_int_equal(place.extent->flags & EXTENT_UNWRITTEN, 0);
	map_find(disk.map, 210 * 8, &place);
	assert_int_equal(place.kind, KIND_FILE_DATA);
	assert_int_equal(place.count, 24);
	assert_int_equal(place.extent->flags, EXTENT_UNWRITTEN);
	disk_free(&disk);
}

static void ext_extents_that_leave_the_file_system_are_noted(void **state)
{
	static const uint64_t blocks[] = {250, 256, 0xffffffff, 0xffffffffffff};
	struct disk disk;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		ext_disk(&disk);
		put_extent(put_inode(&disk, 12, MODE_FILE), 0, 10, blocks[i]);
		disk_map(&disk);
		assert_true(has_note(disk.map, "inode 12: blocks "));
		assert_covered(disk.map);
		disk_free(&disk);
	}
}

static void ext_damaged_roots_are_noted(void **state)
{
	static const struct {
		unsigned at;
		uint16_t value;
	} damage[] = {{40, 0xf30b}, {42, 5}, {42, 0xffff}, {46, 6}, {46, 0xffff}};
	struct disk disk;

	(void)state;
	for (size_t i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		ext_disk(&disk);
		put16(put_inode(&disk, 12, MODE_FILE) + damage[i].at, damage[i].value);
		disk_map(&disk);
		assert_true(has_note(disk.map, "inode 12: damaged extent node"));
		assert_covered(disk.map);
		disk_free(&disk);
	}
}

/* An index block whose children are itself: must end, and soon. */
static void ext_extent_tree_that_goes_in_a_circle_ends(void **state)
{
	struct disk disk;
	uint8_t *node, *raw;

	(void)state;
	ext_disk(&disk);
	node = disk.at + 200 * 4096;
	for (unsigned depth = 1; depth <= 5; depth++) {
		raw = put_inode(&disk, 11 + depth, MODE_FILE);
		put16(raw + 42, 4);
		put16(raw + 46, (uint16_t)depth);
		for (unsigned i = 0; i < 4; i++)
			put32(raw + 52 + 12 * i + 4, 200);
	}
	put16(node, 0xf30a);
	put16(node + 2, 340);
	put16(node + 4, 340);
	put16(node + 6, 3);
	for (unsigned i = 0; i < 340; i++)
		put32(node + 12 + 12 * i + 4, 200);
	disk_map(&disk);
	assert_covered(disk.map);
	assert_true(image_bytes_read(map_disk(disk.map)->image) < 16 * 2048 * 512);
	disk_free(&disk);
}

static void ext_indirect_blocks_in_a_circle_end(void **state)
{
	struct disk disk;
	uint8_t *raw;

	(void)state;
	ext_disk(&disk);
	raw = put_inode(&disk, 12, MODE_FILE);
	put32(raw + 32, 0);
	for (unsigned i = 0; i < 15; i++)
		put32(raw + 40 + 4 * i, 200);
	for (unsigned i = 0; i < 1024; i++)
		put32(disk.at + 200 * 4096 + 4 * i, 200);
	disk_map(&disk);
	assert_covered(disk.map);
	assert_true(image_bytes_read(map_disk(disk.map)->image) < 16 * 2048 * 512);
	disk_free(&disk);
}

/* Many directories that claim the same blocks: a small disk must not cost large reads. */
static void ext_directories_that_share_blocks_are_read_once(void **state)
{
	struct disk disk;

	(void)state;
	ext_disk(&disk);
	for (uint32_t inode = 12; inode <= 250; inode++) {
		uint8_t *raw = put_inode(&disk, inode, MODE_DIRECTORY);

		for (uint32_t i = 0; i < 4; i++)
			put_extent(raw, i * 256, 240, 1);
	}
	disk_map(&disk);
	assert_covered(disk.map);
	assert_true(image_bytes_read(map_disk(disk.map)->image) < 16 * 2048 * 512);
	disk_free(&disk);
}

static void ext_directories_in_a_circle_have_no_path(void **state)
{
	struct place place;
	struct disk disk;
	char path[256];

	(void)state;
	ext_disk(&disk);
	debugfs(&disk, 0, "mkdir a\\nmkdir a/b\\nlink a/b a/b/c\\nunlink a");
	put_file(&disk, 0, "d", 100);
	disk_map(&disk);
	for (uint64_t at = 0; at < disk.sectors; at += place.count) {
		map_find(disk.map, at, &place);
		if (place.kind == KIND_DIRECTORY && place.extent->owner > 2)
			fs_path(place.space->fs, place.extent->owner, path, sizeof(path));
	}
	assert_covered(disk.map);
	disk_free(&disk);
}

static void ext_superblock_numbers_that_cannot_be_are_survived(void **state)
{
	static const struct {
		unsigned at, size;
		uint32_t value;
	} wild[] = {
	    {0, 4, 0},
	    {0, 4, UINT32_MAX},
	    {4, 4, 0},
	    {4, 4, UINT32_MAX},
	    {20, 4, 7},
	    {24, 4, 0},
	    {24, 4, 7},
	    {24, 4, UINT32_MAX},
	    {28, 4, 9},
	    {32, 4, 0},
	    {32, 4, 1},
	    {32, 4, UINT32_MAX},
	    {40, 4, 0},
	    {40, 4, UINT32_MAX},
	    {88, 2, 0},
	    {88, 2, 100},
	    {88, 2, 65535},
	    {76, 4, 0},
	    {76, 4, 99},
	    {92, 4, UINT32_MAX},
	    {96, 4, 0x80},
	    {96, 4, UINT32_MAX},
	    {100, 4, UINT32_MAX},
	    {206, 2, 65535},
	    {224, 4, 12},
	    {254, 2, 0},
	    {254, 2, 65535},
	    {0x150, 4, UINT32_MAX},
	    {0x104, 4, 9999},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		struct disk disk;

		ext_disk(&disk);
		if (wild[i].size == 2)
			put16(disk.at + 1024 + wild[i].at, (uint16_t)wild[i].value);
		else
			put32(disk.at + 1024 + wild[i].at, wild[i].value);
		disk_map(&disk);
		assert_covered(disk.map);
		disk_free(&disk);
	}
}

/* e2fsck clears the flag on what is no file. */
static void ext_a_directory_with_the_flag_of_an_attribute_is_one(void **state)
{
	struct disk disk;
	uint8_t *raw;

	(void)state;
	ext_disk(&disk);
	raw = inode_at(&disk, 2);
	put32(raw + 32, le32(raw + 32) | 0x200000);
	raw = put_inode(&disk, 20, MODE_FILE);
	put32(raw + 32, EXTENTS_FLAG | 0x200000);
	put_extent(raw, 0, 1, 200);
	disk_map(&disk);
	assert_string_equal(kind_at(disk.map, 200 * 8), "xattr");
	assert_string_equal(kind_at(disk.map, (uint64_t)le32(inode_at(&disk, 2) + 60) * 8), "directory");
	disk_free(&disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ext_unwritten_extents_are_flagged),
	    cmocka_unit_test(ext_extents_that_leave_the_file_system_are_noted),
	    cmocka_unit_test(ext_damaged_roots_are_noted),
	    cmocka_unit_test(ext_extent_tree_that_goes_in_a_circle_ends),
	    cmocka_unit_test(ext_indirect_blocks_in_a_circle_end),
	    cmocka_unit_test(ext_directories_that_share_blocks_are_read_once),
	    cmocka_unit_test(ext_directories_in_a_circle_have_no_path),
	    cmocka_unit_test(ext_a_directory_with_the_flag_of_an_attribute_is_one),
	    cmocka_unit_test(ext_superblock_numbers_that_cannot_be_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
