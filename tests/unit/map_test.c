/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/driver.h"

#include "tests/unit/disk.h"

/* Builds a map without drivers: a disk and what a test puts into it. */
static struct map *built(uint64_t sectors)
{
	struct map *map = calloc(1, sizeof(*map));
	struct err err;

	assert_non_null(map);
	assert_non_null(map_add_space(map, NULL, "disk", sectors, &err));
	return map;
}

static struct space *add_space(struct map *map, const char *name, uint64_t sectors)
{
	struct err err;
	struct space *space = map_add_space(map, map->spaces.at[0], name, sectors, &err);

	assert_non_null(space);
	return space;
}

static void seal(struct map *map)
{
	for (size_t i = 0; i < map->spaces.n; i++) {
		struct space *space = map->spaces.at[i];

		assert_int_equal(
		    extents_seal(&space->extents, &space->claims, space->sectors, space->rest, 0, 1), 0);
	}
}

static void map_unknown_is_unknown_everywhere(void **state)
{
	struct map *map;
	struct place place;
	struct err err;

	(void)state;
	assert_int_equal(map_unknown(&map, 1000, &err), 0);
	assert_run(map, 0, 1000, "disk", "unknown");
	map_find(map, 10, &place);
	assert_int_equal(place.count, 990);
	map_close(map);
	assert_int_equal(map_unknown(&map, UINT64_MAX, &err), 0);
	map_find(map, UINT64_MAX - 1, &place);
	assert_int_equal(place.kind, KIND_UNKNOWN);
	assert_true(place.count > 0);
	map_close(map);
}

static void map_find_beyond_the_end_is_unknown(void **state)
{
	struct map *map = built(100);
	struct place place;

	(void)state;
	space_claim(map->spaces.at[0], RANK_STRUCTURE, KIND_MBR, 0, 100);
	seal(map);
	map_find(map, 100, &place);
	assert_int_equal(place.kind, KIND_UNKNOWN);
	assert_int_equal(place.start, 100);
	map_find_run(map, 5000, &place);
	assert_int_equal(place.kind, KIND_UNKNOWN);
	map_close(map);
}

static void map_find_steps_into_the_innermost_space(void **state)
{
	struct map *map = built(1000);
	struct space *outer = add_space(map, "outer", 500), *inner = add_space(map, "inner", 100);
	struct place place;
	struct err err;

	(void)state;
	map_add_linear(map, outer, map->spaces.at[0], 100, 500, &err);
	map_add_linear(map, inner, outer, 50, 100, &err);
	space_claim(inner, RANK_STRUCTURE, KIND_SUPERBLOCK, 10, 5);
	seal(map);
	map_find(map, 162, &place);
	assert_int_equal(place.depth, 3);
	assert_ptr_equal(place.space, inner);
	assert_int_equal(place.inner, 12);
	assert_int_equal(place.count, 3);
	assert_int_equal(place.kind, KIND_SUPERBLOCK);
	assert_int_equal(place.stack[1].start, 62);
	map_find_run(map, 162, &place);
	assert_int_equal(place.start, 160);
	assert_int_equal(place.count, 5);
	assert_int_equal(place.inner, 10);
	assert_int_equal(place.stack[1].start, 60);
	map_close(map);
}

static void map_find_run_goes_back_over_millions_of_sectors(void **state)
{
	struct map *map = built(UINT64_C(1) << 40);
	struct place place;

	(void)state;
	space_claim(map->spaces.at[0], RANK_STRUCTURE, KIND_MBR, 12345, (UINT64_C(1) << 40) - 54321);
	seal(map);
	map_find_run(map, UINT64_C(1) << 39, &place);
	assert_int_equal(place.start, 12345);
	assert_int_equal(place.count, (UINT64_C(1) << 40) - 54321);
	map_find_run(map, 12344, &place);
	assert_int_equal(place.start, 0);
	assert_int_equal(place.count, 12345);
	map_close(map);
}

static void map_find_run_keeps_to_one_chunk_of_a_stripe(void **state)
{
	struct map *map = built(1000);
	struct space *volume = add_space(map, "VG/LV", 64);
	struct area areas[] = {{map->spaces.at[0], 100}, {map->spaces.at[0], 200}};
	struct segment segment = {
	    .count = 64, .type = SEGMENT_STRIPED, .chunk = 8, .nareas = 2, .areas = areas};
	struct place place;
	struct err err;

	(void)state;
	assert_int_equal(map_add_segment(map, volume, &segment, &err), 0);
	seal(map);
	map_find_run(map, 213, &place);
	assert_int_equal(place.start, 208);
	assert_int_equal(place.count, 8);
	assert_int_equal(place.inner, 24);
	assert_covered(map);
	map_close(map);
}

static void map_every_segment_type_covers_its_areas(void **state)
{
	(void)state;
	for (int type = SEGMENT_LINEAR; type <= SEGMENT_NONE; type++) {
		struct map *map = built(2000);
		struct space *volume = add_space(map, "VG/LV", 180);
		struct area areas[6];
		struct segment segment = {.count = 180,
					  .type = (enum segment_type)type,
					  .chunk = 4,
					  .copies = 2,
					  .nareas = type == SEGMENT_LINEAR ? 1 : 5,
					  .areas = areas};
		struct err err;

		for (uint64_t i = 0; i < 6; i++)
			areas[i] = (struct area){map->spaces.at[0], 50 + 300 * i};
		assert_int_equal(map_add_segment(map, volume, &segment, &err), 0);
		space_claim(volume, RANK_CONTENT, KIND_FILE_DATA, 7, 100);
		seal(map);
		assert_covered(map);
		map_close(map);
	}
}

static void map_missing_areas_are_no_crash(void **state)
{
	struct map *map = built(1000);
	struct space *volume = add_space(map, "VG/LV", 64);
	struct area areas[] = {{NULL, 100}, {map->spaces.at[0], 200}};
	struct segment segment = {
	    .count = 64, .type = SEGMENT_STRIPED, .chunk = 8, .nareas = 2, .areas = areas};
	struct err err;

	(void)state;
	assert_int_equal(map_add_segment(map, volume, &segment, &err), 0);
	seal(map);
	assert_covered(map);
	assert_string_equal(device_at(map, 200), "VG/LV");
	map_close(map);
}

static void map_space_read_goes_through_all_layers(void **state)
{
	struct disk disk;
	struct map *map;
	struct err err;
	uint8_t buf[1024];

	(void)state;
	disk_new(&disk, 1000);
	put_mbr_entry(disk.at, 0, 0x83, 100, 500);
	memset(disk.at + 110 * 512, 0x5a, 512);
	map = disk_map(&disk);
	assert_int_equal(space_read(find_space(map, "part1"), 10 * 512 - 1, buf, 514, &err), 0);
	assert_int_equal(buf[0], 0);
	assert_int_equal(buf[1], 0x5a);
	assert_int_equal(buf[512], 0x5a);
	assert_int_equal(buf[513], 0);
	assert_int_equal(space_read(find_space(map, "part1"), 499 * 512, buf, 513, &err), -1);
	assert_int_equal(space_read(find_space(map, "part1"), UINT64_MAX, buf, 1, &err), -1);
	disk_free(&disk);
}

static void map_notes_are_limited_and_counted(void **state)
{
	struct map *map = built(100);

	(void)state;
	for (int i = 0; i < 1000; i++)
		map_note(map, map->spaces.at[0], "note %d", i);
	assert_true(map->notes.n < 1000);
	assert_int_equal(map->notes.n + map->notes.left_out, 1000);
	assert_string_equal(map->notes.at[0].text, "disk: note 0");
	map_close(map);
}

static void map_close_of_nothing(void **state)
{
	(void)state;
	map_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(map_unknown_is_unknown_everywhere),
	    cmocka_unit_test(map_find_beyond_the_end_is_unknown),
	    cmocka_unit_test(map_find_steps_into_the_innermost_space),
	    cmocka_unit_test(map_find_run_goes_back_over_millions_of_sectors),
	    cmocka_unit_test(map_find_run_keeps_to_one_chunk_of_a_stripe),
	    cmocka_unit_test(map_every_segment_type_covers_its_areas),
	    cmocka_unit_test(map_missing_areas_are_no_crash),
	    cmocka_unit_test(map_space_read_goes_through_all_layers),
	    cmocka_unit_test(map_notes_are_limited_and_counted),
	    cmocka_unit_test(map_close_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
