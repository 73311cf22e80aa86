/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/question.h"

#include "analyzer/usage.h"

#include <string.h>

int question_init(void *state, const struct statistic_setup *setup, const struct ledger_plan *plan,
		  const struct ledger_key *keys, unsigned nkeys)
{
	struct question *question = state;

	question->setup = *setup;
	ledger_begin(&question->ledger, plan, keys, nkeys);
	piece_init(&question->piece, setup->trace, setup->map);
	return 0;
}

void question_done(void *state)
{
	struct question *question = state;

	ledger_free(&question->ledger);
	keys_free(&question->known);
	text_free(&question->text);
}

void question_merge(void *state, void *other)
{
	struct question *into = state, *from = other;

	ledger_merge(&into->ledger, &from->ledger, false);
	into->ledger.short_of_memory |= from->text.short_of_memory;
}

void question_reset(void *state)
{
	struct question *question = state;

	ledger_reset(&question->ledger);
	keys_free(&question->known);
	question->run = (struct question_run){.space = NULL};
}

int question_finish(void *state)
{
	struct question *question = state;

	ledger_unite(&question->ledger);
	return question->ledger.short_of_memory || question->ledger.too_many || question->text.short_of_memory
		   ? -1
		   : 0;
}

bool question_is_full(const struct statistic *statistic, const void *state)
{
	return statistic->take == question_take && ((const struct question *)state)->ledger.too_many;
}

/* --- counting --- */

void question_access(struct question *question, const struct access *access, uint64_t number)
{
	struct ledger *ledger = &question->ledger;

	question->request++;
	question->number = (int64_t)number;
	question->unaligned =
	    access->op != ACCESS_FLUSH && access_is_unaligned(access, question->setup.unit_sectors);
	if (!ledger->has_first || number < ledger->first)
		ledger->first = number;
	ledger->has_first = true;
	ledger->accesses++;
}

void question_place(struct question *question, const struct access *access, const struct place *place)
{
	piece_set_access(&question->piece, access, (uint64_t)question->number, question->unaligned);
	piece_set_place(&question->piece, place);
}

static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static bool is_of_inode(const struct space *space, const struct extent *extent)
{
	return space->fs != NULL && extent->kind != KIND_CHILD && extent_is_of_inode(extent);
}

static struct ledger_row *find_row(struct question *question, const struct space *space, enum kind kind,
				   const struct extent *extent, unsigned n)
{
	char path[FS_PATH_MAX];
	const char *keys[3] = {space_name(space), kind_name(kind), ""};

	if (n > 2 && is_of_inode(space, extent) && fs_path(space->fs, extent->owner, path, sizeof(path)))
		keys[2] = path;
	return ledger_row(&question->ledger, keys);
}

struct ledger_row *question_row_of(struct question *question, const struct space *space, enum kind kind,
				   const struct extent *extent, unsigned n)
{
	uint64_t hash = n > 1 ? ((uint64_t)space->serves->id << 8) + (uint64_t)kind + 1 : space->serves->id;
	struct ledger_row *row;
	size_t *index;

	if (n > 2 && is_of_inode(space, extent))
		hash = mix(mix(hash, (uint64_t)space->id + 1), extent->owner);
	index = keys_get(&question->known, hash);
	if (index == NULL) {
		question->ledger.short_of_memory = true;
		return NULL;
	}
	if (*index != 0)
		return &question->ledger.rows.at[*index - 1];
	row = find_row(question, space, kind, extent, n);
	if (row != NULL)
		*index = (size_t)(row - question->ledger.rows.at) + 1;
	return row;
}

bool question_is_first(struct question *question, struct ledger_row *row)
{
	bool first = row->seen != question->request;

	row->seen = question->request;
	return first;
}

struct place question_step(const struct place *place, uint64_t sectors, uint64_t count)
{
	struct place step = *place;

	step.start += sectors;
	step.inner += sectors;
	step.count = count;
	for (unsigned i = 0; i < step.depth; i++)
		step.stack[i].start += sectors;
	return step;
}

/* --- results --- */

/* The state has no more use for its counts, and gives them away. */
int question_take(void *results, const void *state, const struct statistic_setup *setup)
{
	struct ledger *ledger = &((struct question *)(uintptr_t)state)->ledger;
	struct ledger empty = {.plan = NULL};

	(void)setup;
	ledger_free(results);
	memcpy(results, ledger, sizeof(*ledger));
	ledger_begin(&empty, ledger->plan, ledger->keys, ledger->nkeys);
	*ledger = empty;
	return question_sort(results);
}

void question_results_done(void *results)
{
	ledger_free(results);
}

void question_pack(struct text *out, const void *results)
{
	ledger_pack(out, results);
}

int question_unpack(void *results, struct unpack *bytes, bool behind)
{
	return ledger_unpack(results, bytes, behind);
}

void question_results_reset(void *results)
{
	ledger_reset(results);
}

int question_sort(void *results)
{
	struct ledger *ledger = results;

	ledger_sort(ledger, ledger->plan->sort, ledger->plan->by_keys, ledger->plan->ascending);
	return ledger->short_of_memory ? -1 : 0;
}
