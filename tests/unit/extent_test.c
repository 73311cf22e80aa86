/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/extent.h"

#include "tests/unit/test.h"

#define REST KIND_GAP

struct fixture {
	struct claims claims;
	struct extents extents;
	uint64_t sectors;
};

static void claim(struct fixture *f, enum rank rank, enum kind kind, uint32_t owner, uint64_t start,
		  uint64_t count)
{
	claims_add(
	    &f->claims,
	    (struct claim){.start = start, .count = count, .rank = rank, .kind = kind, .owner = owner});
}

static void seal(struct fixture *f, uint64_t sectors, uint32_t block_sectors)
{
	f->sectors = sectors;
	assert_int_equal(extents_seal(&f->extents, &f->claims, sectors, REST, block_sectors, 1), 0);
	assert_int_equal(claims_count(&f->claims), 0);
	assert_int_equal(f->extents.at[0].start, 0);
	for (size_t i = 1; i < f->extents.n; i++)
		assert_true(f->extents.at[i - 1].start < f->extents.at[i].start);
	assert_true(f->extents.at[f->extents.n - 1].start < sectors);
}

static void assert_extent(const struct fixture *f, size_t i, uint64_t start, enum kind kind, uint32_t owner,
			  uint32_t arg)
{
	assert_true(i < f->extents.n);
	assert_int_equal(f->extents.at[i].start, start);
	assert_int_equal(f->extents.at[i].kind, kind);
	assert_int_equal(f->extents.at[i].owner, owner);
	assert_int_equal(f->extents.at[i].arg, arg);
}

static void done(struct fixture *f)
{
	extents_free(&f->extents);
}

static void extents_without_claims_are_all_rest(void **state)
{
	struct fixture f = {0};

	(void)state;
	seal(&f, 100, 0);
	assert_int_equal(f.extents.n, 1);
	assert_extent(&f, 0, 0, REST, 0, 0);
	done(&f);
}

static void extents_holes_become_rest(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_CONTENT, KIND_CHILD, 1, 60, 10);
	claim(&f, RANK_CONTENT, KIND_CHILD, 0, 10, 20);
	seal(&f, 100, 0);
	assert_int_equal(f.extents.n, 5);
	assert_extent(&f, 0, 0, REST, 0, 0);
	assert_extent(&f, 1, 10, KIND_CHILD, 0, 0);
	assert_extent(&f, 2, 30, REST, 0, 0);
	assert_extent(&f, 3, 60, KIND_CHILD, 1, 0);
	assert_extent(&f, 4, 70, REST, 0, 0);
	done(&f);
}

static void extents_structure_wins_over_content_over_rest(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_REST, KIND_FREE, 0, 0, 100);
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 12, 20, 40);
	claim(&f, RANK_STRUCTURE, KIND_INODE_BITMAP, 0, 30, 10);
	seal(&f, 100, 0);
	assert_int_equal(f.extents.n, 5);
	assert_extent(&f, 0, 0, KIND_FREE, 0, 0);
	assert_extent(&f, 1, 20, KIND_FILE_DATA, 12, 0);
	assert_extent(&f, 2, 30, KIND_INODE_BITMAP, 0, 0);
	assert_extent(&f, 3, 40, KIND_FILE_DATA, 12, 0);
	assert_extent(&f, 4, 60, KIND_FREE, 0, 0);
	assert_int_equal(f.extents.overlaps.n, 1);
	done(&f);
}

static void extents_ties_go_to_the_lower_owner_in_any_order(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		struct fixture f = {0};

		claim(&f, RANK_CONTENT, KIND_FILE_DATA, first ? 14 : 13, first ? 0 : 5, 10);
		claim(&f, RANK_CONTENT, KIND_FILE_DATA, first ? 13 : 14, first ? 5 : 0, 10);
		seal(&f, 20, 0);
		assert_extent(&f, 0, 0, KIND_FILE_DATA, 14, 0);
		assert_extent(&f, 1, 5, KIND_FILE_DATA, 13, 0);
		assert_extent(&f, 2, 15, REST, 0, 0);
		done(&f);
	}
}

static void extents_overlaps_are_told_with_winner_and_place(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 13, 0, 30);
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 12, 20, 30);
	seal(&f, 100, 0);
	assert_int_equal(f.extents.overlaps.n, 1);
	assert_int_equal(f.extents.overlaps.at[0].winner.owner, 12);
	assert_int_equal(f.extents.overlaps.at[0].loser.owner, 13);
	assert_int_equal(f.extents.overlaps.at[0].start, 20);
	assert_int_equal(f.extents.overlaps.at[0].count, 10);
	done(&f);
}

static void extents_all_losers_of_a_sector_are_told(void **state)
{
	static const struct {
		uint64_t sector, low, high;
		size_t n;
	} parts[] = {
	    {0, 0, 10, 2}, {10, 10, 15, 1}, {15, 15, 20, 2}, {20, 20, 25, 0}, {99, 20, UINT64_MAX, 0}};
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 11, 0, 10);
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 12, 0, 20);
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 13, 0, 25);
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 14, 15, 5);
	seal(&f, 100, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint64_t low = 0, high = UINT64_MAX;
		size_t n;

		extents_overlaps(&f.extents, parts[i].sector, &n, &low, &high);
		assert_int_equal(n, parts[i].n);
		assert_int_equal(low, parts[i].low);
		assert_true(high >= parts[i].high);
	}
	done(&f);
}

static void extents_overlaps_with_rest_are_silent(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_REST, KIND_FREE, 0, 0, 50);
	claim(&f, RANK_REST, KIND_LVM_PADDING, 1, 0, 50);
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 12, 10, 10);
	seal(&f, 50, 0);
	assert_int_equal(f.extents.overlaps.n, 0);
	done(&f);
}

static void extents_neighbours_that_go_on_are_joined(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_REST, KIND_FREE, 0, 0, 10);
	claim(&f, RANK_REST, KIND_FREE, 0, 10, 10);
	claim(&f, RANK_REST, KIND_FREE, 0, 15, 10);
	seal(&f, 25, 0);
	assert_int_equal(f.extents.n, 1);
	done(&f);
}

static void extents_of_other_owner_or_flags_stay_apart(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_STRUCTURE, KIND_BLOCK_BITMAP, 0, 0, 8);
	claim(&f, RANK_STRUCTURE, KIND_BLOCK_BITMAP, 1, 8, 8);
	claims_add(&f.claims, (struct claim){.start = 16,
					     .count = 8,
					     .rank = RANK_STRUCTURE,
					     .kind = KIND_BLOCK_BITMAP,
					     .owner = 1,
					     .flags = EXTENT_DAMAGED});
	seal(&f, 24, 8);
	assert_int_equal(f.extents.n, 3);
	done(&f);
}

static void extents_of_a_file_join_only_in_the_files_order(void **state)
{
	struct fixture f = {0};
	static const uint32_t places[] = {0, 1, 2, 7, 8, 3};

	(void)state;
	for (size_t i = 0; i < 6; i++)
		claims_add(&f.claims, (struct claim){.start = 8 * i,
						     .count = 8,
						     .rank = RANK_CONTENT,
						     .kind = KIND_FILE_DATA,
						     .owner = 12,
						     .arg = places[i]});
	seal(&f, 48, 8);
	assert_int_equal(f.extents.n, 3);
	assert_extent(&f, 0, 0, KIND_FILE_DATA, 12, 0);
	assert_extent(&f, 1, 24, KIND_FILE_DATA, 12, 7);
	assert_extent(&f, 2, 40, KIND_FILE_DATA, 12, 3);
	done(&f);
}

static void extents_cut_in_two_go_on_counting_blocks(void **state)
{
	struct fixture f = {0};

	(void)state;
	claims_add(&f.claims, (struct claim){.start = 0,
					     .count = 80,
					     .rank = RANK_CONTENT,
					     .kind = KIND_FILE_DATA,
					     .owner = 12,
					     .arg = 100});
	claim(&f, RANK_STRUCTURE, KIND_INODE_BITMAP, 0, 16, 8);
	seal(&f, 80, 8);
	assert_extent(&f, 0, 0, KIND_FILE_DATA, 12, 100);
	assert_extent(&f, 1, 16, KIND_INODE_BITMAP, 0, 0);
	assert_extent(&f, 2, 24, KIND_FILE_DATA, 12, 103);
	done(&f);
}

static void extents_are_cut_to_the_space(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_CONTENT, KIND_CHILD, 0, 90, 1000);
	claim(&f, RANK_CONTENT, KIND_CHILD, 1, 100, 10);
	claim(&f, RANK_STRUCTURE, KIND_MBR, 0, 5000, 1);
	seal(&f, 100, 0);
	assert_int_equal(f.extents.n, 2);
	assert_extent(&f, 1, 90, KIND_CHILD, 0, 0);
	done(&f);
}

static void extents_empty_claims_are_dropped(void **state)
{
	struct fixture f = {0};

	(void)state;
	claim(&f, RANK_STRUCTURE, KIND_MBR, 0, 5, 0);
	assert_int_equal(claims_count(&f.claims), 0);
	seal(&f, 10, 0);
	assert_int_equal(f.extents.n, 1);
	done(&f);
}

static void extents_of_the_largest_space(void **state)
{
	struct fixture f = {0};
	uint64_t end;

	(void)state;
	claim(&f, RANK_STRUCTURE, KIND_MBR, 0, EXTENT_SECTORS_MAX - 1, 1);
	seal(&f, EXTENT_SECTORS_MAX, 0);
	assert_int_equal(f.extents.n, 2);
	assert_int_equal(extents_find(&f.extents, f.sectors, EXTENT_SECTORS_MAX - 1, &end)->kind, KIND_MBR);
	assert_int_equal(end, EXTENT_SECTORS_MAX);
	done(&f);
}

static void extents_without_memory_do_not_seal(void **state)
{
	struct fixture f = {.claims = {.short_of_memory = true}};

	(void)state;
	assert_int_equal(extents_seal(&f.extents, &f.claims, 10, REST, 0, 1), -1);
	done(&f);
}

static void extents_find_gives_both_borders(void **state)
{
	struct fixture f = {0};
	uint64_t end;

	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		claim(&f, RANK_CONTENT, KIND_CHILD, (uint32_t)i, 10 * i, 10);
	seal(&f, 505, 0);
	for (uint64_t sector = 0; sector < 500; sector++) {
		const struct extent *extent = extents_find(&f.extents, 505, sector, &end);

		assert_int_equal(extent->owner, sector / 10);
		assert_int_equal(end, sector / 10 * 10 + 10);
	}
	assert_int_equal(extents_find(&f.extents, 505, 504, &end)->kind, REST);
	assert_int_equal(end, 505);
	done(&f);
}

/* --- hostile heaps --- */

static void extents_nested_a_hundred_thousand_deep(void **state)
{
	const uint64_t n = 100000;
	struct fixture f = {0};
	uint64_t end;

	(void)state;
	/* Inner claims have lower owners, so every one shows on both sides of the next. */
	for (uint64_t i = 0; i < n; i++)
		claim(&f, RANK_CONTENT, KIND_FILE_DATA, (uint32_t)(n - i), i, 2 * (n - i));
	seal(&f, 2 * n, 0);
	assert_int_equal(f.extents.n, 2 * n - 1);
	assert_int_equal(extents_find(&f.extents, 2 * n, n, &end)->owner, 1);
	assert_int_equal(extents_find(&f.extents, 2 * n, 2 * n - 1, &end)->owner, n);
	assert_true(f.extents.overlaps.n <= 1 << 20);
	done(&f);
}

static void extents_a_hundred_thousand_from_one_sector(void **state)
{
	struct fixture f = {0};

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		claim(&f, RANK_CONTENT, KIND_FILE_DATA, i * 7919 % 100003, 0, 1 + i);
	seal(&f, 100000, 0);
	assert_int_equal(f.extents.at[0].owner, 0);
	done(&f);
}

/* What the sweep gives, sector for sector, is what a plain search for the best claim gives. */
static uint32_t best_owner(const struct claim *claims, size_t n, uint64_t sector)
{
	const struct claim *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct claim *c = &claims[i];

		if (sector < c->start || sector - c->start >= c->count)
			continue;
		if (best == NULL || c->rank > best->rank || (c->rank == best->rank && c->owner < best->owner))
			best = c;
	}
	return best ? best->owner : 0;
}

static void extents_agree_with_a_plain_search(void **state)
{
	unsigned seed = 20100101;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct claim claims[24];
		struct fixture f = {0};
		size_t n = (size_t)rand_r(&seed) % 24;

		for (size_t i = 0; i < n; i++) {
			claims[i] = (struct claim){
			    .start = (uint64_t)rand_r(&seed) % 70,
			    .count = 1 + (uint64_t)rand_r(&seed) % 40,
			    .rank = (uint64_t)rand_r(&seed) % 3,
			    .kind = KIND_FILE_DATA,
			    .owner = (uint32_t)(i + 1),
			};
			claims_add(&f.claims, claims[i]);
		}
		seal(&f, 64, 0);
		for (uint64_t sector = 0; sector < 64; sector++) {
			uint64_t end;

			assert_int_equal(extents_find(&f.extents, 64, sector, &end)->owner,
					 best_owner(claims, n, sector));
			assert_true(end > sector && end <= 64);
		}
		done(&f);
	}
}

/* Crowded at both ends and empty between, so that most buckets hold nothing and a few hold very much. */
static void extents_many_are_found_through_the_index(void **state)
{
	const uint64_t sectors = UINT64_C(1) << 40;
	struct fixture f = {0};
	uint64_t end;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		claim(&f, RANK_CONTENT, KIND_FILE_DATA, i + 1, (uint64_t)i * 3, 2);
		claim(&f, RANK_CONTENT, KIND_FILE_DATA, i + 10000, sectors - 1 - (uint64_t)i * 7, 1);
	}
	claim(&f, RANK_CONTENT, KIND_FILE_DATA, 7, sectors / 2, 1);
	seal(&f, sectors, 0);
	assert_non_null(f.extents.index);
	for (size_t i = 0; i < f.extents.n; i++) {
		uint64_t start = f.extents.at[i].start;
		uint64_t next = i + 1 < f.extents.n ? f.extents.at[i + 1].start : sectors;

		assert_ptr_equal(extents_find(&f.extents, sectors, start, &end), &f.extents.at[i]);
		assert_int_equal(end, next);
		assert_ptr_equal(extents_find(&f.extents, sectors, next - 1, &end), &f.extents.at[i]);
	}
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(extents_without_claims_are_all_rest),
	    cmocka_unit_test(extents_holes_become_rest),
	    cmocka_unit_test(extents_structure_wins_over_content_over_rest),
	    cmocka_unit_test(extents_ties_go_to_the_lower_owner_in_any_order),
	    cmocka_unit_test(extents_overlaps_are_told_with_winner_and_place),
	    cmocka_unit_test(extents_all_losers_of_a_sector_are_told),
	    cmocka_unit_test(extents_overlaps_with_rest_are_silent),
	    cmocka_unit_test(extents_neighbours_that_go_on_are_joined),
	    cmocka_unit_test(extents_of_other_owner_or_flags_stay_apart),
	    cmocka_unit_test(extents_of_a_file_join_only_in_the_files_order),
	    cmocka_unit_test(extents_cut_in_two_go_on_counting_blocks),
	    cmocka_unit_test(extents_are_cut_to_the_space),
	    cmocka_unit_test(extents_empty_claims_are_dropped),
	    cmocka_unit_test(extents_of_the_largest_space),
	    cmocka_unit_test(extents_without_memory_do_not_seal),
	    cmocka_unit_test(extents_find_gives_both_borders),
	    cmocka_unit_test(extents_nested_a_hundred_thousand_deep),
	    cmocka_unit_test(extents_a_hundred_thousand_from_one_sector),
	    cmocka_unit_test(extents_agree_with_a_plain_search),
	    cmocka_unit_test(extents_many_are_found_through_the_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
