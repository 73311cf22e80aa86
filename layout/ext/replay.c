/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a mount would do with a journal that has not been replayed, done in memory: the copies of committed
   transactions become an overlay of the space (layout/overlay.h).  The rules are those of
   fs/jbd2/recovery.c: revoked blocks and copies with a wrong checksum are left out, and a transaction whose
   descriptor or commit block is missing or wrong ends it. */
#include "layout/ext/ext_private.h"

#include "base/bytes.h"
#include "layout/disk/image.h"
#include "layout/ext/transactions.h"
#include "layout/overlay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SUPER_OFFSET 1024
#define SUPER_LEN 1024
#define SUPER_INCOMPAT 0x60
#define SUPER_CHECKSUM 0x3fc

/* Finds where the journal inode's blocks lie, as they are before the replay. */
static int find_log(struct ext *ext, struct err *err)
{
	atomic_uint_fast64_t nodes = 0;
	struct ext_inode inode;
	uint8_t *raw = malloc(ext->inode_size);
	int result = -1;

	ext->nodes = &nodes;
	if (raw == NULL)
		err_nomem(err);
	else if (ext_read_inode(ext, ext->lib->super->s_journal_inum, raw, &inode) != 0)
		result = 0;
	else
		result = ext_map_blocks(ext, &inode, err);
	ext->nodes = NULL;
	free(raw);
	return result;
}

/* Reads the log's superblock; false, with a note, where there is nothing that a mount would replay. */
static bool read_ring(struct ext *ext, const struct log_shape *shape, uint8_t *block, struct log_ring *ring)
{
	uint32_t unknown = 0;

	ext_read_log(ext, shape->superblock, 1, block);
	if (!log_ring_read(ring, shape, block, &unknown) || unknown != 0) {
		ext_note(ext, "the journal has not been replayed, for its superblock cannot be used");
		return false;
	}
	if (log_super_is_wrong(ring, block)) {
		ext_note(ext, "the journal has not been replayed, for its superblock %s",
			 ext_log_is_readable(ext, shape->superblock, 1) ? "has a wrong checksum"
									: "cannot be read");
		return false;
	}
	if (ring->start < ring->first || ring->start >= ring->end) {
		ext_note(ext, "the journal holds nothing that a mount would replay");
		return false;
	}
	return true;
}

/* The transactions that a mount would replay. */
static int read_transactions(struct ext *ext, struct transactions *found, struct err *err)
{
	uint32_t at = found->ring.start, tid = found->ring.sequence;
	uint32_t most = found->ring.end - found->ring.first;
	enum transaction_end end;

	/* Each takes blocks of the ring, and all together no more than there are. */
	for (uint32_t used = 0; used < most;) {
		uint32_t last;

		end = transactions_read(found, at, tid);
		if (end == TRANSACTION_FAILED)
			return err_nomem(err);
		if (end == TRANSACTION_WRONG)
			ext_note(ext,
				 "journal: transaction %" PRIu32 " %s; it is not replayed,"
				 " nor is what follows",
				 tid,
				 ext->found->log_unread ? "cannot be read as a whole"
							: "has a wrong checksum");
		if (end != TRANSACTION_WHOLE)
			break;
		last = found->all.at[found->all.n - 1].commit;
		used += (last + most - at) % most + 1;
		at = log_ring_next(&found->ring, last);
		tid++;
	}
	return 0;
}

static int compare_revokes(const void *left, const void *right)
{
	const struct log_revoke *a = left, *b = right;

	if (a->home != b->home)
		return a->home < b->home ? -1 : 1;
	return a->transaction > b->transaction ? -1 : a->transaction < b->transaction;
}

/* Whether a transaction, the copy's own or a later one, revokes its block; the revokes are sorted. */
static bool is_revoked(const struct transactions *found, const struct log_copy *copy)
{
	size_t low = 0, high = found->revokes.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (found->revokes.at[middle].home < copy->home)
			low = middle + 1;
		else
			high = middle;
	}
	return low < found->revokes.n && found->revokes.at[low].home == copy->home &&
	       found->revokes.at[low].transaction >= copy->transaction;
}

static bool is_replayed(struct ext *ext, const struct transactions *found, const struct log_copy *copy)
{
	if (is_revoked(found, copy))
		return false;
	if (copy->wrong)
		ext_note(ext,
			 "journal block %" PRIu32 ": the copy of block %" PRIu64 " %s and is not replayed",
			 copy->at, copy->home,
			 ext_log_is_readable(ext, copy->at, 1) ? "has a wrong checksum" : "cannot be read");
	else if (copy->home >= ext->blocks)
		ext_note(ext,
			 "journal block %" PRIu32 ": a copy of block %" PRIu64
			 ", which the file system does not have",
			 copy->at, copy->home);
	return !copy->wrong && copy->home < ext->blocks;
}

static int fill_overlay(struct ext *ext, struct transactions *found, struct overlay *overlay)
{
	VEC(struct overlay_block) blocks = {0};
	int result = 0;

	if (found->revokes.n > 1)
		qsort(found->revokes.at, found->revokes.n, sizeof(*found->revokes.at), compare_revokes);
	for (size_t i = 0; result == 0 && i < found->copies.n; i++) {
		const struct log_copy *copy = &found->copies.at[i];
		struct overlay_block block = {
		    .block = copy->home,
		    .headed = copy->escaped,
		    .head = {LOG_MAGIC >> 24, LOG_MAGIC >> 16 & 0xff, LOG_MAGIC >> 8 & 0xff,
			     LOG_MAGIC & 0xff},
		};
		uint64_t lies_in;

		if (!is_replayed(ext, found, copy) || !ext_log_home(ext, copy->at, &lies_in))
			continue;
		block.from = lies_in * ext->block_size;
		result = VEC_PUSH(&blocks, block);
	}
	if (result == 0)
		result = overlay_fill(overlay, blocks.at, blocks.n);
	VEC_FREE(&blocks);
	return result;
}

/* The superblock as the replay leaves it: not in need of one. */
static int clear_recovery(struct ext *ext, uint8_t *block)
{
	uint64_t home = SUPER_OFFSET / ext->block_size;
	uint8_t *super = block + SUPER_OFFSET % ext->block_size;
	struct err why;
	uint32_t crc;

	if (ext_read_blocks(ext, home, block, 1, &why) != 0)
		return 0;
	super[SUPER_INCOMPAT] &= (uint8_t)~EXT3_FEATURE_INCOMPAT_RECOVER;
	if (ext2fs_has_feature_metadata_csum(ext->lib->super)) {
		crc = ext2fs_crc32c_le(~UINT32_C(0), super, SUPER_CHECKSUM);
		for (unsigned i = 0; i < 4; i++)
			super[SUPER_CHECKSUM + i] = (uint8_t)(crc >> 8 * i);
	}
	return overlay_put(ext->fs.space->overlay, home, block);
}

static void note_replay(struct ext *ext, const struct transactions *found)
{
	uint32_t first = found->all.at[0].tid, last = found->all.at[found->all.n - 1].tid;

	if (first == last)
		ext_note(ext,
			 "the journal has been replayed in memory: transaction %" PRIu32
			 " (--no-replay shows what lies on the disk)",
			 first);
	else
		ext_note(ext,
			 "the journal has been replayed in memory: transactions %" PRIu32 "-%" PRIu32
			 " (--no-replay shows what lies on the disk)",
			 first, last);
}

static int replay(struct ext *ext, struct transactions *found, struct err *err)
{
	struct space *space = ext->fs.space;
	int fast;

	if (read_transactions(ext, found, err) != 0)
		return -1;
	space->overlay = overlay_new(ext->block_size);
	if (space->overlay == NULL || fill_overlay(ext, found, space->overlay) != 0)
		return err_nomem(err);
	if (found->all.n > 0)
		note_replay(ext, found);
	fast = ext_replay_fast(ext, found, found->ring.sequence + (uint32_t)found->all.n);
	if (fast < 0 || (found->all.n + (size_t)fast > 0 && clear_recovery(ext, found->block) != 0))
		return err_nomem(err);
	if (found->all.n > 0 || fast > 0)
		return 1;
	overlay_free(space->overlay);
	space->overlay = NULL;
	ext_note(ext, "the journal holds nothing that a mount would replay");
	return 0;
}

/* The log is in an inode of the file system. */
static int replay_inode(struct ext *ext, struct err *err)
{
	struct transactions found = {0};
	struct log_shape shape;
	struct log_ring ring;
	uint8_t *block;
	int result = 0;

	if (find_log(ext, err) != 0)
		return -1;
	ext_log_shape(ext, &shape);
	block = malloc(ext->block_size);
	if (block == NULL)
		return err_nomem(err);
	if (read_ring(ext, &shape, block, &ring)) {
		if (transactions_init(&found, &ring, ext_read_log, ext) != 0)
			result = err_nomem(err);
		else {
			found.account = &ext->map->account;
			result = replay(ext, &found, err);
		}
		transactions_free(&found);
	}
	if (ext->found->log_unread)
		ext_note(ext, "some of the journal cannot be read, and may be missing from what is replayed;"
			      " labels may be older");
	free(block);
	return result;
}

/* What a program reads of a device that is in use comes from the same memory as what the file system writes
   there, so it may be newer than the log. */
static bool is_in_use(const struct map *map)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (map->spaces.at[i]->image != NULL && image_is_in_use(map->spaces.at[i]->image))
			return true;
	return false;
}

int ext_replay(struct ext *ext, struct err *err)
{
	if (!ext2fs_has_feature_journal_needs_recovery(ext->lib->super))
		return 0;
	if (ext->map->build->no_replay)
		ext_note(ext, "the journal has not been replayed; labels show what lies on the disk");
	else if (is_in_use(ext->map))
		ext_note(ext, "the journal is not replayed, for the disk is in use: what is read of it is"
			      " newer");
	else if (ext->lib->super->s_journal_inum == 0)
		ext_note(ext, "the journal is on another device and has not been replayed");
	else
		return replay_inode(ext, err);
	return 0;
}
