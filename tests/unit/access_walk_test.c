/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/access_walk.h"

#include "analyzer/alignment.h"
#include "analyzer/counter.h"
#include "tests/unit/disk.h"

/* A disk of 1000 sectors, a second one, and a volume of 64 that is striped over both in chunks of 8. */
struct set {
	struct map *map;
	struct space *disk, *second, *volume;
};

static struct space *added(struct set *set, const char *name, uint64_t sectors, enum space_type type)
{
	struct err err;
	struct space *space = map_add_space(set->map, set->disk, name, sectors, &err);

	assert_non_null(space);
	space->type = type;
	return space;
}

static void begin(struct set *set)
{
	memset(set, 0, sizeof(*set));
	set->map = calloc(1, sizeof(*set->map));
	assert_non_null(set->map);
	set->disk = added(set, "disk", 1000, SPACE_DISK);
	set->second = added(set, "disk2", 1000, SPACE_DISK);
	set->volume = added(set, "VG/LV", 64, SPACE_VOLUME);
}

static void stripe(struct set *set, struct space *a, uint64_t a_start, struct space *b, uint64_t b_start)
{
	struct area areas[] = {{a, a_start}, {b, b_start}};
	struct segment segment = {
	    .count = 64, .type = SEGMENT_STRIPED, .chunk = 8, .nareas = 2, .areas = areas};
	struct err err;

	assert_int_equal(map_add_segment(set->map, set->volume, &segment, &err), 0);
	space_claim(set->volume, RANK_STRUCTURE, KIND_SUPERBLOCK, 4, 8);
}

static void seal(struct set *set)
{
	for (size_t i = 0; i < set->map->spaces.n; i++) {
		struct space *space = set->map->spaces.at[i];

		assert_int_equal(
		    extents_seal(&space->extents, &space->claims, space->sectors, space->rest, 0, 1), 0);
	}
}

static struct access request(uint64_t start, uint64_t count)
{
	struct access access = access_blank();

	access.op = ACCESS_WRITE;
	access.start = start;
	access.count = count;
	return access;
}

static void assert_extent(const struct access_walk *walk, uint64_t start, uint64_t count, bool off)
{
	assert_int_equal(walk->extent.start, start);
	assert_int_equal(walk->extent.count, count);
	assert_int_equal(access_is_unaligned(&walk->extent, 8), off);
}

static void assert_place(struct access_walk *walk, uint64_t start, uint64_t count, uint64_t inner,
			 enum kind kind)
{
	struct place place;

	assert_true(access_walk_place(walk, &place));
	assert_int_equal(place.start, start);
	assert_int_equal(place.count, count);
	assert_int_equal(place.inner, inner);
	assert_int_equal(place.kind, kind);
	assert_int_equal(place.depth, 2);
}

static void walk_of_a_disk_is_the_access_itself(void **state)
{
	struct access access = request(3, 2000);
	struct access_walk walk;
	struct set set;

	(void)state;
	begin(&set);
	seal(&set);
	access_walk_init(&walk, set.map, set.disk, &access, 8);
	assert_true(access_walk_extent(&walk));
	assert_memory_equal(&walk.extent, &access, sizeof(access));
	assert_memory_equal(&walk.whole, &access, sizeof(access));
	assert_false(access_walk_extent(&walk));
	map_close(set.map);
}

static void walk_follows_stripes_in_the_order_of_the_volume(void **state)
{
	struct access access = request(2, 20);
	struct access_walk walk;
	struct place place;
	struct set set;

	(void)state;
	begin(&set);
	stripe(&set, set.disk, 104, set.second, 203);
	seal(&set);
	access_walk_init(&walk, set.map, set.volume, &access, 8);
	assert_int_equal(walk.whole.start, 106);
	assert_int_equal(walk.whole.count, 20);
	assert_true(access_is_unaligned(&walk.whole, 8));
	assert_true(access_walk_extent(&walk));
	assert_extent(&walk, 106, 6, true);
	assert_true(access_walk_is_on_disk(&walk));
	assert_place(&walk, 106, 2, 2, KIND_UNKNOWN);
	assert_place(&walk, 108, 4, 4, KIND_SUPERBLOCK);
	assert_false(access_walk_place(&walk, &place));
	assert_true(access_walk_extent(&walk));
	assert_extent(&walk, 203, 8, true);
	assert_false(access_walk_is_on_disk(&walk));
	assert_place(&walk, 203, 4, 8, KIND_SUPERBLOCK);
	assert_place(&walk, 207, 4, 12, KIND_UNKNOWN);
	assert_true(access_walk_extent(&walk));
	assert_extent(&walk, 112, 6, true);
	assert_false(access_walk_extent(&walk));
	map_close(set.map);
}

static void walk_joins_what_the_disk_has_in_one_run(void **state)
{
	struct segment segments[] = {
	    {.count = 32, .type = SEGMENT_LINEAR, .nareas = 1, .areas = &(struct area){NULL, 200}},
	    {.start = 32,
	     .count = 32,
	     .type = SEGMENT_LINEAR,
	     .nareas = 1,
	     .areas = &(struct area){NULL, 232}},
	};
	struct access access = request(24, 16);
	struct access_walk walk;
	struct set set;
	struct err err;

	(void)state;
	begin(&set);
	for (int i = 0; i < 2; i++) {
		segments[i].areas->space = set.disk;
		assert_int_equal(map_add_segment(set.map, set.volume, &segments[i], &err), 0);
	}
	seal(&set);
	access_walk_init(&walk, set.map, set.volume, &access, 8);
	assert_true(access_walk_extent(&walk));
	assert_extent(&walk, 224, 16, false);
	assert_false(access_walk_extent(&walk));
	map_close(set.map);
}

static void walk_of_a_flush_has_one_extent_without_places(void **state)
{
	struct access access = request(0, 0);
	struct access_walk walk;
	struct place place;
	struct set set;

	(void)state;
	access.op = ACCESS_FLUSH;
	begin(&set);
	stripe(&set, set.disk, 104, set.second, 203);
	seal(&set);
	access_walk_init(&walk, set.map, set.volume, &access, 8);
	assert_true(access_walk_extent(&walk));
	assert_false(access_walk_place(&walk, &place));
	assert_false(access_walk_extent(&walk));
	map_close(set.map);
}

/* Nothing lies there, and what lies beyond the end lies nowhere either. */
static void walk_says_what_lies_nowhere(void **state)
{
	struct segment segment = {.count = 64, .type = SEGMENT_ZERO};
	struct access access = request(8, 100);
	struct access_walk walk;
	struct place place;
	struct set set;
	struct err err;

	(void)state;
	begin(&set);
	assert_int_equal(map_add_segment(set.map, set.volume, &segment, &err), 0);
	space_claim(set.volume, RANK_STRUCTURE, KIND_SUPERBLOCK, 0, 64);
	seal(&set);
	access_walk_init(&walk, set.map, set.volume, &access, 8);
	assert_true(access_walk_extent(&walk));
	assert_false(access_walk_is_on_disk(&walk));
	assert_true(access_walk_place(&walk, &place));
	assert_false(place_is_on_disk(&place));
	assert_int_equal(place.kind, KIND_SUPERBLOCK);
	assert_int_equal(place.count, 56);
	assert_ptr_equal(place.space, set.volume);
	assert_true(access_walk_place(&walk, &place));
	assert_int_equal(place.kind, KIND_UNKNOWN);
	assert_int_equal(place.count, 44);
	assert_false(access_walk_place(&walk, &place));
	assert_false(access_walk_extent(&walk));
	map_close(set.map);
}

/* The first extent is on the unit, the second is not: the layer of the second is to blame, once. */
static void alignment_blames_the_extent_that_is_off(void **state)
{
	struct access access = request(0, 16);
	struct alignment alignment;
	struct access_walk walk;
	struct place place;
	struct set set;

	(void)state;
	begin(&set);
	stripe(&set, set.disk, 104, set.disk, 203);
	seal(&set);
	assert_int_equal(alignment_init(&alignment, set.map, 8), 0);
	for (int i = 0; i < 2; i++) {
		access_walk_init(&walk, set.map, set.volume, &access, 8);
		alignment_access(&alignment, &walk.whole, (uint64_t)i);
		while (access_walk_extent(&walk))
			while (access_walk_place(&walk, &place))
				alignment_place(&alignment, &walk.extent, &place);
	}
	alignment_finish(&alignment);
	assert_int_equal(alignment.devices.n, 1);
	assert_int_equal(alignment.devices.at[0].writes, 2);
	assert_int_equal(alignment.devices.at[0].unaligned, 2);
	assert_int_equal(alignment.devices.at[0].partial_blocks, 4);
	assert_int_equal(alignment.devices.at[0].by_cause[CAUSE_LVM], 2);
	assert_int_equal(alignment.devices.at[0].by_cause[CAUSE_REQUEST], 0);
	assert_int_equal(alignment.devices.at[0].blames[CAUSE_LVM].start, 203);
	alignment_done(&alignment);
	map_close(set.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(walk_of_a_disk_is_the_access_itself),
	    cmocka_unit_test(walk_follows_stripes_in_the_order_of_the_volume),
	    cmocka_unit_test(walk_joins_what_the_disk_has_in_one_run),
	    cmocka_unit_test(walk_of_a_flush_has_one_extent_without_places),
	    cmocka_unit_test(walk_says_what_lies_nowhere),
	    cmocka_unit_test(alignment_blames_the_extent_that_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
