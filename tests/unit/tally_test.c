/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* However a tally counts (quickly, through bins, place by place): the outcome is the same. */
#include "analyzer/tally.h"

#include "tests/unit/usage_check.h"

static struct disk disk;
static struct statistic_setup setup;

/* The empty partition is off the unit. */
static int set_up(void **state)
{
	(void)state;
	disk_of_two(&disk, 9501, 300000);
	setup = (struct statistic_setup){.map = disk.map, .base = map_disk(disk.map), .unit_sectors = 8};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	disk_free(&disk);
	return 0;
}

/* Mostly small ones; some reach beyond the disk, or are not reads and writes. */
static struct access random_access(unsigned *seed)
{
	struct access access = access_blank();
	int dice = rand_r(seed) % 100;

	access.op = dice < 95 ? (uint8_t)(dice % 2) : (uint8_t)(rand_r(seed) % ACCESS_OPS);
	access.start = (uint64_t)rand_r(seed) % 10000;
	access.count = 1 + (uint64_t)rand_r(seed) % (dice % 10 == 0 ? 3000 : 8);
	if (dice % 3 == 0)
		access.start &= ~UINT64_C(7);
	if (dice % 3 == 0)
		access.count = (access.count + 7) & ~UINT64_C(7);
	if (dice == 7)
		access.flags = ACCESS_RAGGED;
	if (access.op == ACCESS_FLUSH)
		access.start = access.count = 0;
	return access;
}

static void count_by_places(struct usage *usage, struct alignment *alignment, const struct access *access,
			    uint64_t number)
{
	struct place place;

	usage_access(usage, access);
	alignment_access(alignment, access, number);
	for (uint64_t at = access->start; at < access->start + access->count; at += place.count) {
		map_find(disk.map, at, &place);
		if (place.count > access->start + access->count - at)
			place.count = access->start + access->count - at;
		usage_place(usage, access, &place);
		alignment_place(alignment, access, &place);
	}
}

static void assert_same_alignment(struct alignment *a, struct alignment *b)
{
	alignment_finish(a);
	alignment_finish(b);
	assert_int_equal(a->devices.n, b->devices.n);
	for (size_t i = 0; i < a->devices.n; i++) {
		const struct alignment_device *x = &a->devices.at[i], *y = &b->devices.at[i];

		assert_ptr_equal(x->device, y->device);
		assert_int_equal(x->writes, y->writes);
		assert_int_equal(x->unaligned, y->unaligned);
		assert_int_equal(x->partial_blocks, y->partial_blocks);
		assert_memory_equal(x->by_cause, y->by_cause, sizeof(x->by_cause));
		assert_memory_equal(x->first, y->first, sizeof(x->first));
	}
}

#define ACCESSES 60000
#define TOGETHER 1000

static void tally_random(struct tally *tally, unsigned seed)
{
	struct access accesses[TOGETHER];
	struct batch batch = {.at = accesses, .n = TOGETHER};

	for (unsigned done = 0; done < ACCESSES; done += TOGETHER) {
		for (unsigned i = 0; i < TOGETHER; i++)
			accesses[i] = random_access(&seed);
		batch.before[WINDOW_UNMARKED] = done;
		tally_batch(tally, &batch);
	}
	tally_finish(tally);
}

static void check_tally(struct tally *tally)
{
	struct alignment alignment;
	struct usage usage;
	unsigned seed = 11;

	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	assert_int_equal(alignment_init(&alignment, disk.map, 8), 0);
	for (unsigned i = 0; i < ACCESSES; i++) {
		struct access access = random_access(&seed);

		count_by_places(&usage, &alignment, &access, i);
	}
	tally_random(tally, 11);
	assert_int_equal(tally->accesses, ACCESSES);
	usage_finish(&usage);
	usage_finish(&tally->usage);
	assert_same_usage(&usage, &tally->usage);
	assert_same_alignment(&alignment, &tally->alignment);
	usage_done(&usage);
	alignment_done(&alignment);
	tally_done(tally);
}

static void tally_counts_as_place_by_place(void **state)
{
	struct tally tally;

	(void)state;
	assert_int_equal(tally_init(&tally, &setup, NULL, 0, false), 0);
	assert_null(tally.bins.at);
	check_tally(&tally);
}

static void tally_counts_the_same_through_bins(void **state)
{
	struct tally tally;

	(void)state;
	assert_int_equal(tally_init(&tally, &setup, NULL, 0, false), 0);
	assert_int_equal(bins_init(&tally.bins, disk.map, 0), 0);
	assert_non_null(tally.bins.at);
	check_tally(&tally);
}

static void tally_forgets_what_waits_in_bins(void **state)
{
	struct access access = {.count = 8, .window = WINDOW_UNMARKED};
	struct batch batch = {.at = &access, .n = 1};
	struct tally tally;

	(void)state;
	assert_int_equal(tally_init(&tally, &setup, NULL, 0, false), 0);
	assert_int_equal(bins_init(&tally.bins, disk.map, 0), 0);
	tally_batch(&tally, &batch);
	access.window = WINDOW_INSIDE;
	tally_batch(&tally, &batch);
	tally_finish(&tally);
	assert_int_equal(tally.accesses, 1);
	assert_int_equal(tally.outside, 1);
	assert_int_equal(tally.usage.totals.op[ACCESS_READ].sectors, 8);
	tally_done(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tally_counts_as_place_by_place),
	    cmocka_unit_test(tally_counts_the_same_through_bins),
	    cmocka_unit_test(tally_forgets_what_waits_in_bins),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
