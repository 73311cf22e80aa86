/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/tables/gpt_types.h"
#include "tests/unit/disk.h"

#define ENTRIES 128u

/* A disk of `lbas` logical sectors of `unit` * 512 bytes. */
struct gpt_disk {
	struct disk disk;
	uint32_t unit;
	uint64_t lbas;
};

static uint8_t *lba(struct gpt_disk *gpt, uint64_t n)
{
	return gpt->disk.at + n * gpt->unit * 512;
}

static uint64_t table_lbas(const struct gpt_disk *gpt)
{
	return (ENTRIES * 128 + gpt->unit * 512 - 1) / (gpt->unit * 512);
}

static uint8_t *entries_of(struct gpt_disk *gpt, bool backup)
{
	return lba(gpt, backup ? gpt->lbas - 1 - table_lbas(gpt) : 2);
}

static void sign(struct gpt_disk *gpt, bool backup)
{
	uint8_t *header = lba(gpt, backup ? gpt->lbas - 1 : 1);

	put32(header + 88, ~crc32_update(UINT32_MAX, entries_of(gpt, backup), ENTRIES * 128));
	put32(header + 16, 0);
	put32(header + 16, ~crc32_update(UINT32_MAX, header, 92));
}

static void put_header(struct gpt_disk *gpt, bool backup)
{
	uint64_t last = gpt->lbas - 1;
	uint8_t *header = lba(gpt, backup ? last : 1);

	memcpy(header, "EFI PART", 8);
	put32(header + 8, 0x00010000);
	put32(header + 12, 92);
	put64(header + 24, backup ? last : 1);
	put64(header + 32, backup ? 1 : last);
	put64(header + 40, 2 + table_lbas(gpt));
	put64(header + 48, last - table_lbas(gpt) - 1);
	put64(header + 72, backup ? last - table_lbas(gpt) : 2);
	put32(header + 80, ENTRIES);
	put32(header + 84, 128);
	sign(gpt, backup);
}

static void put_partition(struct gpt_disk *gpt, unsigned i, uint64_t first, uint64_t last, const char *name)
{
	for (int backup = 0; backup < 2; backup++) {
		uint8_t *entry = entries_of(gpt, backup) + (size_t)i * 128;

		memset(entry, 0x11, 32);
		put64(entry + 32, first);
		put64(entry + 40, last);
		for (size_t c = 0; c < strlen(name); c++)
			entry[56 + 2 * c] = (uint8_t)name[c];
		sign(gpt, backup);
	}
}

/* part1 is 100..199 (LBA), part3 is 60..69. */
static void gpt_new(struct gpt_disk *gpt, uint32_t unit, uint64_t lbas)
{
	gpt->unit = unit;
	gpt->lbas = lbas;
	disk_new(&gpt->disk, unit * lbas);
	put_mbr_entry(gpt->disk.at, 0, 0xee, 1, (uint32_t)lbas - 1);
	put_header(gpt, false);
	put_header(gpt, true);
	put_partition(gpt, 0, 100, 199, "root");
	put_partition(gpt, 2, 60, 69, "");
}

static void assert_partitions(struct gpt_disk *gpt, const struct map *map)
{
	uint32_t u = gpt->unit;

	assert_run(map, 60 * u, 70 * u, "part3", "unknown");
	assert_run(map, 70 * u, 100 * u, "disk", "gap");
	assert_run(map, 100 * u, 200 * u, "part1", "unknown");
	assert_covered(map);
}

static void gpt_both_copies_and_partitions(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	map = disk_map(&gpt.disk);
	assert_run(map, 0, 1, "disk", "mbr");
	assert_run(map, 1, 2, "disk", "gpt-header");
	assert_run(map, 2, 34, "disk", "gpt-entries");
	assert_run(map, 34, 60, "disk", "gap");
	assert_partitions(&gpt, map);
	assert_run(map, 200, 267, "disk", "gap");
	assert_run(map, 267, 299, "disk", "gpt-backup-entries");
	assert_run(map, 299, 300, "disk", "gpt-backup-header");
	assert_int_equal(map->notes.n, 0);
	assert_string_equal(find_space(map, "part1")->about,
			    "type 11111111-1111-1111-1111-111111111111, name root");
	disk_free(&gpt.disk);
}

static void gpt_of_4096_byte_sectors_is_found(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 8, 300);
	map = disk_map(&gpt.disk);
	assert_run(map, 0, 8, "disk", "mbr");
	assert_run(map, 8, 16, "disk", "gpt-header");
	assert_run(map, 16, 48, "disk", "gpt-entries");
	assert_partitions(&gpt, map);
	assert_run(map, 295 * 8, 299 * 8, "disk", "gpt-backup-entries");
	assert_run(map, 299 * 8, 300 * 8, "disk", "gpt-backup-header");
	assert_int_equal(map->notes.n, 0);
	disk_free(&gpt.disk);
}

static void gpt_backup_survives_broken_primary(void **state)
{
	struct gpt_disk gpt;
	struct map *map;
	struct place place;

	(void)state;
	gpt_new(&gpt, 1, 300);
	lba(&gpt, 1)[60] ^= 1;
	map = disk_map(&gpt.disk);
	assert_partitions(&gpt, map);
	assert_true(has_note(map, "primary GPT header is damaged; its backup is used"));
	map_find(map, 1, &place);
	assert_int_equal(place.kind, KIND_GPT_HEADER);
	assert_int_equal(place.extent->flags, EXTENT_DAMAGED);
	disk_free(&gpt.disk);
}

static void gpt_backup_survives_wiped_primary_of_4096_byte_sectors(void **state)
{
	struct gpt_disk gpt;

	(void)state;
	gpt_new(&gpt, 8, 300);
	memset(lba(&gpt, 1), 0, 4096);
	assert_partitions(&gpt, disk_map(&gpt.disk));
	disk_free(&gpt.disk);
}

static void gpt_primary_survives_broken_backup(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	lba(&gpt, 299)[60] ^= 1;
	map = disk_map(&gpt.disk);
	assert_partitions(&gpt, map);
	assert_run(map, 299, 300, "disk", "gpt-backup-header");
	assert_true(has_note(map, "backup GPT header in logical sector 299 is damaged"));
	disk_free(&gpt.disk);
}

static void gpt_backup_entries_serve_for_broken_ones(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	memset(entries_of(&gpt, false), 0xff, 512);
	map = disk_map(&gpt.disk);
	assert_partitions(&gpt, map);
	assert_true(has_note(map, "primary GPT entries have a wrong checksum; their backup is used"));
	disk_free(&gpt.disk);
}

static void gpt_both_copies_of_the_entries_broken(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	memset(entries_of(&gpt, false), 0xff, 512);
	memset(entries_of(&gpt, true), 0xff, 512);
	map = disk_map(&gpt.disk);
	assert_int_equal(map->spaces.n, 1);
	assert_true(has_note(map, "and so has their backup"));
	disk_free(&gpt.disk);
}

static void gpt_both_headers_broken_leave_the_protective_mbr(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	lba(&gpt, 1)[60] ^= 1;
	lba(&gpt, 299)[60] ^= 1;
	map = disk_map(&gpt.disk);
	assert_run(map, 0, 1, "disk", "mbr");
	assert_int_equal(map->spaces.n, 1);
	assert_true(has_note(map, "neither GPT header is intact"));
	disk_free(&gpt.disk);
}

static void gpt_of_a_cut_disk(void **state)
{
	struct gpt_disk gpt;
	struct map *map;
	struct err err;

	(void)state;
	gpt_new(&gpt, 1, 300);
	assert_int_equal(ftruncate(gpt.disk.file.fd, 150 * 512), 0);
	assert_int_equal(map_open(&map, gpt.disk.file.path, NULL, &err), 0);
	assert_run(map, 60, 70, "part3", "unknown");
	assert_run(map, 100, 150, "part1", "unknown");
	assert_true(has_note(map, "the disk has been cut"));
	assert_true(has_note(map, "part1 ends at sector 200, beyond the end (150 sectors)"));
	assert_covered(map);
	map_close(map);
	disk_free(&gpt.disk);
}

static void gpt_of_an_enlarged_disk(void **state)
{
	struct gpt_disk gpt;
	struct map *map;
	struct err err;

	(void)state;
	gpt_new(&gpt, 1, 300);
	assert_int_equal(ftruncate(gpt.disk.file.fd, 400 * 512), 0);
	assert_int_equal(map_open(&map, gpt.disk.file.path, NULL, &err), 0);
	assert_partitions(&gpt, map);
	assert_run(map, 299, 300, "disk", "gpt-backup-header");
	assert_true(has_note(map, "the disk has been enlarged"));
	map_close(map);
	disk_free(&gpt.disk);
}

static void gpt_hybrid_mbr_does_not_hide_it(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	put_mbr_entry(gpt.disk.at, 0, 0x83, 100, 100);
	put_mbr_entry(gpt.disk.at, 1, 0xee, 1, 33);
	map = disk_map(&gpt.disk);
	assert_partitions(&gpt, map);
	disk_free(&gpt.disk);
}

static void gpt_without_protective_mbr_is_noted(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	memset(gpt.disk.at, 0, 512);
	map = disk_map(&gpt.disk);
	assert_partitions(&gpt, map);
	assert_true(has_note(map, "without a protective MBR"));
	disk_free(&gpt.disk);
}

/* The remains of a GPT under an MBR that somebody made later. */
static void gpt_remains_under_an_mbr_do_not_count(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	memset(gpt.disk.at, 0, 512);
	put_mbr_entry(gpt.disk.at, 0, 0x83, 64, 100);
	map = disk_map(&gpt.disk);
	assert_run(map, 64, 164, "part1", "unknown");
	assert_null(find_space(map, "part3"));
	disk_free(&gpt.disk);
}

static void gpt_impossible_entries_are_noted(void **state)
{
	struct gpt_disk gpt;
	struct map *map;

	(void)state;
	gpt_new(&gpt, 1, 300);
	put_partition(&gpt, 3, 90, 80, "");
	put_partition(&gpt, 4, 5, UINT64_MAX, "");
	put_partition(&gpt, 5, UINT64_MAX, UINT64_MAX, "");
	put_partition(&gpt, 6, 250, 100000, "");
	put_partition(&gpt, 7, 5000, 6000, "");
	map = disk_map(&gpt.disk);
	assert_partitions(&gpt, map);
	assert_true(has_note(map, "part4 goes from logical sector 90 to 80"));
	assert_true(has_note(map, "part5 goes from"));
	assert_true(has_note(map, "part6 goes from"));
	assert_true(has_note(map, "part7 ends at sector 100001, beyond the end"));
	assert_true(has_note(map, "part8 starts at sector 5000, beyond the end"));
	disk_free(&gpt.disk);
}

static void gpt_hostile_headers_are_survived(void **state)
{
	static const struct {
		unsigned at;
		uint64_t value;
	} hostile[] = {
	    {72, UINT64_MAX},
	    {72, UINT64_MAX / 512},
	    {72, 0},
	    {72, 298},
	    {80, 0xffffffff00000080},
	    {80, 0x0000008000000000},
	    {80, 0x00000080ffffffff},
	    {32, UINT64_MAX},
	    {32, 0},
	    {32, 1},
	    {32, UINT64_C(1) << 47},
	    {40, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		for (int keep_backup = 0; keep_backup < 2; keep_backup++) {
			struct gpt_disk gpt;
			uint8_t *header;

			gpt_new(&gpt, 1, 300);
			header = lba(&gpt, 1);
			put64(header + hostile[i].at, hostile[i].value);
			put32(header + 16, 0);
			put32(header + 16, ~crc32_update(UINT32_MAX, header, 92));
			if (!keep_backup)
				memset(lba(&gpt, 299), 0, 512);
			assert_covered(disk_map(&gpt.disk));
			disk_free(&gpt.disk);
		}
	}
}

/* A primary whose alternate is LBA 0 or 1 must not make those a backup header. */
static void gpt_alternate_at_the_start_is_no_backup(void **state)
{
	(void)state;
	for (uint64_t alternate = 0; alternate < 2; alternate++) {
		struct gpt_disk gpt;
		struct map *map;
		uint8_t *header;

		gpt_new(&gpt, 1, 300);
		header = lba(&gpt, 1);
		put64(header + 32, alternate);
		put32(header + 16, 0);
		put32(header + 16, ~crc32_update(UINT32_MAX, header, 92));
		map = disk_map(&gpt.disk);
		assert_run(map, 0, 1, "disk", "mbr");
		assert_run(map, 1, 2, "disk", "gpt-header");
		assert_run(map, 299, 300, "disk", "gpt-backup-header");
		disk_free(&gpt.disk);
	}
}

static void gpt_types_have_names(void **state)
{
	static const uint8_t efi[16] = {0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
					0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b};
	char name[48];

	(void)state;
	gpt_type_name(efi, name, sizeof(name));
	assert_string_equal(name, "EFI System");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gpt_both_copies_and_partitions),
	    cmocka_unit_test(gpt_of_4096_byte_sectors_is_found),
	    cmocka_unit_test(gpt_backup_survives_broken_primary),
	    cmocka_unit_test(gpt_backup_survives_wiped_primary_of_4096_byte_sectors),
	    cmocka_unit_test(gpt_primary_survives_broken_backup),
	    cmocka_unit_test(gpt_backup_entries_serve_for_broken_ones),
	    cmocka_unit_test(gpt_both_copies_of_the_entries_broken),
	    cmocka_unit_test(gpt_both_headers_broken_leave_the_protective_mbr),
	    cmocka_unit_test(gpt_of_a_cut_disk),
	    cmocka_unit_test(gpt_of_an_enlarged_disk),
	    cmocka_unit_test(gpt_hybrid_mbr_does_not_hide_it),
	    cmocka_unit_test(gpt_without_protective_mbr_is_noted),
	    cmocka_unit_test(gpt_remains_under_an_mbr_do_not_count),
	    cmocka_unit_test(gpt_impossible_entries_are_noted),
	    cmocka_unit_test(gpt_hostile_headers_are_survived),
	    cmocka_unit_test(gpt_alternate_at_the_start_is_no_backup),
	    cmocka_unit_test(gpt_types_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
