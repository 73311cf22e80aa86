/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts are told one after the other, as the trace would be: accesses that may be in marks go through the
   same window as in a run over the whole; what has been counted between them is added as a whole. */
#include "parts/merge.h"

#include "parts/about.h"
#include "parts/counts.h"

#include <string.h>

void merge_init(struct merge *merge)
{
	memset(merge, 0, sizeof(*merge));
	window_init(&merge->window, NULL);
}

void merge_done(struct merge *merge)
{
	results_done(&merge->results);
	for (unsigned i = 0; i < merge->nasked; i++)
		statistic_unask(merge->asked[i]);
	window_done(&merge->window);
	for (size_t i = 0; i < merge->waiting.n; i++)
		counts_free(&merge->waiting.at[i]);
	VEC_FREE(&merge->waiting);
}

/* Pieces that were read alone come in order; of others each counts accesses of everywhere. */
static int add_counts(struct merge *merge, const struct part_counts *from, struct err *err)
{
	return counts_add(&merge->results, from, merge->alone, merge->first, err);
}

/* The first mark of the trace: what was counted so far lay in no window. */
static void forget(struct merge *merge)
{
	struct results *results = &merge->results;

	if (results->trace.all)
		return;
	results->trace.outside += results->trace.accesses + results->trace.past;
	counts_forget(results);
}

/* --- marks --- */

static int add_in_window(struct merge *merge, enum access_window window, const struct part_counts *counts,
			 struct err *err)
{
	if (window != WINDOW_UNMARKED && !merge->results.trace.marked) {
		merge->results.trace.marked = true;
		forget(merge);
	}
	if (window <= WINDOW_INSIDE || (window == WINDOW_OUTSIDE && merge->results.trace.all))
		return add_counts(merge, counts, err);
	merge->results.trace.outside += counts->accesses + counts->past;
	return 0;
}

/* Adds the accesses that are decided by now. */
static int add_decided(struct merge *merge, struct err *err)
{
	struct access access;
	size_t n = 0;

	for (; window_take(&merge->window, &access, 1) == 1; n++)
		if (add_in_window(merge, (enum access_window)access.window, &merge->waiting.at[n], err) != 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		counts_free(&merge->waiting.at[i]);
	merge->waiting.n -= n;
	if (n > 0)
		memmove(merge->waiting.at, merge->waiting.at + n,
			merge->waiting.n * sizeof(*merge->waiting.at));
	return 0;
}

static int wait_for_mark(struct merge *merge, const struct part_counts *counts, struct err *err)
{
	struct part_counts copy;

	if (counts_copy(&copy, counts, merge->results.ncounted) == 0) {
		if (VEC_PUSH(&merge->waiting, copy) == 0)
			return 0;
		counts_free(&copy);
	}
	return err_nomem(err);
}

static int tell(struct merge *merge, const struct part_atoms *atoms, struct err *err)
{
	for (size_t i = 0; i < atoms->list.n; i++) {
		const struct part_atom *atom = &atoms->list.at[i];

		if (wait_for_mark(merge, &atom->counts, err) != 0)
			return -1;
		if (window_put(&merge->window, &atom->access, 1, err) != 0 || add_decided(merge, err) != 0)
			return -1;
	}
	return 0;
}

/* What the piece says from its first access on that is surely in no mark. */
static int add_core(struct merge *merge, const struct part *part, struct err *err)
{
	struct window *window = &merge->window;

	window_break(window);
	if (add_decided(merge, err) != 0 ||
	    add_in_window(merge, window_state(window), &part->head, err) != 0 ||
	    tell(merge, &part->mark, err) != 0)
		return -1;
	if (!part->about.trace.marked)
		return 0;
	window->on = part->on;
	window->windows += part->about.trace.windows;
	window->stray_ons += part->about.trace.stray_ons;
	window->stray_offs += part->about.trace.stray_offs;
	merge->results.trace.outside += part->about.trace.outside;
	return add_counts(merge, &part->body, err);
}

static int add_alone(struct merge *merge, const struct part *part, struct err *err)
{
	if (tell(merge, &part->lead, err) != 0)
		return -1;
	/* A piece of nothing but accesses that may be in marks has no core. */
	if ((part->head.accesses + part->head.past > 0 || part->mark.list.n > 0) &&
	    add_core(merge, part, err) != 0)
		return -1;
	return tell(merge, &part->tail, err);
}

static int add_share(struct merge *merge, const struct part *part, struct err *err)
{
	merge->results.trace.marked |= part->about.trace.marked;
	merge->window.windows += part->about.trace.windows;
	merge->window.stray_ons += part->about.trace.stray_ons;
	merge->window.stray_offs += part->about.trace.stray_offs;
	merge->results.trace.outside += part->about.trace.outside;
	return add_counts(merge, &part->body, err);
}

/* --- parts --- */

static int take_head(struct merge *merge, const struct part *part, struct err *err)
{
	merge->alone = part->alone;
	merge->first = part->name;
	for (unsigned i = COUNTED_OWN; i < part->nstatistics; i++) {
		const struct statistic *asked = statistic_ask(statistic_question(part->statistics[i]), err);

		if (asked == NULL)
			return -1;
		merge->asked[merge->nasked++] = asked;
	}
	if (results_init(&merge->results, merge->asked, merge->nasked) != 0 ||
	    about_take(&merge->results, &part->about) != 0)
		return err_nomem(err);
	return 0;
}

int merge_add(struct merge *merge, const struct part *part, struct err *err)
{
	if (merge->first == NULL && take_head(merge, part, err) != 0)
		return -1;
	if (about_add(&merge->results, &part->about) != 0)
		return err_nomem(err);
	return part->alone ? add_alone(merge, part, err) : add_share(merge, part, err);
}

int merge_finish(struct merge *merge, struct err *err)
{
	struct results *results = &merge->results;

	window_end(&merge->window);
	if (add_decided(merge, err) != 0)
		return -1;
	results->trace.windows = merge->window.windows;
	results->trace.stray_ons = merge->window.stray_ons;
	results->trace.stray_offs = merge->window.stray_offs;
	results->trace.marked |= merge->window.marked;
	for (unsigned i = 0; i < results->ncounted; i++)
		if (results->counted[i].of->sort(results->counted[i].at) != 0)
			return err_nomem(err);
	return results_make_notes(results, err);
}
