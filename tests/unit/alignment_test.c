/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/alignment.h"

#include "tests/unit/ext_image.h"

#define UNIT 8

static void feed_as(struct alignment *alignment, const struct map *map, enum access_op op, uint64_t start,
		    uint64_t count, uint64_t number)
{
	struct access access = {.op = (uint8_t)op, .start = start, .count = count};
	struct place place;

	alignment_access(alignment, &access, number);
	for (uint64_t at = start; at < start + count; at += place.count) {
		map_find(map, at, &place);
		if (place.count > start + count - at)
			place.count = start + count - at;
		alignment_place(alignment, &access, &place);
	}
}

static void feed(struct alignment *alignment, const struct map *map, enum access_op op, uint64_t start,
		 uint64_t count)
{
	feed_as(alignment, map, op, start, count, alignment->number);
}

static const struct alignment_device *device_named(const struct alignment *alignment, const char *name)
{
	for (size_t i = 0; i < alignment->devices.n; i++)
		if (strcmp(alignment->devices.at[i].device->name, name) == 0)
			return &alignment->devices.at[i];
	fail_msg("no writes to %s", name);
	return NULL;
}

/* Writes to a bare disk: how many blocks they cover only in part. */
static uint64_t partial_blocks(uint64_t start, uint64_t count)
{
	struct alignment alignment;
	struct map *map;
	struct err err;
	uint64_t n;

	assert_int_equal(map_unknown(&map, 1000, &err), 0);
	assert_int_equal(alignment_init(&alignment, map, UNIT), 0);
	feed(&alignment, map, ACCESS_WRITE, start, count);
	n = device_named(&alignment, "disk")->partial_blocks;
	alignment_done(&alignment);
	map_close(map);
	return n;
}

static void alignment_partial_blocks_of_one_write(void **state)
{
	(void)state;
	assert_int_equal(partial_blocks(0, 8), 0);
	assert_int_equal(partial_blocks(8, 80), 0);
	assert_int_equal(partial_blocks(0, 1), 1);
	assert_int_equal(partial_blocks(3, 2), 1);
	assert_int_equal(partial_blocks(7, 1), 1);
	assert_int_equal(partial_blocks(7, 2), 2);
	assert_int_equal(partial_blocks(4, 8), 2);
	assert_int_equal(partial_blocks(4, 4), 1);
	assert_int_equal(partial_blocks(0, 12), 1);
	assert_int_equal(partial_blocks(4, 12), 1);
	assert_int_equal(partial_blocks(4, 100), 1);
	assert_int_equal(partial_blocks(4, 101), 2);
}

/* Of every write, the count is that of a plain look at each block. */
static void alignment_partial_blocks_agree_with_a_plain_count(void **state)
{
	(void)state;
	for (uint64_t start = 0; start < 20; start++) {
		for (uint64_t count = 1; count < 40; count++) {
			uint64_t expected = 0;

			for (uint64_t block = 0; block < 10; block++) {
				uint64_t covered = 0;

				for (uint64_t s = block * UNIT; s < (block + 1) * UNIT; s++)
					covered += s >= start && s < start + count;
				expected += covered > 0 && covered < UNIT;
			}
			assert_int_equal(partial_blocks(start, count), expected);
		}
	}
}

static void alignment_partial_blocks_of_a_write_over_two_devices_count_once(void **state)
{
	struct alignment alignment;
	struct disk disk;
	uint64_t sum = 0;

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 101, 99);
	put_mbr_entry(disk.at, 1, 0x83, 200, 100);
	disk_map(&disk);
	assert_int_equal(alignment_init(&alignment, disk.map, UNIT), 0);
	/* Blocks 96..103 and 200..207 are written in part; 101 and 200 are borders of devices. */
	feed(&alignment, disk.map, ACCESS_WRITE, 98, 104);
	for (size_t i = 0; i < alignment.devices.n; i++) {
		sum += alignment.devices.at[i].partial_blocks;
		assert_int_equal(alignment.devices.at[i].writes, 1);
		assert_int_equal(alignment.devices.at[i].unaligned, 1);
	}
	assert_int_equal(alignment.devices.n, 3);
	assert_int_equal(sum, 2);
	alignment_done(&alignment);
	disk_free(&disk);
}

static void alignment_reads_do_not_count(void **state)
{
	struct alignment alignment;
	struct map *map;
	struct err err;

	(void)state;
	assert_int_equal(map_unknown(&map, 1000, &err), 0);
	assert_int_equal(alignment_init(&alignment, map, UNIT), 0);
	feed(&alignment, map, ACCESS_READ, 1, 1);
	feed(&alignment, map, ACCESS_DISCARD, 1, 1);
	feed(&alignment, map, ACCESS_ZERO, 1, 1);
	assert_int_equal(alignment.devices.n, 0);
	alignment_done(&alignment);
	map_close(map);
}

static void assert_only_cause(const struct alignment_device *device, enum cause cause, uint64_t requests)
{
	for (int other = 0; other < CAUSES; other++)
		assert_int_equal(device->by_cause[other], other == (int)cause ? requests : 0);
}

static void alignment_partition_from_sector_63_is_to_blame(void **state)
{
	struct alignment alignment;
	const struct alignment_device *device;
	struct disk disk;

	(void)state;
	disk_new(&disk, 9000);
	put_mbr_entry(disk.at, 0, 0x83, 63, 8800);
	put_ext(&disk, 63, 1024, "-t ext2 -b 4096 -I 256 -N 64 -O none");
	disk_map(&disk);
	assert_int_equal(alignment_init(&alignment, disk.map, UNIT), 0);
	feed(&alignment, disk.map, ACCESS_WRITE, 63 + 800, 8);
	feed(&alignment, disk.map, ACCESS_WRITE, 63 + 1600, 16);
	device = device_named(&alignment, "part1");
	assert_int_equal(device->writes, 2);
	assert_int_equal(device->unaligned, 2);
	assert_int_equal(device->partial_blocks, 4);
	assert_only_cause(device, CAUSE_PARTITION, 2);
	assert_string_equal(device->blames[CAUSE_PARTITION].space->name, "part1");
	assert_int_equal(device->blames[CAUSE_PARTITION].start - device->blames[CAUSE_PARTITION].inner, 63);
	alignment_done(&alignment);
	disk_free(&disk);
}

/* A group whose first extent is at sector `pe_start` of the PV, which starts at `start`. */
static void lvm_disk(struct disk *disk, uint64_t start, unsigned pe_start)
{
	char text[1024];

	disk_new(disk, 3000);
	if (start > 0)
		put_mbr_entry(disk->at, 0, 0x8e, (uint32_t)start, (uint32_t)(3000 - start));
	snprintf(text, sizeof(text),
		 "VG{id=\"v\" seqno=1 extent_size=8 physical_volumes{pv0{id=\"%s\" pe_start=%u pe_count=200}}"
		 "logical_volumes{LV{status=[\"VISIBLE\"]segment1{start_extent=0 extent_count=100 "
		 "stripes=[\"pv0\",4]}}}}",
		 PV_ID("1"), pe_start);
	put_pv_label(disk->at + start * 512, PV_ID("1"), 3000 - start, 16384);
	put_mda(disk->at + start * 512, 16384, 512, text);
	disk_map(disk);
}

static void assert_lvm_cause(uint64_t start, unsigned pe_start, enum cause cause, const char *layer)
{
	const struct alignment_device *device;
	struct alignment alignment;
	struct disk disk;

	lvm_disk(&disk, start, pe_start);
	assert_int_equal(alignment_init(&alignment, disk.map, UNIT), 0);
	feed(&alignment, disk.map, ACCESS_WRITE, start + pe_start + 4 * 8 + 80, 8);
	device = device_named(&alignment, "VG/LV");
	assert_int_equal(device->unaligned, 1);
	assert_only_cause(device, cause, 1);
	assert_string_equal(device->blames[cause].space->name, layer);
	alignment_done(&alignment);
	disk_free(&disk);
}

static void alignment_pe_start_that_is_off_is_to_blame(void **state)
{
	(void)state;
	assert_lvm_cause(0, 67, CAUSE_LVM, "VG/LV");
	assert_lvm_cause(64, 67, CAUSE_LVM, "VG/LV");
}

static void alignment_the_outermost_layer_is_to_blame(void **state)
{
	(void)state;
	assert_lvm_cause(63, 64, CAUSE_PARTITION, "part1");
	assert_lvm_cause(63, 67, CAUSE_PARTITION, "part1");
}

static void alignment_small_blocks_are_to_blame_when_all_starts_are_on(void **state)
{
	const struct alignment_device *device;
	struct alignment alignment;
	struct disk disk;

	(void)state;
	disk_new(&disk, 5000);
	put_mbr_entry(disk.at, 0, 0x83, 64, 4100);
	put_ext(&disk, 64, 2048, "-t ext2 -b 1024 -I 128 -N 64 -O none");
	disk_map(&disk);
	assert_int_equal(alignment_init(&alignment, disk.map, UNIT), 0);
	feed(&alignment, disk.map, ACCESS_WRITE, 64 + 802, 2);
	feed(&alignment, disk.map, ACCESS_WRITE, 64 + 808, 8);
	device = device_named(&alignment, "part1");
	assert_int_equal(device->writes, 2);
	assert_int_equal(device->unaligned, 1);
	assert_only_cause(device, CAUSE_FS_BLOCK, 1);
	alignment_done(&alignment);
	disk_free(&disk);
}

static void alignment_request_is_to_blame_when_all_else_is_on(void **state)
{
	const struct alignment_device *device;
	struct alignment alignment;
	struct disk disk;

	(void)state;
	disk_new(&disk, 9000);
	put_mbr_entry(disk.at, 0, 0x83, 64, 8800);
	put_ext(&disk, 64, 1024, "-t ext2 -b 4096 -I 256 -N 64 -O none");
	disk_map(&disk);
	assert_int_equal(alignment_init(&alignment, disk.map, UNIT), 0);
	feed(&alignment, disk.map, ACCESS_WRITE, 64 + 801, 1);
	feed(&alignment, disk.map, ACCESS_WRITE, 1, 1);
	device = device_named(&alignment, "part1");
	assert_only_cause(device, CAUSE_REQUEST, 1);
	assert_only_cause(device_named(&alignment, "disk"), CAUSE_REQUEST, 1);
	alignment_done(&alignment);
	disk_free(&disk);
}

static void alignment_merged_parts_equal_one_run(void **state)
{
	struct alignment one, parts[2];
	struct disk disk;
	unsigned seed = 5;

	(void)state;
	lvm_disk(&disk, 63, 64);
	assert_int_equal(alignment_init(&one, disk.map, UNIT), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(alignment_init(&parts[i], disk.map, UNIT), 0);
	for (int i = 0; i < 500; i++) {
		uint64_t start = (uint64_t)rand_r(&seed) % 2800, count = 1 + (uint64_t)rand_r(&seed) % 200;

		feed_as(&one, disk.map, ACCESS_WRITE, start, count, (uint64_t)i);
		feed_as(&parts[i % 3 == 0], disk.map, ACCESS_WRITE, start, count, (uint64_t)i);
	}
	alignment_merge(&parts[0], &parts[1]);
	alignment_finish(&one);
	alignment_finish(&parts[0]);
	assert_int_equal(one.devices.n, parts[0].devices.n);
	for (size_t i = 0; i < one.devices.n; i++) {
		const struct alignment_device *a = &one.devices.at[i], *b = &parts[0].devices.at[i];

		assert_ptr_equal(a->device, b->device);
		assert_int_equal(a->writes, b->writes);
		assert_int_equal(a->unaligned, b->unaligned);
		assert_int_equal(a->partial_blocks, b->partial_blocks);
		assert_memory_equal(a->by_cause, b->by_cause, sizeof(a->by_cause));
		assert_int_equal(a->blames[CAUSE_PARTITION].start, b->blames[CAUSE_PARTITION].start);
	}
	alignment_done(&one);
	for (int i = 0; i < 2; i++)
		alignment_done(&parts[i]);
	disk_free(&disk);
}

static void alignment_causes_have_the_contracts_names(void **state)
{
	(void)state;
	assert_string_equal(cause_name(CAUSE_PARTITION), "partition");
	assert_string_equal(cause_name(CAUSE_LVM), "lvm");
	assert_string_equal(cause_name(CAUSE_FS_BLOCK), "fs-block");
	assert_string_equal(cause_name(CAUSE_REQUEST), "request");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alignment_partial_blocks_of_one_write),
	    cmocka_unit_test(alignment_partial_blocks_agree_with_a_plain_count),
	    cmocka_unit_test(alignment_partial_blocks_of_a_write_over_two_devices_count_once),
	    cmocka_unit_test(alignment_reads_do_not_count),
	    cmocka_unit_test(alignment_partition_from_sector_63_is_to_blame),
	    cmocka_unit_test(alignment_pe_start_that_is_off_is_to_blame),
	    cmocka_unit_test(alignment_the_outermost_layer_is_to_blame),
	    cmocka_unit_test(alignment_small_blocks_are_to_blame_when_all_starts_are_on),
	    cmocka_unit_test(alignment_request_is_to_blame_when_all_else_is_on),
	    cmocka_unit_test(alignment_merged_parts_equal_one_run),
	    cmocka_unit_test(alignment_causes_have_the_contracts_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
