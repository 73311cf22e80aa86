/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting for assertions, each with a filter of its own. */
#include "analyzer/assertion.h"

#include "base/size.h"

#include <string.h>

static int init(void *at, const struct statistic_setup *setup)
{
	const struct assertions *asked = (const struct assertions *)setup->asked;
	struct assertion_state *state = at;

	state->unit_sectors = setup->unit_sectors;
	for (; state->n < asked->n; state->n++) {
		struct assertion_count *count = &state->at[state->n];

		count->of = &asked->at[state->n];
		if (filter_run_init(&count->run, count->of->filter, setup->trace, setup->map,
				    setup->unit_sectors) != 0) {
			filter_run_done(&count->run);
			return -1;
		}
	}
	return 0;
}

static void done(void *at)
{
	struct assertion_state *state = at;

	for (unsigned i = 0; i < state->n; i++) {
		filter_run_done(&state->at[i].run);
		histogram_free(&state->at[i].latency);
	}
	state->n = 0;
}

static void count_request(struct assertion_state *state, struct assertion_count *count)
{
	const struct access *access = count->run.piece->access;

	if (count->counted)
		return;
	count->counted = true;
	count->requests++;
	if (access->latency_ns != ACCESS_NO_LATENCY && access->latency_ns >= 0 &&
	    histogram_add(&count->latency, (uint64_t)access->latency_ns) != 0)
		state->short_of_memory = true;
}

static void begin_access(void *at, const struct access *access, uint64_t number)
{
	struct assertion_state *state = at;
	bool off = access->op != ACCESS_FLUSH && access_is_unaligned(access, state->unit_sectors);

	for (unsigned i = 0; i < state->n; i++) {
		struct assertion_count *count = &state->at[i];

		count->counted = false;
		count->in_share = !count->of->is_share || (count->of->ops >> access->op & 1) != 0;
		count->all_requests += count->in_share;
		filter_accesses(&count->run, &access, 1, number, &count->verdict);
		piece_set_access(count->run.piece, access, number, off);
		if (access->count == 0 && count->in_share && filter_piece(&count->run, count->verdict))
			count_request(state, count);
	}
}

static void count_place(void *at, const struct access *access, const struct place *place)
{
	struct assertion_state *state = at;

	(void)access;
	for (unsigned i = 0; i < state->n; i++) {
		struct assertion_count *count = &state->at[i];

		if (!count->in_share)
			continue;
		count->all_bytes += place->count << SECTOR_SHIFT;
		piece_set_place(count->run.piece, place);
		if (!filter_piece(&count->run, count->verdict))
			continue;
		count->bytes += place->count << SECTOR_SHIFT;
		count_request(state, count);
	}
}

static void merge(void *at, void *other)
{
	struct assertion_state *into = at, *from = other;

	for (unsigned i = 0; i < into->n; i++) {
		struct assertion_count *a = &into->at[i], *b = &from->at[i];

		a->requests += b->requests;
		a->bytes += b->bytes;
		a->all_requests += b->all_requests;
		a->all_bytes += b->all_bytes;
		a->run.gave_up |= b->run.gave_up;
		into->short_of_memory |= histogram_merge(&a->latency, &b->latency) != 0;
	}
	into->short_of_memory |= from->short_of_memory;
}

static void reset(void *at)
{
	struct assertion_state *state = at;

	for (unsigned i = 0; i < state->n; i++) {
		struct assertion_count *count = &state->at[i];

		count->requests = count->bytes = count->all_requests = count->all_bytes = 0;
		histogram_reset(&count->latency);
	}
}

static int finish(void *at)
{
	const struct assertion_state *state = at;

	return state->short_of_memory ? -1 : 0;
}

void assertions_init(struct assertions *assertions, const struct assertion *at, unsigned n)
{
	*assertions = (struct assertions){
	    .statistic = {.name = "assertions",
			  .help = "figures that must hold",
			  .state_size = sizeof(struct assertion_state),
			  .init = init,
			  .done = done,
			  .access = begin_access,
			  .place = count_place,
			  .merge = merge,
			  .reset = reset,
			  .finish = finish},
	    .at = at,
	    .n = n,
	};
}

/* --- what comes of it --- */

#define PERCENT 1000000

/* Nothing of nothing is no share of it. */
static int64_t share_of(uint64_t part, uint64_t whole)
{
	return whole == 0 ? 0 : (int64_t)((unsigned __int128)part * 100 * PERCENT / whole);
}

bool assertion_figure(const struct assertion_count *count, int64_t *figure)
{
	static const unsigned per_mille[FIGURES] = {
	    [FIGURE_P50] = 500, [FIGURE_P90] = 900, [FIGURE_P99] = 990, [FIGURE_MAX] = 1000};

	switch (count->of->figure) {
	case FIGURE_REQUESTS:
		*figure = count->of->is_share ? share_of(count->requests, count->all_requests)
					      : (int64_t)count->requests;
		return true;
	case FIGURE_BYTES:
		*figure =
		    count->of->is_share ? share_of(count->bytes, count->all_bytes) : (int64_t)count->bytes;
		return true;
	default:
		*figure = (int64_t)histogram_at(&count->latency, per_mille[count->of->figure]);
		return count->latency.count > 0;
	}
}

/* A share that is rounded down may be equal to the value without being it. */
static int compare_share(const struct assertion_count *count)
{
	bool bytes = count->of->figure == FIGURE_BYTES;
	unsigned __int128 part = bytes ? count->bytes : count->requests;
	unsigned __int128 whole = bytes ? count->all_bytes : count->all_requests;

	part *= 100u * PERCENT;
	whole *= (uint64_t)count->of->value;
	return whole == 0 && count->of->value != 0 ? -1 : (part > whole) - (part < whole);
}

bool assertion_holds(const struct assertion_count *count)
{
	int64_t value = count->of->value, figure;
	int sign;

	if (!assertion_figure(count, &figure))
		return false;
	sign = count->of->is_share ? compare_share(count) : (figure > value) - (figure < value);
	switch (count->of->sign) {
	case SIGN_EQUAL:
		return sign == 0;
	case SIGN_UNEQUAL:
		return sign != 0;
	case SIGN_AT_MOST:
		return sign <= 0;
	case SIGN_AT_LEAST:
		return sign >= 0;
	case SIGN_LESS:
		return sign < 0;
	default:
		return sign > 0;
	}
}
