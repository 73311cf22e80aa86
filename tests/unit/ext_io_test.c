/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/ext/ext_private.h"

#include "tests/unit/disk.h"

#define SECTORS 64

struct fixture {
	struct disk disk;
	io_channel io;
};

static void open_io(struct fixture *f)
{
	char name[EXT_IO_NAME_LEN];

	disk_new(&f->disk, SECTORS);
	for (size_t i = 0; i < SECTORS * 512; i++)
		f->disk.at[i] = (uint8_t)(i / 512);
	ext_io_name(map_disk(disk_map(&f->disk)), name);
	assert_int_equal(ext_io_manager->open(name, 0, &f->io), 0);
}

static void close_io(struct fixture *f)
{
	assert_int_equal(ext_io_manager->close(f->io), 0);
	disk_free(&f->disk);
}

static void ext_io_reads_blocks_of_the_size_that_is_set(void **state)
{
	struct fixture f;
	uint8_t buf[8192];

	(void)state;
	open_io(&f);
	assert_int_equal(io_channel_read_blk64(f.io, 3, 1, buf), 0);
	assert_int_equal(buf[0], 6);
	assert_int_equal(buf[1023], 7);
	assert_int_equal(io_channel_set_blksize(f.io, 4096), 0);
	assert_int_equal(io_channel_read_blk64(f.io, 1, 2, buf), 0);
	assert_int_equal(buf[0], 8);
	assert_int_equal(buf[8191], 23);
	close_io(&f);
}

static void ext_io_negative_count_is_bytes(void **state)
{
	struct fixture f;
	uint8_t buf[1024];

	(void)state;
	open_io(&f);
	memset(buf, 0xaa, sizeof(buf));
	assert_int_equal(io_channel_read_blk64(f.io, 1, -600, buf), 0);
	assert_int_equal(buf[599], 3);
	assert_int_equal(buf[600], 0xaa);
	close_io(&f);
}

static void ext_io_past_the_end_is_a_short_read(void **state)
{
	struct fixture f;
	uint8_t buf[4096];

	(void)state;
	open_io(&f);
	assert_int_equal(io_channel_read_blk64(f.io, 31, 1, buf), 0);
	assert_int_equal(io_channel_read_blk64(f.io, 31, 2, buf), EXT2_ET_SHORT_READ);
	assert_int_equal(io_channel_read_blk64(f.io, 32, 1, buf), EXT2_ET_SHORT_READ);
	assert_int_equal(io_channel_read_blk64(f.io, UINT64_MAX, 1, buf), EXT2_ET_SHORT_READ);
	assert_int_equal(io_channel_read_blk64(f.io, UINT64_MAX / 1024, 1, buf), EXT2_ET_SHORT_READ);
	close_io(&f);
}

static void ext_io_never_writes(void **state)
{
	struct fixture f;
	uint8_t buf[1024] = {0};

	(void)state;
	open_io(&f);
	assert_int_equal(io_channel_write_blk64(f.io, 1, 1, buf), EXT2_ET_RO_FILSYS);
	assert_int_equal(io_channel_write_blk(f.io, 1, 1, buf), EXT2_ET_RO_FILSYS);
	assert_int_equal(f.disk.at[1024], 2);
	close_io(&f);
}

static void ext_io_other_names_are_refused(void **state)
{
	io_channel io;

	(void)state;
	assert_int_not_equal(ext_io_manager->open("/dev/sda", 0, &io), 0);
	assert_int_not_equal(ext_io_manager->open("", 0, &io), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ext_io_reads_blocks_of_the_size_that_is_set),
	    cmocka_unit_test(ext_io_negative_count_is_bytes),
	    cmocka_unit_test(ext_io_past_the_end_is_a_short_read),
	    cmocka_unit_test(ext_io_never_writes),
	    cmocka_unit_test(ext_io_other_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
