/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which transactions a log still tells of.  The ring is read once around, from behind the newest commit
   block on: so the oldest comes first, and may have lost its beginning.  Numbers go up by one within a mount;
   a mount leaves some out, and goes on behind the last commit block (Linux 6.4 and later) or at the beginning
   of the ring.  Where more is missing, the history begins anew. */
#include "layout/ext/past.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#define MOUNT_LEAVES_OUT 3 /* at most, when nothing was lost between two mounts */

/* One that changes nothing is a commit block alone. */
static bool may_begin(const struct log_block *entry)
{
	return entry->type == LOG_DESCRIPTOR || entry->type == LOG_REVOKE || entry->type == LOG_COMMIT;
}

/* Whether a whole transaction ends here by what the log's decoder says, and none that is yet to come. */
static bool is_commit(const struct log_ring *ring, const struct log_block *entry)
{
	return entry->type == LOG_COMMIT && (ring->start != 0 || !tid_geq(entry->tid, ring->sequence));
}

/* The block of the newest commit; false when there is none. */
static bool find_newest(const struct log *log, const struct log_ring *ring, uint32_t *newest)
{
	bool found = false;

	for (uint32_t at = ring->first; at < ring->end; at++) {
		const struct log_block *entry = &log->blocks[at];

		/* Of a log that was not replayed, only what a replay takes is surely of this life. */
		if (!is_commit(ring, entry) || (ring->start != 0 && entry->stale))
			continue;
		if (!found || tid_geq(entry->tid, log->blocks[*newest].tid))
			*newest = at;
		found = true;
	}
	return found;
}

/* Reads all transactions, the ring once around; false without memory. */
static bool read_ring(struct transactions *found, const struct log *log, uint32_t newest)
{
	uint32_t size = found->ring.end - found->ring.first, at = log_ring_next(&found->ring, newest);
	bool joined = false; /* to the one before, so that its beginning is there */

	for (uint32_t done = 0; done < size;) {
		const struct log_block *entry = &log->blocks[at];
		size_t copies = found->copies.n, revokes = found->revokes.n;
		enum transaction_end end = TRANSACTION_ABSENT;
		uint32_t steps = 1;

		if (may_begin(entry))
			end = transactions_read(found, at, entry->tid);
		if (end == TRANSACTION_FAILED)
			return false;
		if (end == TRANSACTION_WHOLE) {
			steps = (found->all.at[found->all.n - 1].commit + size - at) % size + 1;
			if (!joined && at != found->ring.first) {
				found->all.n--;
				found->copies.n = copies;
				found->revokes.n = revokes;
			}
		}
		joined = end == TRANSACTION_WHOLE;
		for (; steps > 0 && done < size; steps--, done++)
			at = log_ring_next(&found->ring, at);
	}
	return true;
}

static bool has_wrong_copy(const struct transactions *found, size_t i)
{
	size_t end = i + 1 < found->all.n ? found->all.at[i + 1].copies : found->copies.n;

	for (size_t at = found->all.at[i].copies; at < end; at++)
		if (found->copies.at[at].wrong)
			return true;
	return false;
}

/* Whether nothing was lost between two transactions. */
static bool follows(const struct log_ring *ring, const struct transaction *before,
		    const struct transaction *after)
{
	uint32_t left_out = after->tid - before->tid;

	if (left_out == 0 || left_out > INT32_MAX || after->seconds < before->seconds)
		return false;
	if (after->first == log_ring_next(ring, before->commit))
		return true;
	return after->first == ring->first && left_out <= MOUNT_LEAVES_OUT;
}

/* The order of numbers that go round; `newest` is the base. */
static int compare_age(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a > *b ? -1 : *a < *b;
}

/* Indices of found->all, oldest first, of those that lead up to the newest without a gap.  Of each: age in
   the upper half, index in the lower. */
static size_t choose(const struct transactions *found, uint32_t newest_tid, uint64_t *order)
{
	size_t n = 0, first;

	for (size_t i = 0; i < found->all.n; i++)
		if (tid_geq(newest_tid, found->all.at[i].tid))
			order[n++] = (uint64_t)(newest_tid - found->all.at[i].tid) << 32 | i;
	if (n > 1)
		qsort(order, n, sizeof(*order), compare_age);
	for (first = n; first > 0; first--) {
		const struct transaction *this = &found->all.at[(uint32_t)order[first - 1]];

		if (first < n && !follows(&found->ring, this, &found->all.at[(uint32_t)order[first]]))
			break;
		if (has_wrong_copy(found, (uint32_t)order[first - 1]))
			break;
	}
	memmove(order, order + first, (n - first) * sizeof(*order));
	return n - first;
}

static int compare_versions(const void *left, const void *right)
{
	const struct version *a = left, *b = right;

	if (a->home != b->home)
		return a->home < b->home ? -1 : 1;
	if (a->state != b->state)
		return a->state < b->state ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* A transaction has one copy of a block; a damaged one may say otherwise. */
static void drop_doubles(struct versions *versions)
{
	size_t n = 0;

	for (size_t i = 0; i < versions->sorted.n; i++) {
		const struct version *version = &versions->sorted.at[i];

		if (n > 0 && versions->sorted.at[n - 1].home == version->home &&
		    versions->sorted.at[n - 1].state == version->state)
			n--;
		versions->sorted.at[n++] = *version;
	}
	versions->sorted.n = n;
}

static int take_copies(struct past *past, const struct transactions *found, size_t i, uint32_t state)
{
	size_t end = i + 1 < found->all.n ? found->all.at[i + 1].copies : found->copies.n;

	for (size_t at = found->all.at[i].copies; at < end; at++) {
		const struct log_copy *copy = &found->copies.at[at];
		struct version version = {copy->home, copy->at, state, copy->escaped};

		if (copy->home < past->ext->blocks && VEC_PUSH(&past->versions.sorted, version) != 0)
			return -1;
	}
	return 0;
}

static int take(struct past *past, const struct transactions *found, const uint64_t *order, size_t n)
{
	struct versions *versions = &past->versions;

	versions->states = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct transaction *from = &found->all.at[(uint32_t)order[i]];
		struct history_transaction transaction = {from->tid, from->first, from->commit,
							  from->seconds};

		if (VEC_PUSH(&past->history->transactions, transaction) != 0 ||
		    take_copies(past, found, (uint32_t)order[i], (uint32_t)i + 1) != 0)
			return -1;
	}
	if (versions->sorted.n > 1)
		qsort(versions->sorted.at, versions->sorted.n, sizeof(*versions->sorted.at),
		      compare_versions);
	drop_doubles(versions);
	return n > 0;
}

static int read_transactions(struct past *past, struct transactions *found, uint32_t newest)
{
	const struct log *log = &past->ext->log;
	uint64_t *order;
	int result = -1;

	if (!read_ring(found, log, newest))
		return -1;
	order = malloc((found->all.n + 1) * sizeof(*order));
	if (order != NULL)
		result = take(past, found, order, choose(found, log->blocks[newest].tid, order));
	free(order);
	return result;
}

int past_read_log(struct past *past)
{
	struct ext *ext = past->ext;
	struct transactions found = {0};
	struct log_shape shape;
	struct log_ring ring;
	uint32_t unknown = 0, newest = 0;
	int result = 0;

	if (!ext->log.good || ext->found->log_runs.n == 0 || ext->found->log_inode == 0)
		return 0;
	ext_log_shape(ext, &shape);
	ext_read_log(ext, shape.superblock, 1, past->block);
	if (!log_ring_read(&ring, &shape, past->block, &unknown) || unknown != 0 ||
	    !find_newest(&ext->log, &ring, &newest))
		return 0;
	past->history->log_first = ring.first;
	past->history->log_end = ring.end;
	result = transactions_init(&found, &ring, ext_read_log, ext);
	if (result == 0)
		result = read_transactions(past, &found, newest);
	transactions_free(&found);
	return result;
}
