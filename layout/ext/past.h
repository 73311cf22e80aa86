/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files share that make a file system's history (layout/history.h) of its log. */
#ifndef LAYOUT_EXT_PAST_H
#define LAYOUT_EXT_PAST_H

#include "layout/ext/ext_private.h"
#include "layout/ext/versions.h"
#include "layout/history.h"

#define NO_LIFE UINT32_MAX

/* A name that is there; its directory is known from where it is kept. */
struct past_entry {
	uint32_t inode, at; /* `at` in the history's pool */
	uint32_t from;
	bool guessed;
};

struct past_entries {
	VEC(struct past_entry) at; /* by inode and name */
};

/* While a history is made. */
struct past {
	struct ext *ext;
	struct history *history;
	struct versions versions;
	struct ext parse; /* reads through `versions` into `found` */
	struct ext_found found;
	atomic_uint_fast64_t nodes;
	uint8_t *block; /* a block */
	bool failed;    /* memory is short, or what may be spent on the map has been */
	bool too_large; /* the latter */
};

static inline uint32_t past_end(const struct past *past)
{
	return past->versions.states + 1;
}

/* Takes what something costs out of the map's account; false, and past->failed, where there is not so much left. */
bool past_may_spend(struct past *past, uint64_t memory, uint64_t work);

/* The transactions that the log still holds without a gap up to its newest one, and their copies; 1, 0 when
   there are none, or -1 without memory (past_log.c). */
int past_read_log(struct past *past);

/* Labels and lives of the inodes whose tables were logged (past_inodes.c), and of free blocks
   (past_free.c). */
void past_map_inodes(struct past *past);
void past_map_free(struct past *past);

/* Names in the directories' blocks that were logged; runs and lives must be finished (past_names.c). */
void past_map_names(struct past *past);

/* The entries of directory `dir` are those packed in past->found.names from `state` on (none: it has
   ended). */
void past_entries_update(struct past *past, struct past_entries *entries, uint32_t dir, uint32_t state,
			 bool guessed);
void past_entries_guess(struct past *past, const struct past_entries *entries, uint32_t dir, uint32_t until);

/* Where `label` says what it says from its `from` until `to`. */
void past_add_label(struct past *past, struct history_label label, uint32_t to);

#endif
