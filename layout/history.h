/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file system's journal tells of the time before the image: which inode had which sectors, and under
   which name, after each of the log's transactions.  It stands beside the sealed map, and is constant, too.

   A **state** is a number: 0 is before the first transaction of the history, s after its s-th one; the last
   state is the image's.  While the n-th transaction has not been committed, the owner of a sector is who has
   it in state n (what the running transaction says), else in n-1 (freed by the running one: nobody else may
   have it before that has committed), else in n+1 (operations join the next transaction while one commits, so
   that is sure only when its log is being written: before, it may have been a file's that lived within n).
   The other order would give sectors of a removed file the name of the next one. */
#ifndef LAYOUT_HISTORY_H
#define LAYOUT_HISTORY_H

#include "base/vec.h"
#include "layout/extent.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct place;
struct space;

/* Why a label may not be the one that was true; the words are the contract's. */
enum history_why {
	HISTORY_CERTAIN,
	HISTORY_BEFORE,     /* before what the log tells of */
	HISTORY_GAP,        /* something wrote without the log, or transactions are missing */
	HISTORY_REUSED,     /* two files had it in the states that come into question */
	HISTORY_SHORT,      /* it may have been a file's that lived within one transaction */
	HISTORY_IMAGE_TIME, /* after the image was taken, or nothing says when that was */
};

#define HISTORY_WHYS 6

const char *history_why_name(enum history_why why);

struct history_transaction {
	uint32_t tid;
	uint32_t first, commit; /* blocks of the log */
	int64_t seconds;        /* of its commit */
};

/* What a run of sectors was from one state until before another. */
struct history_label {
	uint64_t start, count; /* sectors of the space */
	struct extent extent;  /* its owner is a life's id */
	uint32_t from, to;
	bool guessed; /* from what came later: the state itself is nowhere */
};

/* An inode from its making to its end.  The id is the inode's number when it is the one that the image has,
   and else a number behind all inodes. */
struct history_life {
	uint32_t inode, generation, id;
	uint32_t from, to; /* states */
};

/* An inode's name in a directory, from one state until before another. */
struct history_name {
	uint32_t inode, parent;
	uint32_t at; /* in the pool: a length byte and the name */
	uint32_t from, to;
	bool guessed;
};

/* Sectors with the same labels. */
struct history_run {
	uint64_t start, count;
	uint32_t first, n; /* of `labels` */
};

struct history {
	VEC(struct history_transaction) transactions;
	VEC(struct history_label) labels; /* by run, then by `from` */
	VEC(struct history_run) runs;     /* by start */
	VEC(struct history_life) lives;   /* by inode, then by `from` */
	VEC(uint32_t) past;               /* id - first_id: index into lives, of those that ended */
	VEC(struct history_name) names;   /* by inode, then by `from` */
	VEC(char) pool;
	uint32_t log_first, log_end; /* the ring: blocks of the log */
	uint32_t first_id;           /* the lowest id that is no inode's number */
	bool open;                   /* something wrote without the log: nothing is certain */

	/* Set by whoever knows the trace's clock: by moment, the transaction that was running (from 1), or
	   one of HISTORY_NO_...; NULL where nobody does. */
	const uint32_t *running;
	const bool *writing; /* by moment: whether it is being written to the log already */
	uint32_t nmoments;
	const uint8_t
	    *written; /* by block: a bit where the trace writes to what is free in the image; or NULL */
};

/* In `running`: the time before the log's first transaction, and that after the image was taken. */
#define HISTORY_NO_YET UINT32_MAX
#define HISTORY_NO_MORE (UINT32_MAX - 1)

void history_free(struct history *history);

/* Puts labels, in any order, into runs; 0, or -1 without memory.  Their owners are indices of lives until
   history_finish has made ids of them, by first_id, and has sorted lives and names. */
int history_make_runs(struct history *history);
int history_finish(struct history *history);

/* The run that holds a sector, or NULL. */
const struct history_run *history_run_at(const struct history *history, uint64_t sector);

/* Whether somebody knows the clock; false for NULL. */
static inline bool history_is_dated(const struct history *history)
{
	return history != NULL && history->running != NULL;
}

static inline uint32_t history_states(const struct history *history)
{
	return (uint32_t)history->transactions.n;
}

/* The life that an owner of a label is; NULL where the history knows no other state of it than the
   image's. */
const struct history_life *history_life(const struct history *history, uint32_t owner);

/* The lives of an inode: the first, and how many. */
const struct history_life *history_lives(const struct history *history, uint32_t inode, size_t *n);

/* The names of an inode: the first, and how many. */
const struct history_name *history_names(const struct history *history, uint32_t inode, size_t *n);

/* What an access does with sectors. */
enum history_use { HISTORY_READS, HISTORY_WRITES, HISTORY_DISCARDS };

/* What a place was at one moment. */
struct place_history {
	const struct history *history; /* NULL: the label is the image's */
	uint32_t running;              /* as in struct history */
	uint8_t why;     /* enum history_why; HISTORY_CERTAIN for kinds whose place never changes */
	uint8_t use;     /* enum history_use */
	bool writing;    /* the running transaction is being written to the log */
	bool relabelled; /* the label is another one than the map's */
	const struct history_label *was; /* of `free`: the last owner, or NULL */
};

/* Whether sectors of a kind may be another kind at another time. */
bool history_changes(enum kind kind);

/* Cuts a place to the sectors that share its label at a moment, and gives it that label. */
void history_place(struct place *place, uint32_t moment, enum history_use use);

/* The moment of an access whose labels are the map's at all times. */
#define HISTORY_ANY_MOMENT UINT32_MAX

/* The states whose names come into question while a transaction runs, the best first; how many. */
unsigned history_states_at(const struct history *history, uint32_t running, uint32_t states[3]);

/* The number of the running transaction; false where that is not known. */
bool history_tid(const struct history *history, uint32_t running, uint32_t *tid);

#endif
