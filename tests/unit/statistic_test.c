/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of statistics, and what is promised to one that is added. */
#include "analyzer/statistic.h"

#include "analyzer/tally.h"
#include "reports/shown.h"
#include "tests/unit/usage_check.h"

#include <string.h>

static struct disk disk;
static struct statistic_setup setup;

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

static bool has_shown(const struct statistic *statistic)
{
	for (size_t i = 0; shown[i] != NULL; i++)
		if (shown[i]->statistic == statistic)
			return shown[i]->text != NULL && shown[i]->json != NULL;
	return false;
}

static void statistics_have_all_that_they_need(void **state)
{
	(void)state;
	for (size_t i = 0; statistics[i] != NULL; i++) {
		const struct statistic *one = statistics[i];

		if (one->name == NULL || one->help == NULL || statistic_named(one->name) != one)
			fail_msg("statistic %zu has no name of its own", i);
		if (one->init == NULL || one->done == NULL || one->merge == NULL || one->reset == NULL ||
		    one->finish == NULL || one->state_size == 0)
			fail_msg("%s lacks a function of its state", one->name);
		if (one->take == NULL)
			continue;
		if (one->results_done == NULL || one->pack == NULL || one->unpack == NULL ||
		    one->results_reset == NULL || one->sort == NULL || one->results_size == 0)
			fail_msg("%s lacks a function of its results", one->name);
		if (!has_shown(one))
			fail_msg("%s has no line in reports/shown.c", one->name);
	}
}

/* --- one that counts what it is told --- */

struct toy {
	uint64_t accesses, places, sectors, next;
	bool out_of_order;
};

static int toy_init(void *state, const struct statistic_setup *of)
{
	(void)state;
	return of == &setup || of->map == disk.map ? 0 : -1;
}

static void toy_access(void *state, const struct access *access, uint64_t number)
{
	struct toy *toy = state;

	(void)access;
	toy->accesses++;
	toy->out_of_order |= number != toy->next++;
}

static void toy_place(void *state, const struct access *access, const struct place *place)
{
	struct toy *toy = state;

	(void)access;
	toy->places++;
	toy->sectors += place->count;
}

static void toy_usual(void *state, const struct usual_place *place)
{
	struct toy *toy = state;

	toy->accesses++;
	toy->places++;
	toy->sectors += place->usual->count;
}

static void toy_merge(void *state, void *other)
{
	struct toy *into = state, *from = other;

	into->accesses += from->accesses;
	into->sectors += from->sectors;
}

static void toy_reset(void *state)
{
	memset(state, 0, sizeof(struct toy));
}

static void toy_done(void *state)
{
	(void)state;
}

static int toy_finish(void *state)
{
	(void)state;
	return 0;
}

#define TOY                                                                                                  \
	.name = "toy", .state_size = sizeof(struct toy), .init = toy_init, .done = toy_done,                 \
	.access = toy_access, .place = toy_place, .merge = toy_merge, .reset = toy_reset,                    \
	.finish = toy_finish

static const struct statistic plain = {TOY}, quick = {TOY, .usual = toy_usual};

#define ACCESSES 20000

/* Tells a tally of some accesses, and gives back what the statistic has counted. */
static struct toy count(const struct statistic *statistic)
{
	static struct access accesses[ACCESSES];
	struct tally tally;
	struct toy toy;
	unsigned seed = 5;

	for (size_t i = 0; i < ACCESSES; i++) {
		accesses[i] = access_blank();
		accesses[i].op = (uint8_t)(rand_r(&seed) % 2);
		accesses[i].start = (uint64_t)rand_r(&seed) % 9000 & ~UINT64_C(7);
		accesses[i].count = 8;
	}
	assert_int_equal(tally_init(&tally, &setup, &statistic, 1, false), 0);
	tally_batch(&tally, &(struct batch){.at = accesses, .n = ACCESSES});
	tally_finish(&tally);
	toy = *(struct toy *)counted_find(tally.counted, tally.ncounted, statistic);
	tally_done(&tally);
	return toy;
}

static void statistic_without_usual_is_told_of_every_access_in_order(void **state)
{
	struct toy toy = count(&plain);

	(void)state;
	assert_int_equal(toy.accesses, ACCESSES);
	assert_int_equal(toy.sectors, ACCESSES * 8);
	assert_false(toy.out_of_order);
}

static void statistic_with_usual_counts_the_same(void **state)
{
	struct toy a = count(&plain), b = count(&quick);

	(void)state;
	assert_int_equal(a.accesses, b.accesses);
	assert_int_equal(a.places, b.places);
	assert_int_equal(a.sectors, b.sectors);
	/* It was told by the short way, which has no numbers. */
	assert_true(b.next < ACCESSES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(statistics_have_all_that_they_need),
	    cmocka_unit_test(statistic_without_usual_is_told_of_every_access_in_order),
	    cmocka_unit_test(statistic_with_usual_counts_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
