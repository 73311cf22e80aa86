/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts are told one after the other, as the trace would be: accesses that may be in marks go through the
   same window as in a run over the whole; what has been counted between them is added as a whole. */
#include "parts/merge.h"

#include "base/identity.h"

#include <stdlib.h>
#include <string.h>

void merge_init(struct merge *merge)
{
	memset(merge, 0, sizeof(*merge));
	window_init(&merge->window, NULL);
}

static void free_counts(struct part_counts *counts)
{
	for (unsigned i = 0; i < STATISTICS_MAX; i++)
		free((void *)counts->of[i].at);
}

void merge_done(struct merge *merge)
{
	results_done(&merge->results);
	for (unsigned i = 0; i < merge->nasked; i++)
		statistic_unask(merge->asked[i]);
	window_done(&merge->window);
	for (size_t i = 0; i < merge->waiting.n; i++)
		free_counts(&merge->waiting.at[i]);
	VEC_FREE(&merge->waiting);
	VEC_FREE(&merge->added);
}

/* --- adding counts --- */

static int other_disk(const struct merge *merge, struct err *err)
{
	return err_set(err, "is of another disk than %.300s", merge->added.at[0].name);
}

/* Pieces that were read alone come in order; of others each counts accesses of everywhere. */
static int add_counted(const struct merge *merge, const struct counted *counted,
		       const struct part_bytes *from, struct err *err)
{
	struct unpack bytes = {.at = from->at, .end = from->at + from->n};
	int status = counted->of->unpack(counted->at, &bytes, merge->alone);

	if (status != 0)
		return status > 0 ? other_disk(merge, err) : err_nomem(err);
	if (bytes.bad || bytes.at != bytes.end)
		return err_set(err, "is damaged: its '%s' makes no sense", counted->of->name);
	return 0;
}

static int add_counts(struct merge *merge, const struct part_counts *from, struct err *err)
{
	struct results *results = &merge->results;

	results->trace.accesses += from->accesses;
	results->trace.past += from->past;
	results->trace.beyond += from->beyond;
	results->trace.elsewhere += from->elsewhere;
	for (unsigned i = 0; i < results->ncounted; i++)
		if (add_counted(merge, &results->counted[i], &from->of[i], err) != 0)
			return -1;
	return 0;
}

/* The first mark of the trace: what was counted so far lay in no window. */
static void forget(struct merge *merge)
{
	struct results *results = &merge->results;

	if (results->trace.all)
		return;
	results->trace.outside += results->trace.accesses + results->trace.past;
	results->trace.accesses = results->trace.past = results->trace.beyond = results->trace.elsewhere = 0;
	for (unsigned i = 0; i < results->ncounted; i++)
		results->counted[i].of->results_reset(results->counted[i].at);
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
		free_counts(&merge->waiting.at[i]);
	merge->waiting.n -= n;
	if (n > 0)
		memmove(merge->waiting.at, merge->waiting.at + n,
			merge->waiting.n * sizeof(*merge->waiting.at));
	return 0;
}

/* The part's bytes go with it. */
static int copy_counts(struct part_counts *copy, const struct part_counts *counts, unsigned nstatistics)
{
	*copy = *counts;
	memset(copy->of, 0, sizeof(copy->of));
	for (unsigned i = 0; i < nstatistics; i++) {
		uint8_t *at = malloc(counts->of[i].n + 1);

		if (at == NULL)
			return -1;
		memcpy(at, counts->of[i].at, counts->of[i].n);
		copy->of[i] = (struct part_bytes){at, counts->of[i].n};
	}
	return 0;
}

static int wait_for_mark(struct merge *merge, const struct part_counts *counts, struct err *err)
{
	struct part_counts copy;

	if (copy_counts(&copy, counts, merge->results.ncounted) == 0 && VEC_PUSH(&merge->waiting, copy) == 0)
		return 0;
	free_counts(&copy);
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
	if ((part->head.accesses > 0 || part->mark.list.n > 0) && add_core(merge, part, err) != 0)
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

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* A copy of a text that goes with the part. */
static int keep(struct results *results, const char **string)
{
	if (*string == NULL)
		return 0;
	*string = pool_string(&results->strings, *string);
	return *string != NULL ? 0 : -1;
}

static int keep_note(struct results *results, const char *note, bool of_trace)
{
	if (keep(results, &note) != 0)
		return -1;
	return of_trace ? VEC_PUSH(&results->trace_notes, note) : VEC_PUSH(&results->disk_notes, note);
}

static int take_about(struct results *results, const struct results *from)
{
	results->trace = from->trace;
	results->trace.accesses = results->trace.beyond = results->trace.elsewhere = results->trace.outside =
	    0;
	results->trace.marked = false;
	results->derived = from->derived;
	results->disk = from->disk;
	results->unit_sectors = from->unit_sectors;
	if (keep(results, &results->trace.file) != 0 || keep(results, &results->trace.format) != 0 ||
	    keep(results, &results->trace.event) != 0 || keep(results, &results->trace.relative_to) != 0 ||
	    keep(results, &results->trace.identity) != 0 || keep(results, &results->derived) != 0 ||
	    keep(results, &results->disk.file) != 0 || keep(results, &results->disk.identity) != 0)
		return -1;
	for (size_t i = 0; i < from->trace_notes.n; i++)
		if (keep_note(results, from->trace_notes.at[i], true) != 0)
			return -1;
	for (size_t i = 0; i < from->disk_notes.n; i++)
		if (keep_note(results, from->disk_notes.at[i], false) != 0)
			return -1;
	return 0;
}

static int take_head(struct merge *merge, const struct part *part, struct err *err)
{
	merge->alone = part->alone;
	merge->of = part->of;
	for (unsigned i = COUNTED_OWN; i < part->nstatistics; i++) {
		const struct statistic *asked = statistic_ask(statistic_question(part->statistics[i]), err);

		if (asked == NULL)
			return -1;
		merge->asked[merge->nasked++] = asked;
	}
	if (results_init(&merge->results, merge->asked, merge->nasked) != 0 ||
	    take_about(&merge->results, &part->about) != 0)
		return err_nomem(err);
	return 0;
}

static bool same_statistics(const struct results *results, const struct part *part)
{
	if (results->ncounted != part->nstatistics)
		return false;
	for (unsigned i = 0; i < results->ncounted; i++)
		if (!statistic_same(results->counted[i].of, part->statistics[i]))
			return false;
	return true;
}

/* Words of which none is the same; a disk without any may be any. */
static bool is_another(const struct results_disk *a, const struct results_disk *b)
{
	struct identity left = {.n = 0}, right = {.n = 0};

	identity_parse(&left, a->identity ? a->identity : "");
	identity_parse(&right, b->identity ? b->identity : "");
	return identity_differs(&left, &right);
}

static int hold_disk(const struct merge *merge, const struct results_disk *disk, struct err *err)
{
	const struct results_disk *first = &merge->results.disk;

	if ((first->file == NULL) != (disk->file == NULL) ||
	    (first->file != NULL && (first->sectors != disk->sectors ||
				     first->base_sectors != disk->base_sectors || is_another(first, disk))))
		return other_disk(merge, err);
	return 0;
}

static bool is_empty(const struct part *part)
{
	const struct part_counts *head = &part->head, *body = &part->body;

	return head->accesses + head->past + body->accesses + body->past + part->about.trace.outside == 0 &&
	       part->lead.list.n + part->mark.list.n + part->tail.list.n == 0;
}

/* The same bytes twice, or pieces of two traces. */
static int hold_bytes(const struct merge *merge, const struct part *part, struct err *err)
{
	for (size_t i = 0; i < merge->added.n; i++) {
		const struct merged_part *other = &merge->added.at[i];
		bool known = part->size > 0 && other->size > 0;
		bool equal = part->digest == other->digest && part->size == other->size;

		if (known && part->of == 0 && equal && !is_empty(part))
			return err_set(err, "has the same bytes as %.300s", other->name);
		if (known && part->of > 0 && !equal)
			return err_set(err, "is of another trace than %.300s", other->name);
		if (part->of > 0 && part->number == other->number)
			return err_set(err, "is piece %u of %u, and so is %.300s", part->number, part->of,
				       other->name);
	}
	return 0;
}

static int hold_against(const struct merge *merge, const struct part *part, struct err *err)
{
	const struct results *first = &merge->results, *other = &part->about;
	const char *name = merge->added.at[0].name;

	if (part->alone != merge->alone || part->of != merge->of)
		return err_set(err, "is of a piece that was cut in another way than %.300s", name);
	if (!same(first->trace.format, other->trace.format) ||
	    !same(first->trace.event, other->trace.event) ||
	    !same(first->trace.relative_to, other->trace.relative_to))
		return err_set(err, "is of another trace than %.300s", name);
	if (first->trace.all != other->trace.all || first->unit_sectors != other->unit_sectors)
		return err_set(err, "was made with other options (--all, --align) than %.300s", name);
	if (!same_statistics(first, part))
		return err_set(err, "was made with other statistics (-z) than %.300s", name);
	return hold_disk(merge, &other->disk, err) != 0 ? -1 : hold_bytes(merge, part, err);
}

/* Each warning once. */
static int take_warnings(struct results *results, const struct results *from, struct err *err)
{
	for (size_t i = 0; i < from->fit_warnings.n; i++) {
		const char *warning = from->fit_warnings.at[i];
		bool known = false;

		for (size_t j = 0; j < results->fit_warnings.n; j++)
			known |= same(results->fit_warnings.at[j], warning);
		if (!known &&
		    (keep(results, &warning) != 0 || VEC_PUSH(&results->fit_warnings, warning) != 0))
			return err_nomem(err);
	}
	return 0;
}

/* Only the piece with the beginning of the trace states the disk's size. */
static void take_size(struct results *results, const struct results *from)
{
	if (results->trace.sectors == 0)
		results->trace.sectors = from->trace.sectors;
	if (results->disk.file == NULL && from->disk.sectors > results->disk.sectors)
		results->disk = from->disk;
}

int merge_add(struct merge *merge, const struct part *part, struct err *err)
{
	if ((merge->parts++ == 0 ? take_head(merge, part, err) : hold_against(merge, part, err)) != 0)
		return -1;
	if (VEC_PUSH(&merge->added,
		     ((struct merged_part){part->name, part->digest, part->size, part->number})) != 0)
		return err_nomem(err);
	if (part->of > 0 && part->number != merge->parts)
		return err_set(err, "is piece %u of %u; piece %zu comes here", part->number, part->of,
			       merge->parts);
	take_size(&merge->results, &part->about);
	if (take_warnings(&merge->results, &part->about, err) != 0)
		return -1;
	return part->alone ? add_alone(merge, part, err) : add_share(merge, part, err);
}

int merge_finish(struct merge *merge, struct err *err)
{
	struct results *results = &merge->results;

	if (merge->parts < merge->of)
		return err_set(err, "piece %zu of %u is missing", merge->parts + 1, merge->of);
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
