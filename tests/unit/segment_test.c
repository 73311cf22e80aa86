/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Known rows are what raid5_compute_sector of Linux drivers/md/raid5.c gives for the algorithms that
   drivers/md/dm-raid.c chooses by these names; round trips hold both directions against each other. */
#include "layout/segment.h"

#include "tests/unit/test.h"

static const struct type {
	const char *name;
	enum segment_type type;
	uint32_t fewest; /* areas */
	uint32_t parity; /* chunks of a row */
} types[] = {
    {"striped", SEGMENT_STRIPED, 1, 0},       {"raid4", SEGMENT_RAID4, 2, 1},
    {"raid5_la", SEGMENT_RAID5_LA, 2, 1},     {"raid5_ra", SEGMENT_RAID5_RA, 2, 1},
    {"raid5_ls", SEGMENT_RAID5_LS, 2, 1},     {"raid5_rs", SEGMENT_RAID5_RS, 2, 1},
    {"raid5_n", SEGMENT_RAID5_N, 2, 1},       {"md raid6 la", SEGMENT_RAID6_LA, 3, 2},
    {"md raid6 ls", SEGMENT_RAID6_LS, 3, 2},  {"md raid6 rs", SEGMENT_RAID6_RS, 3, 2},
    {"parity-first", SEGMENT_RAID6_0, 3, 2},  {"parity-first-6", SEGMENT_RAID6_0_6, 4, 2},
    {"raid6_zr", SEGMENT_RAID6_ZR, 3, 2},     {"raid6_nr", SEGMENT_RAID6_NR, 3, 2},
    {"raid6_nc", SEGMENT_RAID6_NC, 3, 2},     {"raid6_la_6", SEGMENT_RAID6_LA_6, 4, 2},
    {"raid6_ra_6", SEGMENT_RAID6_RA_6, 4, 2}, {"raid6_ls_6", SEGMENT_RAID6_LS_6, 4, 2},
    {"raid6_rs_6", SEGMENT_RAID6_RS_6, 4, 2}, {"raid6_n_6", SEGMENT_RAID6_N_6, 3, 2},
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Every sector of the segment comes back from where it is read. */
static void assert_outward_comes_back(const struct segment *segment)
{
	for (uint64_t at = 0; at < segment->count; at++) {
		uint64_t area_at, run, back, back_run;
		uint32_t area;

		assert_true(segment_outward(segment, at, &area, &area_at, &run));
		assert_true(area < segment->nareas);
		assert_true(area_at < segment_area_sectors(segment));
		assert_true(run > 0 && run <= segment->count - at);
		assert_int_equal(segment_inward(segment, area, area_at, &back, &back_run), INWARD_DATA);
		assert_int_equal(back, at);
		assert_true(back_run > 0);
	}
}

/* Every sector of an area holds one of the segment, which is read from there (or from the first of the
   copies), or none; and what is said of a run is true of each of its sectors. */
static uint64_t assert_inward_goes_out(const struct segment *segment, uint32_t area)
{
	uint64_t at, run, end = segment_area_sectors(segment), n = 0;

	for (uint64_t area_at = 0; area_at < end; area_at += smaller(run, end - area_at)) {
		enum inward inward = segment_inward(segment, area, area_at, &at, &run);

		assert_true(run > 0);
		for (uint64_t i = 0; i < smaller(run, end - area_at); i++) {
			uint64_t same, area_back, rest;
			uint32_t area_of;

			assert_int_equal(segment_inward(segment, area, area_at + i, &same, &rest), inward);
			if (inward != INWARD_DATA)
				continue;
			n++;
			assert_int_equal(same, at + i);
			assert_true(same < segment->count);
			assert_true(segment_outward(segment, same, &area_of, &area_back, &rest));
			if (segment->type == SEGMENT_MIRROR || segment->type == SEGMENT_RAID10)
				continue;
			assert_int_equal(area_of, area);
			assert_int_equal(area_back, area_at + i);
		}
	}
	return n;
}

static void assert_round_trip(const struct segment *segment, uint64_t copies)
{
	uint64_t n = 0;

	assert_outward_comes_back(segment);
	for (uint32_t area = 0; area < segment->nareas; area++)
		n += assert_inward_goes_out(segment, area);
	assert_int_equal(n, segment->count * copies);
}

static void segment_round_trip_of_whole_rows(void **state)
{
	static const uint32_t chunks[] = {1, 2, 8, 3};

	(void)state;
	for (size_t t = 0; t < NTYPES; t++)
		for (uint32_t n = types[t].fewest; n <= 7; n++)
			for (size_t c = 0; c < 4; c++)
				assert_round_trip(&(struct segment){.type = types[t].type,
								    .nareas = n,
								    .chunk = chunks[c],
								    .count = (uint64_t)(n - types[t].parity) *
									     chunks[c] * (2 * n + 1)},
						  1);
}

static void segment_round_trip_of_a_last_row_that_is_not_full(void **state)
{
	(void)state;
	for (size_t t = 0; t < NTYPES; t++)
		for (uint32_t n = types[t].fewest; n <= 6; n++)
			for (uint64_t count = 1; count <= 60; count++)
				assert_round_trip(
				    &(struct segment){
					.type = types[t].type, .nareas = n, .chunk = 4, .count = count},
				    1);
}

static void segment_round_trip_of_linear_and_mirror(void **state)
{
	(void)state;
	assert_round_trip(&(struct segment){.type = SEGMENT_LINEAR, .nareas = 1, .count = 100}, 1);
	for (uint32_t n = 1; n <= 4; n++)
		assert_round_trip(&(struct segment){.type = SEGMENT_MIRROR, .nareas = n, .count = 100}, n);
}

static void segment_round_trip_of_raid10(void **state)
{
	(void)state;
	for (uint32_t n = 2; n <= 7; n++)
		for (uint32_t copies = 1; copies <= n; copies++)
			for (uint64_t chunks = 1; chunks <= 20; chunks++)
				assert_round_trip(&(struct segment){.type = SEGMENT_RAID10,
								    .nareas = n,
								    .copies = copies,
								    .chunk = 4,
								    .count = 4 * chunks},
						  copies);
}

static void segment_round_trip_of_raid10_with_a_last_chunk_that_is_not_full(void **state)
{
	(void)state;
	assert_round_trip(
	    &(struct segment){.type = SEGMENT_RAID10, .nareas = 2, .copies = 2, .chunk = 4, .count = 10}, 2);
}

/* Far copies: in another part of each device, or with an offset in the next row; moved within sets of
   devices. */
static void segment_round_trip_of_raid10_far(void **state)
{
	(void)state;
	for (uint32_t n = 2; n <= 8; n++)
		for (uint32_t far = 2; far <= n && far <= 3; far++)
			for (uint32_t set = far; set <= n; set++)
				for (uint64_t rows = 1; rows <= 5; rows++) {
					struct segment segment = {.type = SEGMENT_RAID10,
								  .nareas = n,
								  .copies = 1,
								  .far_copies = far,
								  .far_set = set,
								  .far_stride = 4 * rows,
								  .chunk = 4,
								  .count = 4 * rows * n};

					assert_true(segment_is_sound(&segment));
					assert_round_trip(&segment, far);
					segment.far_offset = true;
					assert_round_trip(&segment, far);
				}
}

static void segment_copies_lie_where_they_are_found(void **state)
{
	struct segment segments[] = {
	    {.type = SEGMENT_MIRROR, .nareas = 3, .count = 40},
	    {.type = SEGMENT_RAID10, .nareas = 3, .copies = 2, .chunk = 4, .count = 40},
	    {.type = SEGMENT_RAID10,
	     .nareas = 4,
	     .copies = 2,
	     .far_copies = 2,
	     .far_stride = 20,
	     .chunk = 4,
	     .count = 40},
	    {.type = SEGMENT_RAID10,
	     .nareas = 3,
	     .copies = 1,
	     .far_copies = 2,
	     .far_offset = true,
	     .chunk = 4,
	     .count = 40},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++)
		for (uint64_t at = 0; at < 40; at++)
			for (uint32_t copy = 0; copy < segment_copies(&segments[i]); copy++) {
				uint64_t area_at, back, run;
				uint32_t area;

				segment_copy(&segments[i], at, copy, &area, &area_at);
				assert_int_equal(segment_inward(&segments[i], area, area_at, &back, &run),
						 INWARD_DATA);
				assert_int_equal(back, at);
			}
}

static void segment_every_row_has_its_parity(void **state)
{
	(void)state;
	for (size_t t = 0; t < NTYPES; t++) {
		for (uint32_t n = types[t].fewest; n <= 9; n++) {
			struct segment segment = {.type = types[t].type,
						  .nareas = n,
						  .chunk = 2,
						  .count = (uint64_t)(n - types[t].parity) * 2 * 3 * n};

			for (uint64_t row = 0; row < 3 * n; row++) {
				uint32_t parity = 0;
				uint64_t at, run;

				for (uint32_t area = 0; area < n; area++)
					parity += segment_inward(&segment, area, 2 * row, &at, &run) ==
						  INWARD_PARITY;
				assert_int_equal(parity, types[t].parity);
			}
		}
	}
}

/* A row as text: the number of each area's chunk, P where there is parity of any kind. */
static void row_text(const struct segment *segment, uint64_t row, char *out, size_t len)
{
	size_t used = 0;

	for (uint32_t area = 0; area < segment->nareas; area++) {
		uint64_t at = 0, run;
		enum inward inward = segment_inward(segment, area, row * segment->chunk, &at, &run);
		const char *gap = area ? " " : "";

		if (inward == INWARD_DATA)
			used += (size_t)snprintf(out + used, len - used, "%s%llu", gap,
						 (unsigned long long)at / segment->chunk);
		else
			used += (size_t)snprintf(out + used, len - used, "%s%c", gap,
						 inward == INWARD_PARITY ? 'P' : '-');
	}
}

static void segment_known_rows(void **state)
{
	static const struct {
		enum segment_type type;
		uint32_t nareas;
		const char *rows[6];
	} known[] = {
	    {SEGMENT_STRIPED, 3, {"0 1 2", "3 4 5"}},
	    {SEGMENT_RAID4, 4, {"P 0 1 2", "P 3 4 5"}},
	    {SEGMENT_RAID5_LA, 4, {"0 1 2 P", "3 4 P 5", "6 P 7 8", "P 9 10 11", "12 13 14 P"}},
	    {SEGMENT_RAID5_RA, 4, {"P 0 1 2", "3 P 4 5", "6 7 P 8", "9 10 11 P", "P 12 13 14"}},
	    {SEGMENT_RAID5_LS, 4, {"0 1 2 P", "4 5 P 3", "8 P 6 7", "P 9 10 11", "12 13 14 P"}},
	    {SEGMENT_RAID5_RS, 4, {"P 0 1 2", "5 P 3 4", "7 8 P 6", "9 10 11 P", "P 12 13 14"}},
	    {SEGMENT_RAID5_N, 4, {"0 1 2 P", "3 4 5 P"}},
	    {SEGMENT_RAID6_LA, 5, {"P 0 1 2 P", "3 4 5 P P", "6 7 P P 8", "9 P P 10 11", "P P 12 13 14"}},
	    {SEGMENT_RAID6_LS, 5, {"P 0 1 2 P", "3 4 5 P P", "7 8 P P 6", "11 P P 9 10", "P P 12 13 14"}},
	    {SEGMENT_RAID6_RS, 5, {"P P 0 1 2", "5 P P 3 4", "7 8 P P 6", "9 10 11 P P", "P 12 13 14 P"}},
	    {SEGMENT_RAID6_0, 5, {"P P 0 1 2", "P P 3 4 5"}},
	    {SEGMENT_RAID6_0_6, 5, {"P 0 1 2 P", "P 3 4 5 P"}},
	    {SEGMENT_RAID6_ZR,
	     5,
	     {"P P 0 1 2", "3 P P 4 5", "6 7 P P 8", "9 10 11 P P", "P 12 13 14 P", "P P 15 16 17"}},
	    {SEGMENT_RAID6_NR,
	     5,
	     {"0 1 2 P P", "3 4 P P 5", "6 P P 7 8", "P P 9 10 11", "P 12 13 14 P", "15 16 17 P P"}},
	    {SEGMENT_RAID6_NC,
	     5,
	     {"0 1 2 P P", "4 5 P P 3", "8 P P 6 7", "P P 9 10 11", "P 12 13 14 P", "15 16 17 P P"}},
	    {SEGMENT_RAID6_LA_6, 5, {"0 1 2 P P", "3 4 P 5 P", "6 P 7 8 P", "P 9 10 11 P", "12 13 14 P P"}},
	    {SEGMENT_RAID6_RA_6, 5, {"P 0 1 2 P", "3 P 4 5 P", "6 7 P 8 P", "9 10 11 P P", "P 12 13 14 P"}},
	    {SEGMENT_RAID6_LS_6, 5, {"0 1 2 P P", "4 5 P 3 P", "8 P 6 7 P", "P 9 10 11 P", "12 13 14 P P"}},
	    {SEGMENT_RAID6_RS_6, 5, {"P 0 1 2 P", "5 P 3 4 P", "7 8 P 6 P", "9 10 11 P P", "P 12 13 14 P"}},
	    {SEGMENT_RAID6_N_6, 5, {"0 1 2 P P", "3 4 5 P P"}},
	    {SEGMENT_RAID10, 4, {"0 0 1 1", "2 2 3 3"}},
	    {SEGMENT_RAID10, 3, {"0 0 1", "1 2 2", "3 3 4"}},
	};
	struct segment far = {.type = SEGMENT_RAID10,
			      .nareas = 4,
			      .copies = 1,
			      .far_copies = 2,
			      .far_stride = 16,
			      .chunk = 8,
			      .count = 64};
	char text[64];

	(void)state;
	/* md(4): RAID10 with far and with offset copies. */
	for (uint64_t row = 0; row < 4; row++) {
		static const char *const rows[] = {"0 1 2 3", "4 5 6 7", "3 0 1 2", "7 4 5 6"};
		static const char *const offset_rows[] = {"0 1 2 3", "3 0 1 2", "4 5 6 7", "7 4 5 6"};

		far.far_offset = false;
		row_text(&far, row, text, sizeof(text));
		assert_string_equal(text, rows[row]);
		far.far_offset = true;
		row_text(&far, row, text, sizeof(text));
		assert_string_equal(text, offset_rows[row]);
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct segment segment = {.type = known[i].type,
					  .nareas = known[i].nareas,
					  .chunk = 8,
					  .copies = 2,
					  .count = 8 * 1000};

		for (uint64_t row = 0; row < 6 && known[i].rows[row] != NULL; row++) {
			row_text(&segment, row, text, sizeof(text));
			assert_string_equal(text, known[i].rows[row]);
		}
	}
}

static void segment_run_ends_with_its_chunk(void **state)
{
	struct segment segment = {.type = SEGMENT_STRIPED, .nareas = 2, .chunk = 8, .count = 20};
	uint64_t at, run;
	uint32_t area;

	(void)state;
	assert_true(segment_outward(&segment, 3, &area, &at, &run));
	assert_int_equal(run, 5);
	assert_true(segment_outward(&segment, 17, &area, &at, &run));
	assert_int_equal(run, 3);
	assert_int_equal(segment_inward(&segment, 0, 9, &at, &run), INWARD_DATA);
	assert_int_equal(run, 3);
	assert_int_equal(segment_inward(&segment, 1, 2, &at, &run), INWARD_DATA);
	assert_int_equal(run, 6);
}

static void segment_tail_that_no_stripe_uses_is_unused(void **state)
{
	struct segment segment = {.type = SEGMENT_STRIPED, .nareas = 2, .chunk = 8, .count = 20};
	uint64_t at, run;

	(void)state;
	assert_int_equal(segment_area_sectors(&segment), 16);
	assert_int_equal(segment_inward(&segment, 1, 8, &at, &run), INWARD_UNUSED);
	assert_int_equal(segment_inward(&segment, 0, 12, &at, &run), INWARD_UNUSED);
	assert_int_equal(segment_inward(&segment, 0, 100, &at, &run), INWARD_UNUSED);
}

static void segment_none_lies_nowhere(void **state)
{
	struct segment segment = {.type = SEGMENT_NONE, .count = 20};
	uint64_t at, run;
	uint32_t area;

	(void)state;
	assert_false(segment_outward(&segment, 5, &area, &at, &run));
	assert_int_equal(run, 15);
	assert_int_equal(segment_area_sectors(&segment), 0);
}

static void segment_rows_beyond_32_bits(void **state)
{
	struct segment segment = {
	    .type = SEGMENT_RAID5_LS, .nareas = 4, .chunk = 8, .count = UINT64_C(1) << 45};
	uint64_t at, run;
	uint32_t area;

	(void)state;
	for (uint64_t sector = (UINT64_C(1) << 44) + 5; sector < segment.count; sector += UINT64_C(1) << 41) {
		uint64_t area_at;

		assert_true(segment_outward(&segment, sector, &area, &area_at, &run));
		assert_int_equal(segment_inward(&segment, area, area_at, &at, &run), INWARD_DATA);
		assert_true(at == sector);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(segment_round_trip_of_whole_rows),
	    cmocka_unit_test(segment_round_trip_of_a_last_row_that_is_not_full),
	    cmocka_unit_test(segment_round_trip_of_linear_and_mirror),
	    cmocka_unit_test(segment_round_trip_of_raid10),
	    cmocka_unit_test(segment_round_trip_of_raid10_with_a_last_chunk_that_is_not_full),
	    cmocka_unit_test(segment_round_trip_of_raid10_far),
	    cmocka_unit_test(segment_copies_lie_where_they_are_found),
	    cmocka_unit_test(segment_every_row_has_its_parity),
	    cmocka_unit_test(segment_known_rows),
	    cmocka_unit_test(segment_run_ends_with_its_chunk),
	    cmocka_unit_test(segment_tail_that_no_stripe_uses_is_unused),
	    cmocka_unit_test(segment_none_lies_nowhere),
	    cmocka_unit_test(segment_rows_beyond_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
