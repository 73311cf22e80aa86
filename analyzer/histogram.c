/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As bytes: values (number); where there are any the least, the most, the first bucket, how many buckets
   (numbers), and the count of each (numbers). */
#include "analyzer/histogram.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH (UINT32_C(1) << HISTOGRAM_BITS)
#define BUCKETS ((64 - HISTOGRAM_BITS + 1) * WIDTH)

static uint32_t bucket_of(uint64_t value)
{
	unsigned shift;

	if (value < WIDTH)
		return (uint32_t)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_BITS;
	return (shift + 1) * WIDTH + (uint32_t)(value >> shift) - WIDTH;
}

static uint64_t bucket_middle(uint32_t bucket)
{
	unsigned shift = bucket < WIDTH ? 0 : bucket / WIDTH - 1;
	uint64_t first = bucket < WIDTH ? bucket : (uint64_t)(WIDTH + bucket % WIDTH) << shift;

	return first + (shift > 0 ? (UINT64_C(1) << (shift - 1)) : 0);
}

void histogram_free(struct histogram *histogram)
{
	free(histogram->at);
	memset(histogram, 0, sizeof(*histogram));
}

void histogram_reset(struct histogram *histogram)
{
	if (histogram->n > 0)
		memset(histogram->at, 0, histogram->n * sizeof(*histogram->at));
	histogram->count = 0;
}

/* Room for these buckets, with some to spare at the side that grows. */
static int reach(struct histogram *histogram, uint32_t from, uint32_t to)
{
	uint32_t first = histogram->first, end = first + histogram->n;
	uint64_t *at;

	if (histogram->n > 0 && from >= first && to <= end)
		return 0;
	if (histogram->n == 0)
		first = end = from;
	if (from < first)
		first = from > WIDTH / 2 ? from - WIDTH / 2 : 0;
	if (to > end)
		end = to + WIDTH / 2 < BUCKETS ? to + WIDTH / 2 : BUCKETS;
	at = calloc(end - first, sizeof(*at));
	if (at == NULL)
		return -1;
	if (histogram->n > 0)
		memcpy(at + (histogram->first - first), histogram->at, histogram->n * sizeof(*at));
	free(histogram->at);
	histogram->at = at;
	histogram->first = first;
	histogram->n = end - first;
	return 0;
}

static void stretch(struct histogram *histogram, uint64_t least, uint64_t most)
{
	if (histogram->count == 0 || least < histogram->least)
		histogram->least = least;
	if (histogram->count == 0 || most > histogram->most)
		histogram->most = most;
}

int histogram_add(struct histogram *histogram, uint64_t value)
{
	uint32_t bucket = bucket_of(value);

	if (reach(histogram, bucket, bucket + 1) != 0)
		return -1;
	stretch(histogram, value, value);
	histogram->count++;
	histogram->at[bucket - histogram->first]++;
	return 0;
}

/* The buckets between the least and the most value. */
static void used(const struct histogram *histogram, uint32_t *from, uint32_t *to)
{
	*from = bucket_of(histogram->least);
	*to = bucket_of(histogram->most) + 1;
}

int histogram_merge(struct histogram *into, const struct histogram *from)
{
	uint32_t first, end;

	if (from->count == 0)
		return 0;
	used(from, &first, &end);
	if (reach(into, first, end) != 0)
		return -1;
	stretch(into, from->least, from->most);
	into->count += from->count;
	for (uint32_t bucket = first; bucket < end; bucket++)
		into->at[bucket - into->first] += from->at[bucket - from->first];
	return 0;
}

uint64_t histogram_at(const struct histogram *histogram, unsigned per_mille)
{
	/* The rank of the value, from 1; counts have far fewer than 54 bits. */
	uint64_t rank = (histogram->count * per_mille + 999) / 1000, seen = 0, value;
	uint32_t bucket, end;

	if (histogram->count == 0)
		return 0;
	used(histogram, &bucket, &end);
	for (; bucket + 1 < end; bucket++) {
		seen += histogram->at[bucket - histogram->first];
		if (seen >= rank)
			break;
	}
	value = bucket_middle(bucket);
	if (value < histogram->least)
		return histogram->least;
	return value < histogram->most ? value : histogram->most;
}

void histogram_pack(struct text *out, const struct histogram *histogram)
{
	uint32_t first, end;

	pack_number(out, histogram->count);
	if (histogram->count == 0)
		return;
	used(histogram, &first, &end);
	pack_number(out, histogram->least);
	pack_number(out, histogram->most);
	pack_number(out, first);
	pack_number(out, end - first);
	for (uint32_t bucket = first; bucket < end; bucket++)
		pack_number(out, histogram->at[bucket - histogram->first]);
}

static int unpack_buckets(struct histogram *histogram, struct unpack *bytes, uint64_t count)
{
	uint64_t least = unpack_number(bytes), most = unpack_number(bytes), sum = 0;
	uint64_t first = unpack_number(bytes), n = unpack_number(bytes);

	if (least > most || first != bucket_of(least) || n != bucket_of(most) + 1 - first)
		bytes->bad = true;
	if (bytes->bad)
		return 0;
	if (reach(histogram, (uint32_t)first, (uint32_t)(first + n)) != 0)
		return -1;
	stretch(histogram, least, most);
	for (uint32_t i = 0; i < n && !bytes->bad; i++) {
		uint64_t some = unpack_number(bytes);

		sum += some;
		histogram->at[first - histogram->first + i] += some;
	}
	if (sum != count)
		bytes->bad = true;
	histogram->count += count;
	return 0;
}

int histogram_unpack(struct histogram *histogram, struct unpack *bytes)
{
	uint64_t count = unpack_number(bytes);

	return count == 0 || bytes->bad ? 0 : unpack_buckets(histogram, bytes, count);
}
