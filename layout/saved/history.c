/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system's history (layout/history.h) in a saved map: packed, and held against what it is about when it
   is read. */
#include "layout/history.h"
#include "layout/saved/format.h"

#include <stdlib.h>
#include <string.h>

/* The least that an item takes. */
enum { TRANSACTION_MIN = 4, LABEL_MIN = 9, RUN_MIN = 3, LIFE_MIN = 4, NAME_MIN = 6 };

enum { NAME_GUESSED = 1, LABEL_GUESSED = 1 };

static void put_labels(struct text *to, const struct history *history)
{
	pack_u32(to, (uint32_t)history->labels.n);
	for (size_t i = 0; i < history->labels.n; i++) {
		const struct history_label *label = &history->labels.at[i];

		pack_number(to, label->start);
		pack_number(to, label->count);
		pack_number(to, label->extent.start);
		pack_u8(to, (uint8_t)label->extent.kind);
		pack_u8(to, (uint8_t)label->extent.flags);
		pack_number(to, label->extent.owner);
		pack_number(to, label->extent.arg);
		pack_number(to, label->from);
		pack_number(to, label->to);
		pack_u8(to, label->guessed ? LABEL_GUESSED : 0);
	}
	pack_u32(to, (uint32_t)history->runs.n);
	for (size_t i = 0; i < history->runs.n; i++) {
		pack_number(to, history->runs.at[i].start);
		pack_number(to, history->runs.at[i].count);
		pack_number(to, history->runs.at[i].n);
	}
}

static void put_names(struct text *to, const struct history *history)
{
	pack_u32(to, (uint32_t)history->names.n);
	for (size_t i = 0; i < history->names.n; i++) {
		const struct history_name *name = &history->names.at[i];
		const char *text = history->pool.at + name->at;

		pack_number(to, name->inode);
		pack_number(to, name->parent);
		pack_number(to, name->from);
		pack_number(to, name->to);
		pack_u8(to, name->guessed ? NAME_GUESSED : 0);
		text_add(to, text, (size_t)(unsigned char)text[0] + 1);
	}
}

void saved_put_history(struct text *to, const struct history *history)
{
	pack_u32(to, history->log_first);
	pack_u32(to, history->log_end);
	pack_u8(to, history->open);
	pack_u32(to, (uint32_t)history->transactions.n);
	for (size_t i = 0; i < history->transactions.n; i++) {
		const struct history_transaction *transaction = &history->transactions.at[i];

		pack_number(to, transaction->tid);
		pack_number(to, transaction->first);
		pack_number(to, transaction->commit);
		pack_number(to, (uint64_t)transaction->seconds);
	}
	put_labels(to, history);
	pack_u32(to, (uint32_t)history->lives.n);
	for (size_t i = 0; i < history->lives.n; i++) {
		pack_number(to, history->lives.at[i].inode);
		pack_number(to, history->lives.at[i].generation);
		pack_number(to, history->lives.at[i].from);
		pack_number(to, history->lives.at[i].to);
	}
	put_names(to, history);
}

/* --- reading --- */

static uint32_t number_up_to(struct unpack *from, uint64_t most)
{
	uint64_t value = unpack_number(from);

	from->bad = from->bad || value > most;
	return from->bad ? 0 : (uint32_t)value;
}

/* Two states, the second behind the first. */
static void get_states(struct unpack *from, uint32_t end, uint32_t *first, uint32_t *last)
{
	*first = number_up_to(from, end);
	*last = number_up_to(from, end);
	from->bad = from->bad || *first >= *last;
}

static int get_transactions(struct unpack *from, struct history *history)
{
	uint32_t n;

	history->log_first = unpack_u32(from);
	history->log_end = unpack_u32(from);
	history->open = unpack_u8(from) != 0;
	n = unpack_count(from, TRANSACTION_MIN);
	from->bad = from->bad || n == 0 || history->log_first >= history->log_end;
	for (uint32_t i = 0; i < n && !from->bad; i++) {
		struct history_transaction transaction = {.tid = number_up_to(from, UINT32_MAX)};

		transaction.first = number_up_to(from, history->log_end - 1);
		transaction.commit = number_up_to(from, history->log_end - 1);
		transaction.seconds = (int64_t)unpack_number(from);
		from->bad = from->bad || transaction.first < history->log_first ||
			    transaction.commit < history->log_first;
		if (VEC_PUSH(&history->transactions, transaction) != 0)
			return -1;
	}
	return 0;
}

static struct history_label get_label(struct saved_in *in, uint32_t end)
{
	struct unpack *from = &in->tree;
	struct history_label label = {.start = unpack_number(from)};
	enum kind kind;
	uint64_t start;

	label.count = unpack_number(from);
	start = unpack_number(from);
	kind = saved_kind(in, unpack_u8(from));
	from->bad = from->bad || label.start > EXTENT_SECTORS_MAX || label.count > EXTENT_SECTORS_MAX ||
		    start > label.start || kind >= KIND_COUNT;
	if (from->bad)
		return label;
	label.extent = (struct extent){.start = start, .kind = kind, .flags = unpack_u8(from)};
	label.extent.owner = number_up_to(from, UINT32_MAX);
	label.extent.arg = number_up_to(from, UINT32_MAX);
	get_states(from, end, &label.from, &label.to);
	label.guessed = unpack_u8(from) & LABEL_GUESSED;
	return label;
}

/* Runs follow one another, and their labels, too. */
static int get_labels(struct saved_in *in, struct history *history)
{
	struct unpack *from = &in->tree;
	uint32_t end = history_states(history) + 1, n = unpack_count(from, LABEL_MIN);
	uint64_t at = 0, first = 0;

	for (uint32_t i = 0; i < n && !from->bad; i++)
		if (VEC_PUSH(&history->labels, get_label(in, end)) != 0)
			return -1;
	n = unpack_count(from, RUN_MIN);
	for (uint32_t i = 0; i < n && !from->bad; i++) {
		struct history_run run = {.start = unpack_number(from), .first = (uint32_t)first};

		run.count = unpack_number(from);
		run.n = number_up_to(from, history->labels.n - first);
		from->bad = from->bad || run.start < at || run.start > EXTENT_SECTORS_MAX ||
			    run.count > EXTENT_SECTORS_MAX || run.count == 0;
		at = run.start + run.count;
		first += run.n;
		if (VEC_PUSH(&history->runs, run) != 0)
			return -1;
	}
	return 0;
}

static int get_lives(struct unpack *from, struct history *history, uint32_t inodes)
{
	uint32_t end = history_states(history) + 1, n = unpack_count(from, LIFE_MIN);

	history->first_id = inodes + 1;
	from->bad = from->bad || n >= UINT32_MAX - inodes;
	for (uint32_t i = 0; i < n && !from->bad; i++) {
		struct history_life life = {.inode = number_up_to(from, inodes)};
		size_t before = history->lives.n;

		life.generation = number_up_to(from, UINT32_MAX);
		get_states(from, end, &life.from, &life.to);
		life.id = life.to == end ? life.inode : (uint32_t)(history->first_id + history->past.n);
		from->bad = from->bad || life.inode == 0 || life.id < life.inode ||
			    (before > 0 && life.inode < history->lives.at[before - 1].inode);
		if (VEC_PUSH(&history->lives, life) != 0 ||
		    (life.to != end && VEC_PUSH(&history->past, (uint32_t)before) != 0))
			return -1;
	}
	return 0;
}

static int get_names(struct unpack *from, struct history *history)
{
	uint32_t end = history_states(history) + 1, n = unpack_count(from, NAME_MIN);

	for (uint32_t i = 0; i < n && !from->bad; i++) {
		struct history_name name = {.inode = number_up_to(from, UINT32_MAX)};
		const uint8_t *text;
		uint8_t len;

		name.parent = number_up_to(from, UINT32_MAX);
		get_states(from, end, &name.from, &name.to);
		name.guessed = unpack_u8(from) & NAME_GUESSED;
		len = unpack_u8(from);
		text = unpack_bytes(from, len);
		name.at = (uint32_t)history->pool.n;
		from->bad = from->bad || (i > 0 && name.inode < history->names.at[i - 1].inode) ||
			    history->pool.n + len >= UINT32_MAX;
		if (from->bad)
			return 0;
		if (vec_reserve((void **)&history->pool.at, &history->pool.cap, history->pool.n + len + 1u,
				1) != 0 ||
		    VEC_PUSH(&history->names, name) != 0)
			return -1;
		history->pool.at[history->pool.n] = (char)len;
		memcpy(history->pool.at + history->pool.n + 1, text, len);
		history->pool.n += len + 1u;
	}
	return 0;
}

/* A label's owner is a life, and free space has none. */
static bool owners_are_sound(const struct history *history)
{
	for (size_t i = 0; i < history->labels.n; i++) {
		const struct extent *extent = &history->labels.at[i].extent;

		if (extent->kind != KIND_FREE && history_life(history, extent->owner) == NULL)
			return false;
	}
	return true;
}

struct history *saved_get_history(struct saved_in *in, uint32_t inodes)
{
	struct history *history = calloc(1, sizeof(*history));

	if (history == NULL)
		return NULL;
	if (get_transactions(&in->tree, history) != 0 || get_labels(in, history) != 0 ||
	    get_lives(&in->tree, history, inodes) != 0 || get_names(&in->tree, history) != 0) {
		history_free(history);
		return NULL;
	}
	in->tree.bad = in->tree.bad || !owners_are_sound(history);
	return history;
}

int saved_anonymize_history(struct history *history, const uint64_t key[2])
{
	char *old = history->pool.at;

	memset(&history->pool, 0, sizeof(history->pool));
	for (size_t i = 0; i < history->names.n; i++) {
		const char *name = old + history->names.at[i].at;
		char token[257];
		size_t len = saved_name_token(key, name + 1, (unsigned char)name[0], token + 1);

		token[0] = (char)len;
		history->names.at[i].at = (uint32_t)history->pool.n;
		if (vec_reserve((void **)&history->pool.at, &history->pool.cap, history->pool.n + len + 1,
				1) != 0) {
			free(old);
			return -1;
		}
		memcpy(history->pool.at + history->pool.n, token, len + 1);
		history->pool.n += len + 1;
	}
	free(old);
	return 0;
}
