/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts are told one after the other, as the trace would be: accesses that may be in marks go through the
   same window as in a run over the whole; what has been counted between them is added as a whole. */
#include "parts/merge.h"

#include "analyzer/file_order.h"
#include "base/identity.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 4096

void merge_init(struct merge *merge)
{
	memset(merge, 0, sizeof(*merge));
	window_init(&merge->window, NULL);
}

void merge_done(struct merge *merge)
{
	report_done(&merge->report);
	window_done(&merge->window);
	VEC_FREE(&merge->waiting);
	VEC_FREE(&merge->added);
	keys_free(&merge->regions);
	keys_free(&merge->files);
	keys_free(&merge->devices);
	for (size_t i = 0; i < merge->blocks.n; i++)
		free(merge->blocks.at[i]);
	VEC_FREE(&merge->blocks);
}

/* --- adding counts --- */

static int other_disk(const struct merge *merge, struct err *err)
{
	return err_set(err, "is of another disk than %.300s", merge->added.at[0]->name);
}

static int add_region(struct merge *merge, const struct report_region *from, struct err *err)
{
	struct report *report = &merge->report;
	size_t *index = keys_get(&merge->regions, from->order);
	struct report_region *into;

	if (index == NULL)
		return err_nomem(err);
	if (*index == 0) {
		if (VEC_PUSH(&report->regions, *from) != 0)
			return err_nomem(err);
		*index = report->regions.n;
		return 0;
	}
	into = &report->regions.at[*index - 1];
	if (strcmp(into->device, from->device) != 0 || into->kind != from->kind)
		return other_disk(merge, err);
	counters_merge(&into->counters, &from->counters);
	return 0;
}

static struct counters *new_counters(struct merge *merge)
{
	struct counters *block;

	if (merge->blocks.n == 0 || merge->used == BLOCK) {
		block = malloc(BLOCK * sizeof(*block));
		if (block == NULL || VEC_PUSH(&merge->blocks, block) != 0) {
			free(block);
			return NULL;
		}
		merge->used = 0;
	}
	return &merge->blocks.at[merge->blocks.n - 1][merge->used++];
}

static int add_file(struct merge *merge, const struct report_file *from, struct err *err)
{
	struct report *report = &merge->report;
	size_t *index = keys_get(&merge->files, file_key(from->order, from->inode));
	struct report_file file = *from;
	struct counters *counters;

	if (index == NULL)
		return err_nomem(err);
	if (*index != 0) {
		if (strcmp(report->files.at[*index - 1].path, from->path) != 0)
			return other_disk(merge, err);
		counters = (struct counters *)report->files.at[*index - 1].counters;
		counters_merge(counters, from->counters);
		return 0;
	}
	counters = new_counters(merge);
	if (counters == NULL)
		return err_nomem(err);
	*counters = *from->counters;
	file.counters = counters;
	if (VEC_PUSH(&report->files, file) != 0)
		return err_nomem(err);
	*index = report->files.n;
	return 0;
}

/* Parts come in order, so a cause's first request is the one that is there; of parts that were not read alone
   each counts requests of everywhere, by their number in the whole trace. */
static void add_cause(const struct merge *merge, struct report_cause *into, const struct report_cause *from)
{
	if (from->requests > 0 && (into->requests == 0 || (!merge->alone && from->first < into->first))) {
		into->first = from->first;
		into->detail = from->detail;
	}
	into->requests += from->requests;
}

static int add_device(struct merge *merge, const struct report_device *from, struct err *err)
{
	struct report *report = &merge->report;
	size_t *index = keys_get(&merge->devices, from->order);
	struct report_device *into;

	if (index == NULL)
		return err_nomem(err);
	if (*index == 0) {
		if (VEC_PUSH(&report->devices, *from) != 0)
			return err_nomem(err);
		*index = report->devices.n;
		return 0;
	}
	into = &report->devices.at[*index - 1];
	if (strcmp(into->name, from->name) != 0)
		return other_disk(merge, err);
	into->writes += from->writes;
	into->unaligned += from->unaligned;
	into->partial_blocks += from->partial_blocks;
	for (int cause = 0; cause < CAUSES; cause++)
		add_cause(merge, &into->causes[cause], &from->causes[cause]);
	return 0;
}

static int add_counts(struct merge *merge, const struct report *from, struct err *err)
{
	struct report *report = &merge->report;

	report->trace.accesses += from->trace.accesses;
	report->trace.past += from->trace.past;
	report->trace.beyond += from->trace.beyond;
	report->trace.elsewhere += from->trace.elsewhere;
	counters_merge(&report->totals, &from->totals);
	for (size_t i = 0; i < from->regions.n; i++)
		if (add_region(merge, &from->regions.at[i], err) != 0)
			return -1;
	for (size_t i = 0; i < from->files.n; i++)
		if (add_file(merge, &from->files.at[i], err) != 0)
			return -1;
	for (size_t i = 0; i < from->devices.n; i++)
		if (add_device(merge, &from->devices.at[i], err) != 0)
			return -1;
	return 0;
}

/* The first mark of the trace: what was counted so far lay in no window. */
static void forget(struct merge *merge)
{
	struct report *report = &merge->report;

	if (report->trace.all)
		return;
	report->trace.outside += report->trace.accesses + report->trace.past;
	report->trace.accesses = report->trace.past = report->trace.beyond = report->trace.elsewhere = 0;
	memset(&report->totals, 0, sizeof(report->totals));
	report->regions.n = report->files.n = report->devices.n = 0;
	keys_free(&merge->regions);
	keys_free(&merge->files);
	keys_free(&merge->devices);
}

/* --- marks --- */

static int add_in_window(struct merge *merge, enum access_window window, const struct report *counts,
			 struct err *err)
{
	if (window != WINDOW_UNMARKED && !merge->report.trace.marked) {
		merge->report.trace.marked = true;
		forget(merge);
	}
	if (window <= WINDOW_INSIDE || (window == WINDOW_OUTSIDE && merge->report.trace.all))
		return add_counts(merge, counts, err);
	merge->report.trace.outside += counts->trace.accesses + counts->trace.past;
	return 0;
}

/* Adds the accesses that are decided by now. */
static int add_decided(struct merge *merge, struct err *err)
{
	struct access access;
	size_t n = 0;

	for (; window_take(&merge->window, &access, 1) == 1; n++)
		if (add_in_window(merge, (enum access_window)access.window, merge->waiting.at[n], err) != 0)
			return -1;
	merge->waiting.n -= n;
	if (n > 0)
		memmove(merge->waiting.at, merge->waiting.at + n,
			merge->waiting.n * sizeof(*merge->waiting.at));
	return 0;
}

static int tell(struct merge *merge, const struct part_atoms *atoms, struct err *err)
{
	for (size_t i = 0; i < atoms->list.n; i++) {
		const struct part_atom *atom = &atoms->list.at[i];

		if (VEC_PUSH(&merge->waiting, &atom->counts) != 0)
			return err_nomem(err);
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
	if (!part->body.trace.marked)
		return 0;
	window->on = part->on;
	window->windows += part->body.trace.windows;
	window->stray_ons += part->body.trace.stray_ons;
	window->stray_offs += part->body.trace.stray_offs;
	merge->report.trace.outside += part->body.trace.outside;
	return add_counts(merge, &part->body, err);
}

static int add_alone(struct merge *merge, const struct part *part, struct err *err)
{
	if (tell(merge, &part->lead, err) != 0)
		return -1;
	/* A piece of nothing but accesses that may be in marks has no core. */
	if ((part->head.trace.accesses > 0 || part->mark.list.n > 0) && add_core(merge, part, err) != 0)
		return -1;
	return tell(merge, &part->tail, err);
}

static int add_share(struct merge *merge, const struct part *part, struct err *err)
{
	merge->report.trace.marked |= part->body.trace.marked;
	merge->window.windows += part->body.trace.windows;
	merge->window.stray_ons += part->body.trace.stray_ons;
	merge->window.stray_offs += part->body.trace.stray_offs;
	merge->report.trace.outside += part->body.trace.outside;
	return add_counts(merge, &part->body, err);
}

/* --- parts --- */

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static int take_head(struct merge *merge, const struct part *part, struct err *err)
{
	struct report *report = &merge->report;
	const struct report *from = &part->body;

	report->trace = from->trace;
	report->trace.accesses = report->trace.past = report->trace.beyond = report->trace.elsewhere =
	    report->trace.outside = 0;
	report->derived = from->derived;
	report->trace.marked = false;
	report->disk = from->disk;
	report->unit_sectors = from->unit_sectors;
	merge->alone = part->alone;
	merge->of = part->of;
	for (size_t i = 0; i < from->trace_notes.n; i++)
		if (VEC_PUSH(&report->trace_notes, from->trace_notes.at[i]) != 0)
			return err_nomem(err);
	for (size_t i = 0; i < from->disk_notes.n; i++)
		if (VEC_PUSH(&report->disk_notes, from->disk_notes.at[i]) != 0)
			return err_nomem(err);
	return 0;
}

/* Words of which none is the same; a disk without any may be any. */
static bool is_another(const struct report_disk *a, const struct report_disk *b)
{
	struct identity left = {.n = 0}, right = {.n = 0};

	identity_parse(&left, a->identity ? a->identity : "");
	identity_parse(&right, b->identity ? b->identity : "");
	return identity_differs(&left, &right);
}

static int hold_disk(const struct merge *merge, const struct report_disk *disk, struct err *err)
{
	const struct report_disk *first = &merge->report.disk;

	if ((first->file == NULL) != (disk->file == NULL) ||
	    (first->file != NULL && (first->sectors != disk->sectors ||
				     first->base_sectors != disk->base_sectors || is_another(first, disk))))
		return other_disk(merge, err);
	return 0;
}

static bool is_empty(const struct part *part)
{
	const struct report_trace *head = &part->head.trace, *body = &part->body.trace;

	return head->accesses + head->past + body->accesses + body->past + body->outside == 0 &&
	       part->lead.list.n + part->mark.list.n + part->tail.list.n == 0;
}

/* The same bytes twice, or pieces of two traces. */
static int hold_bytes(const struct merge *merge, const struct part *part, struct err *err)
{
	for (size_t i = 0; i < merge->added.n; i++) {
		const struct part *other = merge->added.at[i];
		bool known = part->bytes > 0 && other->bytes > 0;
		bool same = part->digest == other->digest && part->bytes == other->bytes;

		if (known && part->of == 0 && same && !is_empty(part))
			return err_set(err, "has the same bytes as %.300s", other->name);
		if (known && part->of > 0 && !same)
			return err_set(err, "is of another trace than %.300s", other->name);
		if (part->of > 0 && part->number == other->number)
			return err_set(err, "is piece %u of %u, and so is %.300s", part->number, part->of,
				       other->name);
	}
	return 0;
}

static int hold_against(const struct merge *merge, const struct part *part, struct err *err)
{
	const struct report *first = &merge->report, *other = &part->body;
	const char *name = merge->added.at[0]->name;

	if (part->alone != merge->alone || part->of != merge->of)
		return err_set(err, "is of a piece that was cut in another way than %.300s", name);
	if (!same(first->trace.format, other->trace.format) ||
	    !same(first->trace.event, other->trace.event) ||
	    !same(first->trace.relative_to, other->trace.relative_to))
		return err_set(err, "is of another trace than %.300s", name);
	if (first->trace.all != other->trace.all || first->unit_sectors != other->unit_sectors)
		return err_set(err, "was made with other options (--all, --align) than %.300s", name);
	return hold_disk(merge, &other->disk, err) != 0 ? -1 : hold_bytes(merge, part, err);
}

/* Each warning once. */
static int take_warnings(struct report *report, const struct report *from, struct err *err)
{
	for (size_t i = 0; i < from->fit_warnings.n; i++) {
		bool known = false;

		for (size_t j = 0; j < report->fit_warnings.n; j++)
			known |= same(report->fit_warnings.at[j], from->fit_warnings.at[i]);
		if (!known && VEC_PUSH(&report->fit_warnings, from->fit_warnings.at[i]) != 0)
			return err_nomem(err);
	}
	return 0;
}

/* Only the piece with the beginning of the trace states the disk's size. */
static void take_size(struct report *report, const struct report *from)
{
	if (report->trace.sectors == 0)
		report->trace.sectors = from->trace.sectors;
	if (report->disk.file == NULL && from->disk.sectors > report->disk.sectors)
		report->disk = from->disk;
}

int merge_add(struct merge *merge, const struct part *part, struct err *err)
{
	if ((merge->parts++ == 0 ? take_head(merge, part, err) : hold_against(merge, part, err)) != 0)
		return -1;
	if (VEC_PUSH(&merge->added, part) != 0)
		return err_nomem(err);
	if (part->of > 0 && part->number != merge->parts)
		return err_set(err, "is piece %u of %u; piece %zu comes here", part->number, part->of,
			       merge->parts);
	take_size(&merge->report, &part->body);
	if (take_warnings(&merge->report, &part->body, err) != 0)
		return -1;
	return part->alone ? add_alone(merge, part, err) : add_share(merge, part, err);
}

static int compare_regions(const void *left, const void *right)
{
	const struct report_region *a = left, *b = right;

	return a->order < b->order ? -1 : a->order > b->order;
}

static int compare_devices(const void *left, const void *right)
{
	const struct report_device *a = left, *b = right;

	return a->order < b->order ? -1 : a->order > b->order;
}

static int sort_files(struct report *report)
{
	size_t n = report->files.n;
	struct file_order *order = malloc((n + 1) * sizeof(*order));
	struct report_file *sorted = malloc((n + 1) * sizeof(*sorted));
	int status = -1;

	for (size_t i = 0; order != NULL && i < n; i++) {
		const struct report_file *file = &report->files.at[i];

		order[i] = file_order(file->counters, file_key(file->order, file->inode), i);
	}
	if (order != NULL && sorted != NULL && file_order_sort(order, n) == 0) {
		for (size_t i = 0; i < n; i++)
			sorted[i] = report->files.at[order[i].index];
		free(report->files.at);
		report->files.at = sorted;
		report->files.cap = n + 1;
		sorted = NULL;
		status = 0;
	}
	free(order);
	free(sorted);
	return status;
}

int merge_finish(struct merge *merge, struct err *err)
{
	struct report *report = &merge->report;

	if (merge->parts < merge->of)
		return err_set(err, "piece %zu of %u is missing", merge->parts + 1, merge->of);
	window_end(&merge->window);
	if (add_decided(merge, err) != 0)
		return -1;
	report->trace.windows = merge->window.windows;
	report->trace.stray_ons = merge->window.stray_ons;
	report->trace.stray_offs = merge->window.stray_offs;
	report->trace.marked |= merge->window.marked;
	if (report->regions.n > 0)
		qsort(report->regions.at, report->regions.n, sizeof(*report->regions.at), compare_regions);
	if (sort_files(report) != 0)
		return err_nomem(err);
	if (report->devices.n > 0)
		qsort(report->devices.at, report->devices.n, sizeof(*report->devices.at), compare_devices);
	return report_make_notes(report, err);
}
