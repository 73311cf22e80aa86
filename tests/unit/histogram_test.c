/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/histogram.h"

#include "tests/unit/test.h"

#include <stdlib.h>

#define VALUES 5000

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* Of all sizes. */
static uint64_t random_value(unsigned *seed)
{
	uint64_t value = (uint64_t)rand_r(seed) << 31 | (uint64_t)rand_r(seed);

	return value >> rand_r(seed) % 62;
}

static void histogram_percentiles_are_within_a_128th(void **state)
{
	static const unsigned per_mille[] = {1, 10, 250, 500, 900, 990, 999, 1000};
	uint64_t values[VALUES];
	unsigned seed = 2010;
	struct histogram histogram = {0};

	(void)state;
	for (size_t i = 0; i < VALUES; i++) {
		values[i] = random_value(&seed);
		assert_int_equal(histogram_add(&histogram, values[i]), 0);
	}
	qsort(values, VALUES, sizeof(values[0]), compare);
	assert_int_equal(histogram.count, VALUES);
	assert_true(histogram.least == values[0] && histogram.most == values[VALUES - 1]);
	for (size_t i = 0; i < sizeof(per_mille) / sizeof(per_mille[0]); i++) {
		uint64_t exact = values[(VALUES * per_mille[i] + 999) / 1000 - 1];
		uint64_t told = histogram_at(&histogram, per_mille[i]);
		uint64_t off = told > exact ? told - exact : exact - told;

		assert_true(off <= exact / 128);
	}
	histogram_free(&histogram);
}

static void histogram_of_few_values_is_exact(void **state)
{
	struct histogram histogram = {0};

	(void)state;
	assert_true(histogram_at(&histogram, 500) == 0);
	histogram_add(&histogram, UINT64_MAX);
	assert_true(histogram_at(&histogram, 1) == UINT64_MAX);
	histogram_reset(&histogram);
	histogram_add(&histogram, 0);
	histogram_add(&histogram, 63);
	assert_true(histogram_at(&histogram, 500) == 0);
	assert_true(histogram_at(&histogram, 501) == 63);
	histogram_free(&histogram);
}

static void assert_same_bytes(const struct histogram *a, const struct histogram *b)
{
	struct text left = {0}, right = {0};

	histogram_pack(&left, a);
	histogram_pack(&right, b);
	assert_int_equal(left.n, right.n);
	assert_memory_equal(left.at, right.at, left.n);
	text_free(&left);
	text_free(&right);
}

static void histograms_of_parts_add_up_in_any_order(void **state)
{
	struct histogram whole = {0}, parts[4] = {{0}}, there = {0}, back = {0};
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < VALUES; i++) {
		uint64_t value = random_value(&seed);

		histogram_add(&whole, value);
		histogram_add(&parts[rand_r(&seed) % 3], value);
	}
	for (size_t i = 0; i < 4; i++) {
		struct text text = {0};
		struct unpack bytes;

		assert_int_equal(histogram_merge(&there, &parts[i]), 0);
		histogram_pack(&text, &parts[3 - i]);
		bytes = (struct unpack){(const uint8_t *)text.at, (const uint8_t *)text.at + text.n, false};
		assert_int_equal(histogram_unpack(&back, &bytes), 0);
		assert_true(!bytes.bad && bytes.at == bytes.end);
		text_free(&text);
	}
	assert_same_bytes(&whole, &there);
	assert_same_bytes(&whole, &back);
	for (size_t i = 0; i < 4; i++)
		histogram_free(&parts[i]);
	histogram_free(&whole);
	histogram_free(&there);
	histogram_free(&back);
}

static void histogram_bytes_that_make_no_sense_are_bad(void **state)
{
	struct histogram histogram = {0};
	struct text text = {0};
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20; i++)
		histogram_add(&histogram, (uint64_t)rand_r(&seed) % 300);
	histogram_pack(&text, &histogram);
	for (size_t i = 0; i < text.n; i++) {
		struct histogram other = {0};
		struct unpack bytes = {(const uint8_t *)text.at, (const uint8_t *)text.at + text.n, false};

		text.at[i] = (char)(text.at[i] + 1);
		histogram_unpack(&other, &bytes);
		/* The least and the most may lie anywhere in their buckets. */
		assert_true(bytes.bad || other.count == histogram.count);
		text.at[i] = (char)(text.at[i] - 1);
		histogram_free(&other);
		bytes = (struct unpack){(const uint8_t *)text.at, (const uint8_t *)text.at + i, false};
		histogram_unpack(&other, &bytes);
		assert_true(bytes.bad);
		histogram_free(&other);
	}
	text_free(&text);
	histogram_free(&histogram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(histogram_percentiles_are_within_a_128th),
	    cmocka_unit_test(histogram_of_few_values_is_exact),
	    cmocka_unit_test(histograms_of_parts_add_up_in_any_order),
	    cmocka_unit_test(histogram_bytes_that_make_no_sense_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
