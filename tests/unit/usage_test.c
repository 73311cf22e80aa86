/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/usage.h"

#include "layout/fs.h"
#include "tests/unit/usage_check.h"

static struct disk disk;

static int set_up(void **state)
{
	(void)state;
	disk_of_two(&disk, 9500, 3000);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	disk_free(&disk);
	return 0;
}

static void feed(struct usage *usage, enum access_op op, uint64_t start, uint64_t count)
{
	struct access access = {.op = (uint8_t)op, .start = start, .count = count};
	struct place place;

	usage_access(usage, &access);
	for (uint64_t at = start; at < start + count; at += place.count) {
		map_find(disk.map, at, &place);
		if (place.count > start + count - at)
			place.count = start + count - at;
		usage_place(usage, &access, &place);
	}
}

static void feed_random(struct usage *usage, unsigned seed, int n)
{
	for (int i = 0; i < n; i++) {
		enum access_op op = (enum access_op)(rand_r(&seed) % ACCESS_OPS);
		uint64_t start = (uint64_t)rand_r(&seed) % 10000, count = 1 + (uint64_t)rand_r(&seed) % 3000;

		if (op == ACCESS_FLUSH)
			feed(usage, op, 0, 0);
		else
			feed(usage, op, start, start + count > 10000 ? 10000 - start : count);
	}
}

static const struct usage_region *find_region(const struct usage *usage, const char *device, enum kind kind)
{
	for (size_t i = 0; i < usage->regions.n; i++)
		if (usage->regions.at[i].kind == kind &&
		    strcmp(usage->regions.at[i].device->name, device) == 0)
			return &usage->regions.at[i];
	fail_msg("no region %s of %s", kind_name(kind), device);
	return NULL;
}

static uint64_t find_sector(const char *path_wanted)
{
	struct place place;
	char path[256];

	for (uint64_t at = 0; at < disk.sectors; at += place.count) {
		map_find(disk.map, at, &place);
		if (place.kind == KIND_FILE_DATA &&
		    fs_path(place.space->fs, place.extent->owner, path, sizeof(path)) &&
		    strcmp(path, path_wanted) == 0)
			return at;
	}
	fail_msg("no %s", path_wanted);
	return 0;
}

static void assert_counter(const struct counter *counter, uint64_t requests, uint64_t sectors,
			   uint64_t unaligned)
{
	assert_int_equal(counter->requests, requests);
	assert_int_equal(counter->sectors, sectors);
	assert_int_equal(counter->unaligned, unaligned);
}

static void assert_file(const struct usage *usage, size_t i, enum access_op op, uint64_t requests,
			uint64_t sectors, uint64_t unaligned)
{
	struct counters counters;

	usage_counters(usage, &usage->files.at[i], &counters);
	assert_counter(&counters.op[op], requests, sectors, unaligned);
}

static void usage_splits_a_request_exactly(void **state)
{
	struct usage usage;

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	/* One sector of the MBR, 63 of gap, 2 of boot block, 2 of superblock. */
	feed(&usage, ACCESS_READ, 0, 68);
	usage_finish(&usage);
	assert_counter(&usage.totals.op[ACCESS_READ], 1, 68, 1);
	assert_int_equal(usage.regions.n, 4);
	assert_counter(&find_region(&usage, "disk", KIND_MBR)->counters.op[ACCESS_READ], 1, 1, 1);
	assert_counter(&find_region(&usage, "disk", KIND_GAP)->counters.op[ACCESS_READ], 1, 63, 1);
	assert_counter(&find_region(&usage, "part1", KIND_BOOT_BLOCK)->counters.op[ACCESS_READ], 1, 2, 1);
	assert_counter(&find_region(&usage, "part1", KIND_SUPERBLOCK)->counters.op[ACCESS_READ], 1, 2, 1);
	assert_string_equal(find_region(&usage, "part1", KIND_SUPERBLOCK)->fs, "ext2");
	usage_done(&usage);
}

static void usage_counts_a_request_once_for_a_region_that_it_meets_twice(void **state)
{
	struct usage usage;

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	/* From the gap before part3 over part3 to the gap behind it. */
	feed(&usage, ACCESS_WRITE, 9400, 400);
	assert_counter(&find_region(&usage, "disk", KIND_GAP)->counters.op[ACCESS_WRITE], 1, 300, 0);
	assert_counter(&find_region(&usage, "part3", KIND_UNKNOWN)->counters.op[ACCESS_WRITE], 1, 100, 0);
	usage_done(&usage);
}

static void usage_leftover_of_a_file_system_is_a_region_of_its_own(void **state)
{
	struct usage usage;

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	feed(&usage, ACCESS_READ, 64 + 4096 - 2, 6);
	usage_finish(&usage);
	assert_int_equal(usage.regions.n, 2);
	assert_null(find_region(&usage, "part1", KIND_UNKNOWN)->fs);
	assert_counter(&find_region(&usage, "part1", KIND_UNKNOWN)->counters.op[ACCESS_READ], 1, 4, 1);
	usage_done(&usage);
}

static void usage_tells_files_apart_by_device_and_inode(void **state)
{
	uint64_t one = find_sector("/one"), two = find_sector("/two");
	struct usage usage;
	char path[64];

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	feed(&usage, ACCESS_WRITE, one, 2);
	feed(&usage, ACCESS_WRITE, one + 2, 2);
	feed(&usage, ACCESS_READ, one, 2);
	feed(&usage, ACCESS_WRITE, two, 6);
	feed(&usage, ACCESS_WRITE, one + 5000 - 64, 2);
	usage_finish(&usage);
	assert_int_equal(usage.files.n, 3);
	/* Most traffic first, and of the same most written. */
	fs_path(usage.files.at[0].space->fs, usage.files.at[0].inode, path, sizeof(path));
	assert_string_equal(path, "/two");
	assert_file(&usage, 0, ACCESS_WRITE, 1, 6, 1);
	assert_file(&usage, 1, ACCESS_WRITE, 2, 4, 2);
	assert_file(&usage, 1, ACCESS_READ, 1, 2, 1);
	assert_string_equal(space_name(usage.files.at[2].space), "part2");
	usage_done(&usage);
}

static void usage_flushes_are_requests_without_sectors(void **state)
{
	struct usage usage;

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	feed(&usage, ACCESS_FLUSH, 0, 0);
	feed(&usage, ACCESS_FLUSH, 0, 0);
	assert_counter(&usage.totals.op[ACCESS_FLUSH], 2, 0, 0);
	assert_int_equal(usage.regions.n, 0);
	usage_done(&usage);
}

static void usage_sectors_of_all_regions_add_up_to_the_totals(void **state)
{
	struct usage usage;

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	feed_random(&usage, 7, 2000);
	for (int op = 0; op < ACCESS_FLUSH; op++) {
		uint64_t sectors = 0;

		for (size_t i = 0; i < usage.regions.n; i++) {
			const struct counter *counter = &usage.regions.at[i].counters.op[op];

			sectors += counter->sectors;
			assert_true(counter->requests <= usage.totals.op[op].requests);
			assert_true(counter->unaligned <= counter->requests);
		}
		assert_int_equal(sectors, usage.totals.op[op].sectors);
	}
	usage_done(&usage);
}

static void usage_merged_parts_equal_one_run(void **state)
{
	struct usage one, parts[3];

	(void)state;
	assert_int_equal(usage_init(&one, disk.map, 8), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(usage_init(&parts[i], disk.map, 8), 0);
		feed_random(&one, 100 + i, 50);
		feed_random(&parts[i], 100 + i, 50);
	}
	usage_merge(&parts[0], &parts[1]);
	usage_merge(&parts[0], &parts[2]);
	usage_finish(&one);
	usage_finish(&parts[0]);
	assert_same_usage(&one, &parts[0]);
	usage_done(&one);
	for (unsigned i = 0; i < 3; i++)
		usage_done(&parts[i]);
}

static void usage_counts_on_after_a_merge(void **state)
{
	struct usage one, parts[2];

	(void)state;
	assert_int_equal(usage_init(&one, disk.map, 8), 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(usage_init(&parts[i], disk.map, 8), 0);
	feed_random(&one, 1, 30);
	feed_random(&parts[1], 1, 30);
	usage_merge(&parts[0], &parts[1]);
	feed_random(&one, 2, 60);
	feed_random(&parts[0], 2, 60);
	usage_finish(&one);
	usage_finish(&parts[0]);
	assert_same_usage(&one, &parts[0]);
	usage_done(&one);
	for (unsigned i = 0; i < 2; i++)
		usage_done(&parts[i]);
}

static void usage_reset_forgets_all(void **state)
{
	struct usage fresh, reset;

	(void)state;
	assert_int_equal(usage_init(&fresh, disk.map, 8), 0);
	assert_int_equal(usage_init(&reset, disk.map, 8), 0);
	feed_random(&reset, 3, 100);
	usage_reset(&reset);
	feed_random(&fresh, 4, 100);
	feed_random(&reset, 4, 100);
	usage_finish(&fresh);
	usage_finish(&reset);
	assert_same_usage(&fresh, &reset);
	usage_done(&fresh);
	usage_done(&reset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(usage_splits_a_request_exactly),
	    cmocka_unit_test(usage_counts_a_request_once_for_a_region_that_it_meets_twice),
	    cmocka_unit_test(usage_leftover_of_a_file_system_is_a_region_of_its_own),
	    cmocka_unit_test(usage_tells_files_apart_by_device_and_inode),
	    cmocka_unit_test(usage_flushes_are_requests_without_sectors),
	    cmocka_unit_test(usage_sectors_of_all_regions_add_up_to_the_totals),
	    cmocka_unit_test(usage_merged_parts_equal_one_run),
	    cmocka_unit_test(usage_counts_on_after_a_merge),
	    cmocka_unit_test(usage_reset_forgets_all),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
