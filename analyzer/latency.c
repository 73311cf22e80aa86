/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As bytes: requests without a latency (number); histograms of all ops (analyzer/histogram.c); regions (4),
   then for each device's number, kind's name, whether it has a file system and which, device, histograms of
   all ops. */
#include "analyzer/latency.h"

#include "analyzer/counter_pack.h"
#include "analyzer/usage.h"

#include <stdlib.h>
#include <string.h>

/* A state counts into results of its own: nothing in them needs the map but the names. */
struct latency {
	struct latency_results results;
	uint64_t request;
	uint64_t value; /* of the present request */
	bool has_value;
	bool short_of_memory;
};

static void latencies_free(struct latencies *latencies)
{
	for (int op = 0; op < ACCESS_OPS; op++)
		histogram_free(&latencies->op[op]);
}

static int latencies_merge(struct latencies *into, const struct latencies *from)
{
	for (int op = 0; op < ACCESS_OPS; op++)
		if (histogram_merge(&into->op[op], &from->op[op]) != 0)
			return -1;
	return 0;
}

static void results_reset(void *at)
{
	struct latency_results *results = at;

	latencies_free(&results->totals);
	for (size_t i = 0; i < results->regions.n; i++)
		latencies_free(&results->regions.at[i].latencies);
	results->regions.n = 0;
	results->without = 0;
	keys_free(&results->index);
}

static void results_done(void *at)
{
	struct latency_results *results = at;

	results_reset(results);
	VEC_FREE(&results->regions);
	pool_free(&results->strings);
}

/* The region that is like this one, without its counts; NULL without memory. */
static struct latency_region *find_region(struct latency_results *results, const struct latency_region *like)
{
	size_t *index = keys_get(&results->index, like->order);

	if (index == NULL)
		return NULL;
	if (*index == 0) {
		struct latency_region region = *like;

		memset(&region.latencies, 0, sizeof(region.latencies));
		region.seen = 0;
		if (VEC_PUSH(&results->regions, region) != 0)
			return NULL;
		*index = results->regions.n;
	}
	return &results->regions.at[*index - 1];
}

/* --- counting --- */

static int init(void *state, const struct statistic_setup *setup)
{
	(void)state;
	(void)setup;
	return 0;
}

static void done(void *state)
{
	struct latency *latency = state;

	results_done(&latency->results);
}

static void count_access(void *state, const struct access *access, uint64_t number)
{
	struct latency *latency = state;

	(void)number;
	latency->request++;
	latency->has_value = access->latency_ns != ACCESS_NO_LATENCY;
	if (!latency->has_value) {
		latency->results.without++;
		return;
	}
	/* Clocks that differ may make one negative. */
	latency->value = access->latency_ns > 0 ? (uint64_t)access->latency_ns : 0;
	if (histogram_add(&latency->results.totals.op[access->op], latency->value) != 0)
		latency->short_of_memory = true;
}

static void count_place(void *state, const struct access *access, const struct place *place)
{
	struct latency *latency = state;
	struct latency_region like, *region;

	if (!latency->has_value)
		return;
	like = (struct latency_region){
	    .device = place->space->serves->name, .fs = usage_place_fs(place), .kind = place->kind};
	like.order = usage_region_key(place->space->serves, place->kind, like.fs != NULL);
	region = find_region(&latency->results, &like);
	if (region != NULL && region->seen == latency->request)
		return;
	if (region == NULL || histogram_add(&region->latencies.op[access->op], latency->value) != 0) {
		latency->short_of_memory = true;
		return;
	}
	region->seen = latency->request;
}

static int add_results(struct latency_results *into, const struct latency_results *from)
{
	into->without += from->without;
	if (latencies_merge(&into->totals, &from->totals) != 0)
		return -1;
	for (size_t i = 0; i < from->regions.n; i++) {
		struct latency_region *region = find_region(into, &from->regions.at[i]);

		if (region == NULL ||
		    latencies_merge(&region->latencies, &from->regions.at[i].latencies) != 0)
			return -1;
	}
	return 0;
}

static void merge(void *state, void *other)
{
	struct latency *into = state, *from = other;

	if (add_results(&into->results, &from->results) != 0)
		into->short_of_memory = true;
	into->short_of_memory |= from->short_of_memory;
}

static void reset(void *state)
{
	struct latency *latency = state;

	results_reset(&latency->results);
}

static int compare_regions(const void *left, const void *right)
{
	const struct latency_region *a = left, *b = right;

	return a->order < b->order ? -1 : a->order > b->order;
}

static int sort(void *at)
{
	struct latency_results *results = at;

	if (results->regions.n > 0)
		qsort(results->regions.at, results->regions.n, sizeof(*results->regions.at), compare_regions);
	keys_free(&results->index); /* of the order before */
	return 0;
}

static int finish(void *state)
{
	struct latency *latency = state;

	return latency->short_of_memory ? -1 : 0;
}

/* --- results --- */

/* Names of devices and file systems are the map's, and outlive the results. */
static int take(void *results, const void *state, const struct statistic_setup *setup)
{
	const struct latency *latency = state;

	(void)setup;
	return add_results(results, &latency->results) == 0 ? sort(results) : -1;
}

static void pack_latencies(struct text *out, const struct latencies *latencies)
{
	for (int op = 0; op < ACCESS_OPS; op++)
		histogram_pack(out, &latencies->op[op]);
}

static void pack(struct text *out, const void *at)
{
	const struct latency_results *results = at;

	pack_number(out, results->without);
	pack_latencies(out, &results->totals);
	pack_u32(out, (uint32_t)results->regions.n);
	for (size_t i = 0; i < results->regions.n; i++) {
		const struct latency_region *region = &results->regions.at[i];

		pack_number(out, usage_region_device(region->order));
		pack_str(out, kind_name(region->kind));
		pack_optional(out, region->fs);
		pack_str(out, region->device);
		pack_latencies(out, &region->latencies);
	}
}

static int unpack_latencies(struct latencies *latencies, struct unpack *bytes)
{
	for (int op = 0; op < ACCESS_OPS; op++)
		if (histogram_unpack(&latencies->op[op], bytes) != 0)
			return -1;
	return 0;
}

static int unpack_region(struct latency_results *results, struct unpack *bytes)
{
	uint64_t device = unpack_number(bytes);
	struct latency_region like = {.kind = unpack_kind(bytes)}, *region;

	if (unpack_optional(bytes, &results->strings, &like.fs) != 0 ||
	    unpack_pooled(bytes, &results->strings, &like.device) != 0)
		return -1;
	if (device > UINT32_MAX)
		bytes->bad = true;
	if (bytes->bad)
		return 0;
	like.order = usage_region_number(device, like.kind, like.fs != NULL);
	region = find_region(results, &like);
	if (region == NULL)
		return -1;
	if (strcmp(region->device, like.device) != 0)
		return 1;
	return unpack_latencies(&region->latencies, bytes);
}

static int unpack(void *at, struct unpack *bytes, bool behind)
{
	struct latency_results *results = at;
	uint32_t n;
	int status = 0;

	(void)behind;
	results->without += unpack_number(bytes);
	if (unpack_latencies(&results->totals, bytes) != 0)
		return -1;
	n = unpack_count(bytes, 15);
	for (uint32_t i = 0; i < n && status == 0 && !bytes->bad; i++)
		status = unpack_region(results, bytes);
	return status;
}

const struct statistic statistic_latency = {
    .name = "latency",
    .help = "how long requests took, by region and op: percentiles",
    .needs = NEEDS_LATENCY,
    .state_size = sizeof(struct latency),
    .init = init,
    .done = done,
    .access = count_access,
    .place = count_place,
    .merge = merge,
    .reset = reset,
    .finish = finish,
    .results_size = sizeof(struct latency_results),
    .take = take,
    .results_done = results_done,
    .pack = pack,
    .unpack = unpack,
    .results_reset = results_reset,
    .sort = sort,
};
