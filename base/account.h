/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one map may cost.  A few kilobytes can be made to claim anything: groups that share one inode table,
   blocks that point to themselves, a journal of 2^32 blocks.  A sound disk cannot, since each thing on it is
   told by bytes of its own.  So there is one account for the whole map, and what may be spent grows with the
   different bytes that were really read: not with the size that a disk, a sparse file or a superblock
   states. */
#ifndef BASE_ACCOUNT_H
#define BASE_ACCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_MEMORY_DEFAULT                                                                               \
	(UINT64_C(4) << 30) /* whatever the machine has: the same input, the same bytes */

/* Starts zeroed but for max_memory.  Threads may share it. */
struct account {
	uint64_t max_memory;         /* bytes; 0 is ACCOUNT_MEMORY_DEFAULT */
	atomic_uint_fast64_t seen;   /* bytes that were read, each counted once */
	atomic_uint_fast64_t memory; /* bytes that what was found takes */
	atomic_uint_fast64_t work;   /* bytes that were gone through, each as often as that was */
	atomic_bool spent;           /* something did not fit */
};

/* Takes so many bytes of memory; false, and the account is spent, when they do not fit.  NULL has no end. */
bool account_memory(struct account *account, uint64_t bytes);
void account_give_back(struct account *account, uint64_t bytes);

/* The same for work. */
bool account_work(struct account *account, uint64_t bytes);

/* Both at once for what can be left out without harm: nothing is spent when they do not fit. */
bool account_try(struct account *account, uint64_t memory, uint64_t work);

/* Begins anew with the work: for what is asked of a map that is built. */
void account_renew(struct account *account);

/* Whether something did not fit, so that what comes need not be looked at. */
static inline bool account_is_spent(const struct account *account)
{
	return account != NULL &&
	       atomic_load_explicit(&((struct account *)account)->spent, memory_order_relaxed);
}

/* Says that bytes were read for the first time. */
static inline void account_saw(struct account *account, uint64_t bytes)
{
	if (account != NULL && bytes > 0)
		atomic_fetch_add_explicit(&account->seen, bytes, memory_order_relaxed);
}

/* How much memory and work what has been seen allows. */
uint64_t account_memory_max(const struct account *account);
uint64_t account_work_max(const struct account *account);

#endif
