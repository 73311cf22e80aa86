/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal of a file system (inode 8, or a device of its own): its log is decoded, and each run of
   it is claimed apart, so that every block has its transaction and the block that it is a copy of. */
#include "layout/ext/ext_private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BLOCKS_MAX (1u << 28)

static int compare_runs(const void *left, const void *right)
{
	const struct ext_run *a = left, *b = right;

	return a->place < b->place ? -1 : a->place > b->place;
}

/* The first run that ends behind a block of the log: the runs are sorted, and their ends are too where they
   do not overlap, as those of a sound log do not. */
static size_t first_run(const struct ext *ext, uint64_t block)
{
	size_t low = 0, high = ext->found->log_runs.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ext_run *run = &ext->found->log_runs.at[middle];

		if (run->place + run->count <= block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void ext_read_log(void *context, uint64_t block, uint32_t count, uint8_t *buf)
{
	const struct ext *ext = context;
	uint64_t at = block, end = block + count;
	struct err why;

	for (size_t i = first_run(ext, block); i < ext->found->log_runs.n && at < end; i++) {
		const struct ext_run *run = &ext->found->log_runs.at[i];
		uint64_t to = run->place + run->count < end ? run->place + run->count : end;
		uint8_t *bytes = buf + (at - block) * ext->block_size;

		if (run->place > at || to <= at)
			break;
		if (ext_read_blocks(ext, run->block + (at - run->place), bytes, (uint32_t)(to - at), &why) !=
		    0) {
			if (why.errnum == 0)
				memset(bytes, 0, (to - at) * ext->block_size);
			else
				ext->found->log_unread = true;
		}
		at = to;
	}
	memset(buf + (at - block) * ext->block_size, 0, (end - at) * ext->block_size);
}

bool ext_log_is_readable(const struct ext *ext, uint64_t block, uint32_t count)
{
	uint8_t *buf = malloc(ext->block_size);
	bool readable = true;
	struct err why;

	for (uint64_t at = block; buf != NULL && at < block + count && readable; at++) {
		size_t i = first_run(ext, at);
		const struct ext_run *run = i < ext->found->log_runs.n ? &ext->found->log_runs.at[i] : NULL;

		if (run != NULL && at >= run->place &&
		    ext_read_blocks(ext, run->block + (at - run->place), buf, 1, &why) != 0)
			readable = why.errnum == 0;
	}
	free(buf);
	return readable;
}

/* Whether a run of the log may go on with this block: copies stand each for themselves. */
static bool goes_on(const struct log_block *run, const struct log_block *next)
{
	return run->type == next->type && run->type != LOG_DATA && run->tid == next->tid &&
	       run->has_tid == next->has_tid && run->stale == next->stale && run->wrong == next->wrong;
}

static uint8_t log_flags(const struct ext *ext, uint64_t block)
{
	const struct log_block *entry;

	if (block >= ext->log.nblocks || !ext->log.good)
		return 0;
	entry = &ext->log.blocks[block];
	return (uint8_t)((entry->stale ? EXTENT_STALE : 0) |
			 (entry->wrong && ext_log_is_readable(ext, block, 1) ? EXTENT_DAMAGED : 0));
}

static void claim_log_run(struct ext *ext, const struct ext_run *run, uint64_t from, uint64_t count)
{
	ext_claim(ext,
		  (struct claim){
		      .rank = RANK_CONTENT,
		      .kind = KIND_JOURNAL,
		      .flags = log_flags(ext, run->place + from),
		      .owner = ext->found->log_inode,
		      .arg = (uint32_t)(run->place + from),
		  },
		  run->block + from, count);
}

static void claim_run(struct ext *ext, const struct ext_run *run)
{
	uint64_t from = 0, to;

	for (; from < run->count; from = to) {
		uint64_t at = run->place + from;

		to = from + 1;
		if (at >= ext->log.nblocks)
			to = run->count;
		while (to < run->count && run->place + to < ext->log.nblocks &&
		       goes_on(&ext->log.blocks[at], &ext->log.blocks[run->place + to]))
			to++;
		claim_log_run(ext, run, from, to - from);
	}
}

static void note_log(struct ext *ext)
{
	const struct log *log = &ext->log;

	if (log->unknown != 0)
		ext_note(ext, "journal feature 0x%" PRIx32 " is not known; its blocks are not told apart",
			 log->unknown);
	else if (!log->good && !ext_log_is_readable(ext, 0, 1))
		ext_note(ext, "the journal's superblock cannot be read");
	else if (!log->good)
		ext_note(ext, "the journal has no superblock that makes sense");
	for (uint32_t at = 0; log->good && at < log->nblocks; at++)
		if (log->blocks[at].wrong)
			ext_note(ext, "journal block %" PRIu32 ": the %s %s", at,
				 log_type_name((enum log_type)log->blocks[at].type),
				 ext_log_is_readable(ext, at, 1) ? "has a wrong checksum" : "cannot be read");
}

#define LOG_BLOCK_COST (sizeof(struct log_block) + sizeof(uint16_t))

/* How many blocks the log has: a damaged map may put a block anywhere, but a log has no holes, and what lies
   behind the end of the space is not there. */
static uint32_t count_log(const struct ext *ext)
{
	uint64_t end = ext->found->log_inode == 0 ? ext->found->log_runs.at[0].place : 0;
	uint64_t blocks = ext->fs.space->sectors / ext->fs.block_sectors;

	for (size_t i = 0; i < ext->found->log_runs.n; i++) {
		const struct ext_run *run = &ext->found->log_runs.at[i];
		uint64_t here = run->block < blocks ? blocks - run->block : 0;

		if (run->place > end)
			break;
		if (here > run->count)
			here = run->count;
		if (run->place + here > end)
			end = run->place + here;
		if (here < run->count)
			break;
	}
	return end < LOG_BLOCKS_MAX ? (uint32_t)end : LOG_BLOCKS_MAX;
}

void ext_log_shape(struct ext *ext, struct log_shape *shape)
{
	*shape = (struct log_shape){
	    .block_size = ext->block_size,
	    .threads = ext->map->build->threads,
	    .fast_commits = ext2fs_has_feature_fast_commit(ext->lib->super),
	};
	if (ext->found->log_runs.n == 0)
		return;
	if (ext->found->log_inode == 0)
		shape->superblock = (uint32_t)ext->found->log_runs.at[0].place;
	qsort(ext->found->log_runs.at, ext->found->log_runs.n, sizeof(struct ext_run), compare_runs);
	shape->nblocks = count_log(ext);
}

bool ext_log_home(const struct ext *ext, uint32_t at, uint64_t *block)
{
	size_t low = 0, high = ext->found->log_runs.n;
	const struct ext_run *run;

	/* `low` becomes the first run that begins behind the block. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ext->found->log_runs.at[middle].place <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	run = &ext->found->log_runs.at[low - 1];
	*block = run->block + (at - run->place);
	return at - run->place < run->count;
}

static int decode_log(struct ext *ext, struct err *err)
{
	struct log_shape shape;

	ext_log_shape(ext, &shape);
	if (!account_memory(&ext->map->account, shape.nblocks * LOG_BLOCK_COST)) {
		ext_note(ext, "the journal's log of %" PRIu32 " blocks is too long to be told apart",
			 shape.nblocks);
		return 0;
	}
	if (log_decode(&ext->log, &shape, ext_read_log, ext, err) != 0)
		return -1;
	note_log(ext);
	return 0;
}

int ext_map_journal(struct ext *ext, struct err *err)
{
	if (ext->found->log_runs.n == 0)
		return 0;
	if (decode_log(ext, err) != 0)
		return -1;
	for (size_t i = 0; i < ext->found->log_runs.n; i++)
		claim_run(ext, &ext->found->log_runs.at[i]);
	return 0;
}

static struct log_block listed_block(const struct log *log, uint32_t block)
{
	size_t low = 0, high = log->nlisted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (log->listed[middle].block < block)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < log->nlisted && log->listed[low].block == block)
		return log->listed[low].entry;
	return (struct log_block){.type = LOG_UNUSED};
}

bool ext_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector, struct log_block *entry)
{
	const struct ext *ext = ext_of(fs);
	uint32_t block = extent->arg + (uint32_t)((sector - extent->start) / fs->block_sectors);

	if (block >= ext->log.nblocks || !ext->log.good)
		return false;
	*entry = ext->log.blocks ? ext->log.blocks[block] : listed_block(&ext->log, block);
	return true;
}
