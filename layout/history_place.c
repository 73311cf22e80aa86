/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The label of a place at a moment. */
#include "layout/fs.h"
#include "layout/history.h"
#include "layout/map.h"

bool history_changes(enum kind kind)
{
	switch (kind) {
	case KIND_DIRECTORY:
	case KIND_FILE_DATA:
	case KIND_SYMLINK:
	case KIND_EXTENT_NODE:
	case KIND_INDIRECT_BLOCK:
	case KIND_XATTR:
	case KIND_FREE:
	case KIND_UNKNOWN:
		return true;
	default:
		return false;
	}
}

/* The first run that ends behind a sector; n when there is none. */
static size_t run_from(const struct history *history, uint64_t sector)
{
	size_t low = 0, high = history->runs.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history->runs.at[middle].start + history->runs.at[middle].count <= sector)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct history_run *history_run_at(const struct history *history, uint64_t sector)
{
	size_t i = run_from(history, sector);

	return i < history->runs.n && history->runs.at[i].start <= sector ? &history->runs.at[i] : NULL;
}

static void cut(struct place *place, uint64_t end)
{
	if (place->count > end - place->inner)
		place->count = end - place->inner;
}

/* What is asked of a run. */
struct question {
	const struct history *history;
	const struct history_run *run;
	uint32_t block_sectors;
	uint32_t states[3];
	unsigned nstates;
	bool written; /* the trace writes there at some time */
};

/* What owns the run in a state, or (`free`) says that nobody does. */
static const struct history_label *label_in(const struct question *question, uint32_t state, bool free,
					    bool guessed)
{
	for (uint32_t i = 0; i < question->run->n; i++) {
		const struct history_label *label = &question->history->labels.at[question->run->first + i];

		if (label->from <= state && state < label->to && label->guessed == guessed &&
		    (label->extent.kind == KIND_FREE) == free)
			return label;
	}
	return NULL;
}

/* The owner: in state n, else n-1, else n+1.  A discard comes for what nobody has any more. */
static const struct history_label *owner(const struct question *question, enum history_use use, bool guessed)
{
	unsigned n = use == HISTORY_DISCARDS ? 1 : question->nstates;
	const struct history_label *label = NULL;

	for (unsigned i = 0; label == NULL && i < n; i++)
		label = label_in(question, question->states[i], false, guessed);
	return label;
}

/* The block of its owner that lies at the run's start. */
static uint64_t owners_block(const struct question *question, const struct history_label *label)
{
	return label->extent.arg + (question->run->start - label->extent.start) / question->block_sectors;
}

/* Whether the state before or the one behind says something else: with data=writeback another owner, and where
   extents were exchanged, which may be in force already; or the state before another place in the same file. */
static bool is_reused(const struct question *question, const struct history_label *label)
{
	for (unsigned i = 1; i < question->nstates; i++) {
		bool before = question->states[i] < question->states[0];
		const struct history_label *other = label_in(question, question->states[i], false, false);

		/* What was freed is free until that is committed: nothing of it is in force too early. */
		if (other == NULL || other == label || label->to <= question->states[0])
			continue;
		if (other->extent.owner != label->extent.owner)
			return true;
		if (before && kind_has_offset((enum kind)label->extent.kind) &&
		    owners_block(question, other) != owners_block(question, label))
			return true;
	}
	return false;
}

/* Whether the label is that of a file without a name and without data of its own, which is what programs make to
   exchange extents with another one; or a guess says that somebody else had the run. */
static bool may_be_exchanged(const struct question *question, const struct history_label *label)
{
	const unsigned both = EXTENT_UNWRITTEN | EXTENT_DELETED;

	if ((label->extent.flags & both) == both)
		return true;
	for (unsigned i = 0; i < question->nstates; i++) {
		const struct history_label *guess = label_in(question, question->states[i], false, true);

		if (guess != NULL && guess->extent.owner != label->extent.owner)
			return true;
	}
	return false;
}

static const struct history_label *last_owner(const struct question *question)
{
	const struct history_label *last = NULL;

	for (uint32_t i = 0; i < question->run->n; i++) {
		const struct history_label *label = &question->history->labels.at[question->run->first + i];

		if (label->extent.kind != KIND_FREE && label->to <= question->states[0] &&
		    (last == NULL || label->to > last->to))
			last = label;
	}
	return last;
}

/* Whether the bitmap's copies say that the run was in use. */
static bool was_in_use(const struct question *question)
{
	bool told = false;

	for (uint32_t i = 0; i < question->run->n; i++)
		told |= question->history->labels.at[question->run->first + i].extent.kind == KIND_FREE;
	return told && label_in(question, question->states[0], true, false) == NULL &&
	       label_in(question, question->states[0], true, true) == NULL;
}

static void set_nobody(struct place *place, const struct question *question, enum history_use use)
{
	static const struct extent free_extent = {.kind = KIND_FREE}, unknown = {.kind = KIND_UNKNOWN};
	bool used = was_in_use(question);

	place->extent = used ? &unknown : &free_extent;
	place->kind = used ? KIND_UNKNOWN : KIND_FREE;
	if (used)
		place->past.why = HISTORY_BEFORE;
	else if (use == HISTORY_WRITES || (use == HISTORY_READS && question->written))
		place->past.why = HISTORY_SHORT;
	else if (label_in(question, question->states[0], true, false) == NULL)
		place->past.why = HISTORY_BEFORE;
	if (!used)
		place->past.was = last_owner(question);
}

/* Whether the image's owner has had its sectors in all states: its inode was never logged. */
static bool is_for_good(const struct history *history, const struct place *place)
{
	size_t n;

	if (!kind_has_owner(place->kind) || place->extent->owner == 0)
		return false;
	history_lives(history, place->extent->owner, &n);
	return n == 0;
}

static void choose(struct place *place, const struct question *question, enum history_use use)
{
	const struct history_label *label = owner(question, use, false);

	if (label != NULL && (is_reused(question, label) || may_be_exchanged(question, label)))
		place->past.why = HISTORY_REUSED;
	if (label != NULL && label->from > question->states[0] && !place->past.writing)
		place->past.why = HISTORY_SHORT;
	if (label == NULL) {
		label = owner(question, use, true);
		place->past.why = label != NULL ? HISTORY_BEFORE : HISTORY_CERTAIN;
	}
	if (label == NULL) {
		set_nobody(place, question, use);
		return;
	}
	place->extent = &label->extent;
	place->kind = (enum kind)label->extent.kind;
}

/* Whether the trace writes to the first block of a place; the place is cut to blocks of which the same holds. */
static bool was_written(const struct history *history, struct place *place, uint32_t block_sectors)
{
	uint64_t block = place->inner / block_sectors, end = block;
	bool written;

	if (history->written == NULL || place->kind != KIND_FREE)
		return history->written != NULL;
	written = history->written[block / 8] >> (block % 8) & 1;
	while (end * block_sectors < place->inner + place->count &&
	       (history->written[end / 8] >> (end % 8) & 1) == written)
		end++;
	cut(place, end * block_sectors);
	return written;
}

void history_place(struct place *place, uint32_t moment, enum history_use use)
{
	const struct fs *fs = place->space->fs;
	const struct history *history = fs_holds(fs, place->inner) ? fs->history : NULL;
	struct question question = {.history = history};
	size_t i;

	place->past = (struct place_history){0};
	if (!history_is_dated(history) || place->extent->kind == KIND_CHILD)
		return;
	place->past.history = history;
	if (moment == HISTORY_ANY_MOMENT)
		return;
	place->past.use = (uint8_t)use;
	place->past.writing = history->writing[moment < history->nmoments ? moment : history->nmoments - 1];
	place->past.running = history->running[moment < history->nmoments ? moment : history->nmoments - 1];
	if (!history_changes(place->kind))
		return;
	question.block_sectors = fs->block_sectors;
	question.written = was_written(history, place, fs->block_sectors);
	i = run_from(history, place->inner);
	if (i < history->runs.n && history->runs.at[i].start > place->inner) {
		cut(place, history->runs.at[i].start);
	} else if (i < history->runs.n) {
		cut(place, history->runs.at[i].start + history->runs.at[i].count);
		question.run = &history->runs.at[i];
		question.nstates = history_states_at(history, place->past.running, question.states);
		place->past.relabelled = !is_for_good(history, place);
		if (place->past.relabelled)
			choose(place, &question, use);
	}
	if (question.run == NULL && place->kind == KIND_FREE &&
	    (use == HISTORY_WRITES || (use == HISTORY_READS && question.written)))
		place->past.why = HISTORY_SHORT;
	if (place->past.running == HISTORY_NO_YET)
		place->past.why = HISTORY_BEFORE;
	else if (place->past.running == HISTORY_NO_MORE)
		place->past.why = HISTORY_IMAGE_TIME;
	else if (history->open)
		place->past.why = HISTORY_GAP;
}
