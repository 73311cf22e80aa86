/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/heat.h"

#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 5

/* --- random traces --- */

struct kind_of_trace {
	const char *what;
	size_t accesses;
	uint64_t disk;  /* sectors */
	uint64_t large; /* one access of so many is up to the whole disk; 0 for none */
	unsigned timed; /* of 100 accesses so many have a time */
	bool disordered;
};

static const struct kind_of_trace kinds[] = {
    {"few on a small disk", 40, 2000, 10, 0, false},
    {"many on a small disk", 20000, 5000, 100, 100, false},
    {"more than are kept one by one", 90000, 1u << 20, 1000, 0, false},
    {"more than there are bins", 300000, (uint64_t)1 << 31, 0, 100, true},
    {"many and large", 150000, (uint64_t)1 << 40, 3, 50, true},
    {"as far as sectors go", 3000, ACCESS_SECTORS_MAX, 2, 90, true},
};

static uint64_t random64(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static struct access random_access(uint64_t *state, const struct kind_of_trace *kind, size_t serial)
{
	struct access access = access_blank();
	uint64_t most = kind->large > 0 && random64(state) % kind->large == 0 ? kind->disk : 64;

	access.op = (uint8_t)(random64(state) % ACCESS_OPS);
	if (access.op != ACCESS_FLUSH) {
		access.start = random64(state) % kind->disk;
		access.count = 1 + random64(state) % most;
		if (access.count > kind->disk - access.start)
			access.count = kind->disk - access.start;
	}
	if (random64(state) % 100 < kind->timed)
		access.time_ns = kind->disordered ? (int64_t)(random64(state) >> 3) - INT64_MAX / 8
						  : (int64_t)serial * 1000 + 77;
	return access;
}

static struct access *random_trace(const struct kind_of_trace *kind, uint64_t seed)
{
	struct access *trace = malloc(kind->accesses * sizeof(*trace));

	assert_non_null(trace);
	for (size_t i = 0; i < kind->accesses; i++)
		trace[i] = random_access(&seed, kind, i);
	return trace;
}

/* --- dealing out --- */

static void feed_whole(struct heat *heat, const struct access *trace, size_t n)
{
	heat_init(heat, 8);
	for (size_t i = 0; i < n; i++)
		heat_access(heat, &trace[i], i);
	heat_finish(heat);
}

/* Stretches of the trace go to heats that are chosen by chance, then the heats are merged in some order. */
static void feed_in_parts(struct heat *into, const struct access *trace, size_t n, uint64_t *state)
{
	struct heat heats[PARTS_MAX];
	unsigned parts = 1 + random64(state) % PARTS_MAX, first = random64(state) % parts;
	size_t stretch = 1 + random64(state) % (n / 10 + 2);

	for (unsigned i = 0; i < parts; i++)
		heat_init(&heats[i], 8);
	for (size_t start = 0; start < n; start += stretch) {
		struct heat *heat = &heats[random64(state) % parts];

		for (size_t i = 0; i < stretch && start + i < n; i++)
			heat_access(heat, &trace[start + i], start + i);
	}
	*into = heats[first];
	for (unsigned i = 1; i < parts; i++) {
		heat_merge(into, &heats[(first + i) % parts]);
		heat_done(&heats[(first + i) % parts]);
	}
	heat_finish(into);
}

/* One access a heat's turn, so that serials come in no order at all. */
static void feed_backwards(struct heat *into, const struct access *trace, size_t n)
{
	heat_init(into, 8);
	for (size_t i = n; i-- > 0;)
		heat_access(into, &trace[i], i);
	heat_finish(into);
}

static void assert_same_table(const struct heat_table *a, const struct heat_table *b)
{
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->at, b->at, a->n * sizeof(*a->at));
}

static void assert_same(const struct heat *a, const struct heat *b)
{
	assert_false(a->short_of_memory || b->short_of_memory);
	assert_int_equal(a->accesses, b->accesses);
	assert_int_equal(a->flushes, b->flushes);
	assert_int_equal(a->bin_shift, b->bin_shift);
	assert_int_equal(a->place_shift, b->place_shift);
	assert_int_equal(a->time_shift, b->time_shift);
	assert_int_equal(a->time_skew, b->time_skew);
	assert_int_equal(a->has_time, b->has_time);
	assert_int_equal(a->first_ns, b->first_ns);
	assert_int_equal(a->last, b->last);
	assert_same_table(&a->bins, &b->bins);
	assert_same_table(&a->tiles, &b->tiles);
	assert_int_equal(a->kept.n, b->kept.n);
	for (size_t i = 0; i < a->kept.n; i++) {
		assert_int_equal(a->kept.at[i].when, b->kept.at[i].when);
		assert_int_equal(a->kept.at[i].serial, i);
		assert_int_equal(b->kept.at[i].serial, i);
		assert_memory_equal(&a->kept.at[i].access, &b->kept.at[i].access, sizeof(struct access));
	}
}

static void heat_does_not_hang_on_order_or_cutting(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (uint64_t seed = 1; seed <= (kinds[k].accesses > 30000 ? 1 : 10); seed++) {
			uint64_t chance = seed * 977;
			struct access *trace = random_trace(&kinds[k], seed);
			struct heat whole, other;

			feed_whole(&whole, trace, kinds[k].accesses);
			feed_in_parts(&other, trace, kinds[k].accesses, &chance);
			assert_same(&whole, &other);
			heat_done(&other);
			feed_backwards(&other, trace, kinds[k].accesses);
			assert_same(&whole, &other);
			heat_done(&other);
			heat_done(&whole);
			free(trace);
		}
}

/* --- against counting one by one --- */

#define SMALL_DISK 3000

struct plain {
	uint64_t sectors[SMALL_DISK][HEAT_CLASSES], starts[SMALL_DISK][HEAT_CLASSES];
};

static void bins_are_what_counting_sector_by_sector_finds(void **state)
{
	static const struct kind_of_trace kind = {"", 5000, SMALL_DISK, 20, 0, false};
	struct access *trace = random_trace(&kind, 5);
	struct plain *plain = calloc(1, sizeof(*plain));
	struct heat heat;
	size_t touched = 0;

	(void)state;
	assert_non_null(plain);
	feed_whole(&heat, trace, kind.accesses);
	for (size_t i = 0; i < kind.accesses; i++) {
		unsigned class = heat_class((enum access_op)trace[i].op, access_is_unaligned(&trace[i], 8));

		for (uint64_t at = trace[i].start; at < trace[i].start + trace[i].count; at++) {
			touched += plain->sectors[at][class] == 0;
			plain->sectors[at][class]++;
			plain->starts[at][class] += at == trace[i].start;
		}
	}
	assert_int_equal(heat.bin_shift, 0);
	assert_int_equal(heat.bins.n, touched);
	for (size_t i = 0; i < heat.bins.n; i++) {
		const struct heat_cell *bin = &heat.bins.at[i];
		uint64_t at = heat_bin_start(&heat, bin);

		assert_true(i == 0 || bin[-1].key < bin->key);
		assert_int_equal(bin->sectors, plain->sectors[at][heat_cell_class(bin)]);
		assert_int_equal(bin->requests, plain->starts[at][heat_cell_class(bin)]);
	}
	heat_done(&heat);
	free(plain);
	free(trace);
}

/* What is summed up over time is what the bins have, joined to the tiles' places. */
static void tiles_add_up_to_bins(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct access *trace = random_trace(&kinds[k], 11);
		struct heat heat;
		size_t tile = 0, times = 0;

		feed_whole(&heat, trace, kinds[k].accesses);
		assert_true(heat.bins.n <= HEAT_BINS_MAX && heat.place_shift >= heat.bin_shift);
		for (unsigned class = 0; class < HEAT_CLASSES; class ++) {
			uint64_t bins = 0, bin_starts = 0, tiles = 0, tile_starts = 0;

			for (size_t i = 0; i < heat.bins.n; i++)
				if (heat_cell_class(&heat.bins.at[i]) == class) {
					bins += heat.bins.at[i].sectors;
					bin_starts += heat.bins.at[i].requests;
				}
			for (size_t i = 0; i < heat.tiles.n; i++)
				if (heat_tile_class(&heat.tiles.at[i]) == class) {
					tiles += heat.tiles.at[i].sectors;
					tile_starts += heat.tiles.at[i].requests;
					times = heat_tile_when(&heat, &heat.tiles.at[i]) <= heat.last
						    ? times + 1
						    : 0;
				}
			assert_int_equal(bins, tiles);
			assert_int_equal(bin_starts, tile_starts);
		}
		for (tile = 1; tile < heat.tiles.n; tile++)
			assert_true(heat.tiles.at[tile - 1].key < heat.tiles.at[tile].key);
		assert_int_equal(times, heat.tiles.n);
		heat_done(&heat);
		free(trace);
	}
}

/* One bin more than the limit, and every second sector is joined with nothing. */
static void bins_are_joined_when_there_are_too_many(void **state)
{
	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		struct heat heat;

		heat_init(&heat, 8);
		for (size_t i = 0; i < HEAT_BINS_MAX + extra; i++) {
			struct access access = access_blank();

			access.start = 2 * i;
			access.count = 1;
			heat_access(&heat, &access, i);
		}
		heat_finish(&heat);
		assert_int_equal(heat.bin_shift, 2 * extra);
		assert_int_equal(heat.bins.n, extra ? HEAT_BINS_MAX / 2 + 1 : HEAT_BINS_MAX);
		heat_done(&heat);
	}
}

static struct access at_time(int64_t time_ns)
{
	struct access access = access_blank();

	access.count = 8;
	access.time_ns = time_ns;
	return access;
}

static void accesses_without_a_time_are_when_the_one_before_was(void **state)
{
	struct access trace[] = {at_time(ACCESS_NO_TIME), at_time(500), at_time(ACCESS_NO_TIME),
				 at_time(-20)};
	uint64_t when[] = {0, 520, 520, 0};
	struct heat heat;

	(void)state;
	feed_whole(&heat, trace, 4);
	assert_true(heat.has_time);
	assert_int_equal(heat.first_ns, -20);
	assert_int_equal(heat.last, 520);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(heat.kept.at[i].when, when[i]);
	heat_done(&heat);
}

static void heat_of_nothing_is_empty(void **state)
{
	struct access flush = access_blank();
	struct heat heat, other;

	(void)state;
	flush.op = ACCESS_FLUSH;
	feed_whole(&heat, &flush, 0);
	assert_int_equal(heat.bins.n + heat.tiles.n + heat.kept.n, 0);
	heat_done(&heat);
	heat_init(&heat, 8);
	heat_init(&other, 8);
	heat_access(&other, &flush, 0);
	heat_merge(&heat, &other);
	heat_merge(&heat, &other);
	heat_done(&other);
	heat_finish(&heat);
	assert_int_equal(heat.flushes, 1);
	assert_int_equal(heat.kept.n, 1);
	assert_int_equal(heat.bins.n, 0);
	heat_done(&heat);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(heat_does_not_hang_on_order_or_cutting),
	    cmocka_unit_test(bins_are_what_counting_sector_by_sector_finds),
	    cmocka_unit_test(tiles_add_up_to_bins),
	    cmocka_unit_test(bins_are_joined_when_there_are_too_many),
	    cmocka_unit_test(accesses_without_a_time_are_when_the_one_before_was),
	    cmocka_unit_test(heat_of_nothing_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
