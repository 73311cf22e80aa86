/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transactions of a jbd2 log: which copies each holds, and which blocks it revokes. */
#ifndef LAYOUT_EXT_TRANSACTIONS_H
#define LAYOUT_EXT_TRANSACTIONS_H

#include "base/vec.h"
#include "base/account.h"
#include "layout/ext/log_ring.h"

/* The copy of the block `home` that lies in block `at` of the log. */
struct log_copy {
	uint64_t home;
	uint32_t at, transaction; /* the latter an index */
	bool escaped, wrong;      /* wrong: its checksum is */
};

struct log_revoke {
	uint64_t home;
	uint32_t transaction;
};

struct transaction {
	uint32_t tid;
	uint32_t first, commit; /* blocks of the log */
	int64_t seconds;        /* when it was committed, by the clock of the machine */
	size_t copies;          /* index of its first copy */
};

struct transactions {
	struct account *account; /* of the map, or NULL: what does not fit ends what can be told */
	struct log_ring ring;
	log_reader *read;
	void *context;
	uint8_t *block, *copy; /* a block each */
	VEC(struct transaction) all;
	VEC(struct log_copy) copies; /* in the order of `all` */
	VEC(struct log_revoke) revokes;
};

/* 0, or -1 without memory. */
int transactions_init(struct transactions *transactions, const struct log_ring *ring, log_reader *read,
		      void *context);
void transactions_free(struct transactions *transactions);

enum transaction_end {
	TRANSACTION_WHOLE,
	TRANSACTION_ABSENT, /* nothing of it is there */
	TRANSACTION_TORN,   /* its commit block is missing, as of one that was being written */
	TRANSACTION_WRONG,  /* a checksum of it is wrong */
	TRANSACTION_FAILED, /* no memory */
};

/* Takes in the transaction `tid` that begins in block `at` of the log, if it is whole. */
enum transaction_end transactions_read(struct transactions *transactions, uint32_t at, uint32_t tid);

/* Whether a transaction is not older than another: numbers go round. */
static inline bool tid_geq(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) >= 0;
}

#endif
