/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account of a map.  The densest things that a sound disk has: pointers of 4 bytes and bits of two
   blocks, each of which becomes a claim; they stay far below what a byte allows here.  The first part is for
   all disks, so that small ones need no care. */
#include "base/account.h"

#define MEMORY_FIRST (UINT64_C(64) << 20)
#define MEMORY_FACTOR 32
#define WORK_FIRST (UINT64_C(512) << 20)
#define WORK_FACTOR 8

static uint64_t seen(const struct account *account)
{
	return atomic_load_explicit(&((struct account *)account)->seen, memory_order_relaxed);
}

uint64_t account_memory_max(const struct account *account)
{
	uint64_t most = account->max_memory != 0 ? account->max_memory : ACCOUNT_MEMORY_DEFAULT;
	uint64_t allowed = seen(account) > (UINT64_MAX - MEMORY_FIRST) / MEMORY_FACTOR
			       ? UINT64_MAX
			       : MEMORY_FIRST + seen(account) * MEMORY_FACTOR;

	return allowed < most ? allowed : most;
}

uint64_t account_work_max(const struct account *account)
{
	return seen(account) > (UINT64_MAX - WORK_FIRST) / WORK_FACTOR
		   ? UINT64_MAX
		   : WORK_FIRST + seen(account) * WORK_FACTOR;
}

bool account_try(struct account *account, uint64_t memory, uint64_t work)
{
	uint64_t memory_now, work_now;

	if (account == NULL)
		return true;
	memory_now = atomic_load_explicit(&account->memory, memory_order_relaxed);
	work_now = atomic_load_explicit(&account->work, memory_order_relaxed);
	if (memory_now + memory > account_memory_max(account) || work_now + work > account_work_max(account))
		return false;
	atomic_fetch_add_explicit(&account->memory, memory, memory_order_relaxed);
	atomic_fetch_add_explicit(&account->work, work, memory_order_relaxed);
	return true;
}

static bool spend(struct account *account, atomic_uint_fast64_t *what, uint64_t bytes, uint64_t max)
{
	uint64_t before = atomic_fetch_add_explicit(what, bytes, memory_order_relaxed);

	if (before <= max && bytes <= max - before)
		return true;
	atomic_fetch_sub_explicit(what, bytes, memory_order_relaxed);
	atomic_store_explicit(&account->spent, true, memory_order_relaxed);
	return false;
}

bool account_memory(struct account *account, uint64_t bytes)
{
	return account == NULL || spend(account, &account->memory, bytes, account_memory_max(account));
}

void account_give_back(struct account *account, uint64_t bytes)
{
	if (account != NULL)
		atomic_fetch_sub_explicit(&account->memory, bytes, memory_order_relaxed);
}

bool account_work(struct account *account, uint64_t bytes)
{
	return account == NULL || spend(account, &account->work, bytes, account_work_max(account));
}

void account_renew(struct account *account)
{
	if (account == NULL)
		return;
	atomic_store_explicit(&account->work, 0, memory_order_relaxed);
	atomic_store_explicit(&account->spent, false, memory_order_relaxed);
}
