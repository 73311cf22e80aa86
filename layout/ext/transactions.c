/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading transactions as fs/jbd2/recovery.c does: descriptors with their copies, revoke blocks, and the
   commit block that makes them count. */
#include "layout/ext/transactions.h"

#include "base/bytes.h"

#include <ext2fs/ext2fs.h>
#include <stdlib.h>
#include <string.h>

#define COMMIT_SUM_TYPE 12 /* h_chksum_type: 1 is CRC-32 */
#define COMMIT_SUM 16
#define COMMIT_SECONDS 48

int transactions_init(struct transactions *transactions, const struct log_ring *ring, log_reader *read,
		      void *context)
{
	*transactions = (struct transactions){
	    .ring = *ring,
	    .read = read,
	    .context = context,
	    .block = malloc(ring->block_size),
	    .copy = malloc(ring->block_size),
	};
	return transactions->block != NULL && transactions->copy != NULL ? 0 : -1;
}

void transactions_free(struct transactions *transactions)
{
	free(transactions->block);
	free(transactions->copy);
	VEC_FREE(&transactions->all);
	VEC_FREE(&transactions->copies);
	VEC_FREE(&transactions->revokes);
}

/* Where the reading of one transaction stands. */
struct reading {
	struct transactions *to;
	struct transaction transaction;
	uint32_t at, left; /* the next block; how many the ring has, so that going round ends */
	uint32_t sum;      /* of LOG_COMPAT_CHECKSUM */
};

static void step(struct reading *reading)
{
	reading->at = log_ring_next(&reading->to->ring, reading->at);
	reading->left--;
}

static bool has_old_sums(const struct reading *reading)
{
	return reading->to->ring.compat & LOG_COMPAT_CHECKSUM;
}

static enum transaction_end read_copies(struct reading *reading)
{
	struct transactions *to = reading->to;
	struct log_tag tag;
	size_t place = 0;

	reading->sum =
	    has_old_sums(reading) ? ext2fs_crc32_be(reading->sum, to->block, to->ring.block_size) : 0;
	step(reading);
	while (log_tag_next(&to->ring, to->block, &place, &tag)) {
		struct log_copy copy = {
		    .home = tag.target,
		    .at = reading->at,
		    .transaction = (uint32_t)to->all.n,
		    .escaped = tag.escaped,
		};

		if (reading->left == 0)
			return TRANSACTION_TORN;
		if (has_old_sums(reading) || log_ring_has_checksums(&to->ring)) {
			to->read(to->context, reading->at, 1, to->copy);
			copy.wrong = log_copy_is_wrong(&to->ring, &tag, reading->transaction.tid, to->copy);
			reading->sum = ext2fs_crc32_be(reading->sum, to->copy, to->ring.block_size);
		}
		if (!account_memory(to->account, 4 * sizeof(copy)))
			return TRANSACTION_TORN;
		if (VEC_PUSH(&to->copies, copy) != 0)
			return TRANSACTION_FAILED;
		step(reading);
	}
	return TRANSACTION_WHOLE;
}

static enum transaction_end read_revokes(struct reading *reading)
{
	struct transactions *to = reading->to;
	struct log_revoke revoke = {.transaction = (uint32_t)to->all.n};
	size_t place = 0;

	if (!account_memory(to->account, to->ring.block_size * sizeof(revoke) / 2))
		return TRANSACTION_TORN;
	while (log_revoke_next(&to->ring, to->block, &place, &revoke.home))
		if (VEC_PUSH(&to->revokes, revoke) != 0)
			return TRANSACTION_FAILED;
	step(reading);
	return TRANSACTION_WHOLE;
}

/* The sum of all blocks, which the first checksums of ext4's journals were. */
static bool old_sum_fits(const struct reading *reading)
{
	const uint8_t *block = reading->to->block;
	uint32_t found = be32(block + COMMIT_SUM);

	if (!has_old_sums(reading) || (block[COMMIT_SUM_TYPE] == 0 && found == 0))
		return true;
	return block[COMMIT_SUM_TYPE] == 1 && block[COMMIT_SUM_TYPE + 1] == 4 && found == reading->sum;
}

static enum transaction_end end_transaction(struct reading *reading)
{
	struct transactions *to = reading->to;

	if (!old_sum_fits(reading))
		return TRANSACTION_WRONG;
	reading->transaction.commit = reading->at;
	reading->transaction.seconds = (int64_t)be64(to->block + COMMIT_SECONDS);
	return VEC_PUSH(&to->all, reading->transaction) == 0 ? TRANSACTION_WHOLE : TRANSACTION_FAILED;
}

static enum transaction_end read_blocks(struct reading *reading)
{
	struct transactions *to = reading->to;
	enum transaction_end end = TRANSACTION_WHOLE;
	uint32_t type;

	while (end == TRANSACTION_WHOLE) {
		bool begun = reading->at != reading->transaction.first;

		if (reading->left == 0)
			return TRANSACTION_TORN;
		to->read(to->context, reading->at, 1, to->block);
		type = be32(to->block + 4);
		if (be32(to->block) != LOG_MAGIC || be32(to->block + 8) != reading->transaction.tid ||
		    (type != LOG_HEADER_DESCRIPTOR && type != LOG_HEADER_REVOKE && type != LOG_HEADER_COMMIT))
			return begun ? TRANSACTION_TORN : TRANSACTION_ABSENT;
		if (log_header_is_wrong(&to->ring, type, to->block))
			return TRANSACTION_WRONG;
		if (type == LOG_HEADER_COMMIT)
			return end_transaction(reading);
		end = type == LOG_HEADER_DESCRIPTOR ? read_copies(reading) : read_revokes(reading);
	}
	return end;
}

enum transaction_end transactions_read(struct transactions *transactions, uint32_t at, uint32_t tid)
{
	size_t copies = transactions->copies.n, revokes = transactions->revokes.n;
	struct reading reading = {
	    .to = transactions,
	    .transaction = {.tid = tid, .first = at, .copies = copies},
	    .at = at,
	    .left = transactions->ring.end - transactions->ring.first,
	    .sum = ~UINT32_C(0),
	};
	enum transaction_end end = read_blocks(&reading);

	if (end != TRANSACTION_WHOLE) {
		transactions->copies.n = copies;
		transactions->revokes.n = revokes;
	}
	return end;
}
