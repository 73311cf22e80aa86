/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting a history in order: labels that were gathered inode by inode become runs of sectors. */
#include "layout/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *history_why_name(enum history_why why)
{
	static const char *const names[] = {"certain", "before-history", "gap",
					    "reused",  "short-lived",    "image-time"};

	return names[why];
}

void history_free(struct history *history)
{
	if (history == NULL)
		return;
	VEC_FREE(&history->transactions);
	VEC_FREE(&history->labels);
	VEC_FREE(&history->runs);
	VEC_FREE(&history->lives);
	VEC_FREE(&history->past);
	VEC_FREE(&history->names);
	VEC_FREE(&history->pool);
	free(history);
}

/* --- runs --- */

static uint64_t label_end(const struct history_label *label)
{
	return label->start + label->count;
}

static int compare_labels(const void *left, const void *right)
{
	const struct history_label *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->extent.kind != b->extent.kind)
		return a->extent.kind < b->extent.kind ? -1 : 1;
	if (a->extent.owner != b->extent.owner)
		return a->extent.owner < b->extent.owner ? -1 : 1;
	if (a->extent.arg != b->extent.arg)
		return a->extent.arg < b->extent.arg ? -1 : 1;
	return a->count < b->count ? -1 : a->count > b->count;
}

static int compare_times(const void *left, const void *right)
{
	const struct history_label *const *a = left, *const *b = right;

	if ((*a)->from != (*b)->from)
		return (*a)->from < (*b)->from ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

/* A sweep over the labels by their starts, with those that hold the present sector. */
struct sweep {
	const struct history *from;
	VEC(const struct history_label *) active;
	VEC(struct history_label) labels;
	VEC(struct history_run) runs;
	uint64_t next; /* where the first of the active ends */
};

static void drop_ended(struct sweep *sweep, uint64_t at)
{
	size_t n = 0;

	sweep->next = UINT64_MAX;
	for (size_t i = 0; i < sweep->active.n; i++) {
		const struct history_label *label = sweep->active.at[i];

		if (label_end(label) <= at)
			continue;
		sweep->active.at[n++] = label;
		if (label_end(label) < sweep->next)
			sweep->next = label_end(label);
	}
	sweep->active.n = n;
}

static int emit_run(struct sweep *sweep, uint64_t at, uint64_t end)
{
	struct history_run run = {at, end - at, (uint32_t)sweep->labels.n, (uint32_t)sweep->active.n};

	if (sweep->labels.n + sweep->active.n > UINT32_MAX || VEC_PUSH(&sweep->runs, run) != 0)
		return -1;
	qsort(sweep->active.at, sweep->active.n, sizeof(*sweep->active.at), compare_times);
	for (size_t i = 0; i < sweep->active.n; i++)
		if (VEC_PUSH(&sweep->labels, *sweep->active.at[i]) != 0)
			return -1;
	return 0;
}

/* Ends because each step takes labels in or goes on to an end of one. */
static int run_sweep(struct sweep *sweep)
{
	const struct history *from = sweep->from;
	uint64_t at = 0;
	size_t i = 0;

	while (i < from->labels.n || sweep->active.n > 0) {
		if (sweep->active.n == 0)
			at = from->labels.at[i].start;
		for (; i < from->labels.n && from->labels.at[i].start == at; i++)
			if (VEC_PUSH(&sweep->active, &from->labels.at[i]) != 0)
				return -1;
		drop_ended(sweep, at);
		if (i < from->labels.n && from->labels.at[i].start < sweep->next)
			sweep->next = from->labels.at[i].start;
		if (sweep->active.n == 0)
			continue;
		if (emit_run(sweep, at, sweep->next) != 0)
			return -1;
		at = sweep->next;
		drop_ended(sweep, at);
	}
	return 0;
}

int history_make_runs(struct history *history)
{
	struct sweep sweep = {.from = history};
	int result;

	if (history->labels.n > 1)
		qsort(history->labels.at, history->labels.n, sizeof(*history->labels.at), compare_labels);
	result = run_sweep(&sweep);
	VEC_FREE(&sweep.active);
	VEC_FREE(&history->labels);
	memcpy(&history->labels, &sweep.labels, sizeof(sweep.labels));
	memcpy(&history->runs, &sweep.runs, sizeof(sweep.runs));
	return result;
}

/* --- lives and names --- */

static int compare_life_pointers(const void *left, const void *right)
{
	const struct history_life *const *a = left, *const *b = right;

	if ((*a)->inode != (*b)->inode)
		return (*a)->inode < (*b)->inode ? -1 : 1;
	return (*a)->from < (*b)->from ? -1 : (*a)->from > (*b)->from;
}

static int compare_names(const void *left, const void *right)
{
	const struct history_name *a = left, *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* Puts lives in order and gives them ids; ids[] are by the index that each had before.  0, or -1. */
static int number_lives(struct history *history, uint32_t *ids)
{
	const struct history_life **order =
	    malloc((history->lives.n + 1) * sizeof(const struct history_life *));
	VEC(struct history_life) sorted = {0};
	uint32_t end = history_states(history) + 1;
	int status = order == NULL ? -1 : 0;

	for (size_t i = 0; status == 0 && i < history->lives.n; i++)
		order[i] = &history->lives.at[i];
	if (status == 0 && history->lives.n > 1)
		qsort(order, history->lives.n, sizeof(*order), compare_life_pointers);
	for (size_t i = 0; status == 0 && i < history->lives.n; i++) {
		struct history_life life = *order[i];

		life.id = life.to == end ? life.inode : (uint32_t)(history->first_id + history->past.n);
		ids[order[i] - history->lives.at] = life.id;
		if (life.id < life.inode || VEC_PUSH(&sorted, life) != 0 ||
		    (life.to != end && VEC_PUSH(&history->past, (uint32_t)i) != 0))
			status = -1;
	}
	free(order);
	VEC_FREE(&history->lives);
	memcpy(&history->lives, &sorted, sizeof(sorted));
	return status;
}

int history_finish(struct history *history)
{
	uint32_t *ids = malloc((history->lives.n + 1) * sizeof(*ids));
	int status = ids == NULL ? -1 : number_lives(history, ids);

	for (size_t i = 0; status == 0 && i < history->labels.n; i++) {
		struct extent *extent = &history->labels.at[i].extent;

		extent->owner = extent->kind == KIND_FREE ? 0 : ids[extent->owner];
	}
	free(ids);
	if (history->names.n > 1)
		qsort(history->names.at, history->names.n, sizeof(*history->names.at), compare_names);
	return status;
}

const struct history_life *history_lives(const struct history *history, uint32_t inode, size_t *n)
{
	size_t low = 0, high = history->lives.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history->lives.at[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < history->lives.n && history->lives.at[low + *n].inode == inode; (*n)++)
		;
	return history->lives.at + low;
}

const struct history_life *history_life(const struct history *history, uint32_t owner)
{
	const struct history_life *lives;
	size_t n;

	if (owner >= history->first_id)
		return owner - history->first_id < history->past.n
			   ? &history->lives.at[history->past.at[owner - history->first_id]]
			   : NULL;
	lives = history_lives(history, owner, &n);
	return n > 0 && lives[n - 1].id == owner ? &lives[n - 1] : NULL;
}

const struct history_name *history_names(const struct history *history, uint32_t inode, size_t *n)
{
	size_t low = 0, high = history->names.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history->names.at[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; low + *n < history->names.n && history->names.at[low + *n].inode == inode; (*n)++)
		;
	return history->names.at + low;
}

/* --- times --- */

unsigned history_states_at(const struct history *history, uint32_t running, uint32_t states[3])
{
	uint32_t last = history_states(history), n = running;
	unsigned found = 0;

	if (running == HISTORY_NO_YET)
		n = 1;
	else if (running == HISTORY_NO_MORE || running > last)
		n = last + 1;
	states[found++] = n <= last ? n : last;
	if (n - 1 != states[0])
		states[found++] = n - 1;
	if (n < last)
		states[found++] = n + 1;
	return found;
}

bool history_tid(const struct history *history, uint32_t running, uint32_t *tid)
{
	uint32_t last = history_states(history);

	if (running > last + 1)
		return false;
	*tid = running <= last ? history->transactions.at[running - 1].tid
			       : history->transactions.at[last - 1].tid + 1;
	return true;
}
