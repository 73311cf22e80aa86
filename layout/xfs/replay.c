/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a mount would do with a log that has not been replayed, done in memory: what committed transactions
   changed becomes an overlay of the space (layout/overlay.h).  The log holds changes, not copies, so each is
   put over what lies there.  The rules are those of fs/xfs/xfs_log_recover.c: buffers that were cancelled are
   left alone up to the last time that they were, and what is on the disk stays where it is newer. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"
#include "layout/disk/image.h"
#include "layout/overlay.h"
#include "layout/xfs/patches.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 128 /* bytes for each bit of a buffer's map */
#define NEXT_UNLINKED 96
#define BUFFER_SECTORS_MAX 1024

struct cancelled {
	uint64_t sector;
	uint32_t sectors, times;
};

struct replay {
	struct xfs *xfs;
	struct patches patches;
	VEC(struct cancelled) cancelled;
	uint64_t inodes, buffers, skipped;
};

static bool is_in_fs(const struct xfs *xfs, uint64_t sector, uint32_t sectors)
{
	return sectors > 0 && sectors <= BUFFER_SECTORS_MAX && sector < xfs->fs.sectors &&
	       sectors <= xfs->fs.sectors - sector;
}

static int compare_cancelled(const void *left, const void *right)
{
	const struct cancelled *a = left, *b = right;

	if (a->sector != b->sector)
		return a->sector < b->sector ? -1 : 1;
	return a->sectors < b->sectors ? -1 : a->sectors > b->sectors;
}

static int note_cancelled(void *context, const struct xlog_item *items, size_t n)
{
	struct replay *replay = context;
	struct xlog_buffer buffer;

	for (size_t i = 0; i < n; i++)
		if (items[i].type == XLOG_BUFFER && xlog_parse_buffer(items[i].regions, &buffer) &&
		    (buffer.flags & XLOG_BUFFER_CANCEL) != 0 &&
		    VEC_PUSH(&replay->cancelled, (struct cancelled){buffer.sector, buffer.sectors, 1}) != 0)
			return -1;
	return 0;
}

/* Each once, with how often. */
static void sort_cancelled(struct replay *replay)
{
	struct cancelled *at = replay->cancelled.at;
	size_t n = 0;

	if (replay->cancelled.n > 1)
		qsort(at, replay->cancelled.n, sizeof(*at), compare_cancelled);
	for (size_t i = 0; i < replay->cancelled.n; i++)
		if (n > 0 && compare_cancelled(&at[n - 1], &at[i]) == 0)
			at[n - 1].times++;
		else
			at[n++] = at[i];
	replay->cancelled.n = n;
}

/* A buffer that will be cancelled further on; NULL for others. */
static struct cancelled *find_cancelled(struct replay *replay, uint64_t sector, uint32_t sectors)
{
	struct cancelled key = {.sector = sector, .sectors = sectors}, *found = NULL;

	if (replay->cancelled.n > 0)
		found =
		    bsearch(&key, replay->cancelled.at, replay->cancelled.n, sizeof(key), compare_cancelled);
	return found != NULL && found->times > 0 ? found : NULL;
}

/* --- buffers --- */

/* Calls for each run of logged chunks, in order: byte of the buffer, and the bytes that belong there. */
static int for_each_run(const struct xlog_item *item, const struct xlog_buffer *buffer,
			int (*take)(struct replay *, const struct xlog_buffer *, size_t at,
				    const uint8_t *bytes, size_t len),
			struct replay *replay)
{
	uint32_t bits = buffer->words * 32, to;
	size_t region = 1;
	int result = 0;

	for (uint32_t from = 0; from < bits && result == 0; from = to) {
		bool set = (buffer->map[from / 8] >> from % 8 & 1) != 0;

		for (to = from + 1; to < bits && (buffer->map[to / 8] >> to % 8 & 1) == (set ? 1 : 0);)
			to++;
		if (!set)
			continue;
		/* Long runs may be in several regions. */
		for (size_t done = 0, len; done < (size_t)(to - from) * CHUNK && result == 0; done += len) {
			if (region >= item->n || item->regions[region].len == 0)
				return 1;
			len = item->regions[region].len;
			if (len > (size_t)(to - from) * CHUNK - done ||
			    from * (size_t)CHUNK + done + len > (size_t)buffer->sectors << SECTOR_SHIFT)
				return 1;
			result = take(replay, buffer, from * (size_t)CHUNK + done,
				      item->regions[region].bytes, len);
			region++;
		}
	}
	return result;
}

static int patch_run(struct replay *replay, const struct xlog_buffer *buffer, size_t at, const uint8_t *bytes,
		     size_t len)
{
	return patches_write(&replay->patches, (buffer->sector << SECTOR_SHIFT) + at, bytes, len);
}

/* Of buffers of inodes only the links between unlinked ones count: inodes have items of their own. */
static int patch_unlinked(struct replay *replay, const struct xlog_buffer *buffer, size_t at,
			  const uint8_t *bytes, size_t len)
{
	size_t size = replay->xfs->geometry.inode_size, slot = at / size;
	int result = 0;

	for (; slot * size < at + len && result == 0; slot++) {
		size_t field = slot * size + NEXT_UNLINKED;
		uint64_t inode = (buffer->sector << SECTOR_SHIFT) + slot * size;

		if (field < at || field + 4 > at + len)
			continue;
		result = patches_write(&replay->patches, inode + NEXT_UNLINKED, bytes + (field - at), 4);
		if (result == 0)
			result = patches_seal_inode(&replay->patches, inode, size);
	}
	return result;
}

static int apply_buffer(struct replay *replay, const struct xlog_item *item)
{
	struct xlog_buffer buffer;
	bool inodes;
	int result;

	if (!xlog_parse_buffer(item->regions, &buffer))
		return 1;
	if ((buffer.flags & XLOG_BUFFER_CANCEL) != 0) {
		struct cancelled *cancelled = find_cancelled(replay, buffer.sector, buffer.sectors);

		if (cancelled != NULL)
			cancelled->times--;
		return 0;
	}
	if ((buffer.flags & XLOG_BUFFER_QUOTA) != 0 ||
	    find_cancelled(replay, buffer.sector, buffer.sectors) != NULL)
		return 0;
	if (!is_in_fs(replay->xfs, buffer.sector, buffer.sectors))
		return 1;
	if (patches_is_newer(&replay->patches, buffer.sector, item->lsn)) {
		replay->skipped++;
		return 0;
	}
	inodes = (buffer.flags & XLOG_BUFFER_INODES) != 0;
	result = for_each_run(item, &buffer, inodes ? patch_unlinked : patch_run, replay);
	replay->buffers++;
	return result != 0 || inodes ? result : patches_seal(&replay->patches, buffer.sector, buffer.sectors);
}

/* --- inodes --- */

static int apply_inode(struct replay *replay, const struct xlog_item *item)
{
	const struct xfs *xfs = replay->xfs;
	size_t size = xfs->geometry.inode_size;
	uint8_t inode[2048];
	struct xlog_inode format;
	uint64_t at, lsn;
	int result;

	if (!xlog_parse_inode(item->regions, &format) || !is_in_fs(xfs, format.sector, format.sectors) ||
	    format.offset > ((uint64_t)format.sectors << SECTOR_SHIFT) - size)
		return 1;
	if (find_cancelled(replay, format.sector, format.sectors) != NULL)
		return 0;
	at = (format.sector << SECTOR_SHIFT) + format.offset;
	result = patches_read(&replay->patches, at, inode, size);
	if (result != 0)
		return result;
	if (be16(inode) != 0x494e)
		return 1;
	lsn = inode[4] >= 3 ? be64(inode + 112) : 0;
	if (lsn != UINT64_MAX && lsn > item->lsn) {
		replay->skipped++;
		return 0;
	}
	if (!xlog_put_inode(item, &format, xfs->geometry.v5, inode, size))
		return 1;
	replay->inodes++;
	result = patches_write(&replay->patches, at, inode, size);
	return result != 0 ? result : patches_seal_inode(&replay->patches, at, size);
}

/* --- new chunks --- */

static int make_inode(struct replay *replay, uint64_t at, uint64_t number)
{
	struct xfs *xfs = replay->xfs;
	uint8_t inode[2048] = {'I', 'N', 0, 0, xfs->geometry.v5 ? 3 : 2};
	int result;

	memset(inode + NEXT_UNLINKED, 0xff, 4);
	for (unsigned i = 0; xfs->geometry.v5 && i < 8; i++)
		inode[152 + i] = (uint8_t)(number >> (56 - 8 * i));
	if (xfs->geometry.v5)
		memcpy(inode + 160, xfs->geometry.meta_uuid, 16);
	result = patches_write(&replay->patches, at, inode, xfs->geometry.inode_size);
	return result != 0 ? result : patches_seal_inode(&replay->patches, at, xfs->geometry.inode_size);
}

static int apply_create(struct replay *replay, const struct xlog_item *item)
{
	struct xfs *xfs = replay->xfs;
	const struct xfs_geometry *geometry = &xfs->geometry;
	const uint8_t *bytes = item->regions[0].bytes;
	uint32_t agno, agbno, count, length;
	int result = 0;

	if (item->regions[0].len < 28)
		return 1;
	agno = be32(bytes + 4);
	agbno = be32(bytes + 8);
	count = be32(bytes + 12);
	length = be32(bytes + 20);
	if (agno >= geometry->ags || agbno >= xfs_ag_blocks(xfs, agno) || length == 0 ||
	    length > xfs_ag_blocks(xfs, agno) - agbno || be32(bytes + 16) != geometry->inode_size ||
	    count > (uint64_t)length * geometry->inodes_per_block || count > XFS_CHUNK_INODES * 64)
		return 1;
	for (size_t i = 0; i < replay->cancelled.n; i++)
		if (replay->cancelled.at[i].times > 0 &&
		    replay->cancelled.at[i].sector - xfs_sector(xfs, agno, agbno) <
			(uint64_t)length * xfs->fs.block_sectors)
			return 0;
	/* Chunks that have been written have been changed since. */
	if (patches_is_newer(&replay->patches, xfs_sector(xfs, agno, agbno), item->lsn))
		return 0;
	for (uint32_t i = 0; i < count && result == 0; i++)
		result = make_inode(replay,
				    (xfs_sector(xfs, agno, agbno) << SECTOR_SHIFT) +
					(uint64_t)i * geometry->inode_size,
				    ((uint64_t)agno << (geometry->ag_block_log + geometry->inopb_log) |
				     (uint64_t)agbno << geometry->inopb_log) +
					i);
	return result;
}

/* --- transactions --- */

enum turn { TURN_BUFFERS, TURN_ITEMS, TURN_INODE_BUFFERS, TURN_CANCELS, TURNS };

static enum turn turn_of(const struct xlog_item *item)
{
	struct xlog_buffer buffer;

	if (item->type == XLOG_ICREATE)
		return TURN_BUFFERS;
	if (item->type != XLOG_BUFFER || !xlog_parse_buffer(item->regions, &buffer))
		return TURN_ITEMS;
	if ((buffer.flags & XLOG_BUFFER_CANCEL) != 0)
		return TURN_CANCELS;
	return (buffer.flags & XLOG_BUFFER_INODES) != 0 ? TURN_INODE_BUFFERS : TURN_BUFFERS;
}

static int apply(struct replay *replay, const struct xlog_item *item)
{
	switch (item->type) {
	case XLOG_BUFFER:
		return apply_buffer(replay, item);
	case XLOG_INODE:
		return apply_inode(replay, item);
	case XLOG_ICREATE:
		return apply_create(replay, item);
	default:
		return 0;
	}
}

static int apply_all(void *context, const struct xlog_item *items, size_t n)
{
	struct replay *replay = context;
	int result = 0;

	for (int turn = 0; turn < TURNS; turn++)
		for (size_t i = 0; i < n && result == 0; i++)
			if (turn_of(&items[i]) == (enum turn)turn)
				result = apply(replay, &items[i]);
	return result;
}

/* 1 when something was put over the space. */
static int replay_records(struct replay *replay, const struct xlog *log, struct err *err)
{
	struct xfs *xfs = replay->xfs;
	struct xlog_visitor cancels = {.context = replay, .commit = note_cancelled};
	struct xlog_visitor applies = {.context = replay, .commit = apply_all};
	int result = xlog_walk(log, log->tail, log->head, &cancels);

	sort_cancelled(replay);
	if (result >= 0)
		result = xlog_walk(log, log->tail, log->head, &applies);
	if (result < 0)
		return err_nomem(err);
	if (result > 0 || log->torn)
		xfs_note(xfs, "the log is damaged; labels may be older than what it says");
	if (replay->buffers + replay->inodes == 0) {
		xfs_note(xfs, "the log holds nothing that a mount would change");
		return 0;
	}
	xfs->fs.space->overlay = patches_overlay(&replay->patches);
	if (xfs->fs.space->overlay == NULL)
		return err_nomem(err);
	xfs_note(xfs,
		 "the log has been replayed in memory: %" PRIu64 " changes of blocks and %" PRIu64
		 " of inodes, LSN %" PRIu64 ":%" PRIu32 " to %" PRIu64 ":%" PRIu32
		 " (--no-replay shows what lies on the disk)",
		 replay->buffers, replay->inodes, log->records.at[log->tail].lsn >> 32,
		 (uint32_t)log->records.at[log->tail].lsn, log->records.at[log->head].lsn >> 32,
		 (uint32_t)log->records.at[log->head].lsn);
	return 1;
}

static bool is_in_use(const struct map *map)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (map->spaces.at[i]->image != NULL && image_is_in_use(map->spaces.at[i]->image))
			return true;
	return false;
}

int xfs_replay(struct xfs *xfs, const struct xlog *log, struct err *err)
{
	struct replay replay = {.xfs = xfs};
	int result = 0;

	if (log->clean)
		return 0;
	if (log->records.n == 0 || log->head >= log->records.n)
		xfs_note(xfs, "the log has no record that can be used");
	else if (xfs->map->build->no_replay) {
		xfs_note(xfs, "the log has not been replayed; labels show what lies on the disk");
		result = xfs_find_stale(xfs, log, err);
	} else if (is_in_use(xfs->map))
		xfs_note(xfs, "the log is not replayed, for the disk is in use: what is read of it is newer");
	else if (log->records.at[log->head].big_endian)
		xfs_note(xfs, "the log has been written by a machine of another byte order, and is not"
			      " replayed; labels show what lies on the disk");
	else {
		replay.patches = (struct patches){
		    .space = xfs->fs.space, .v5 = xfs->geometry.v5, .account = &xfs->map->account};
		memcpy(replay.patches.uuid, xfs->geometry.meta_uuid, 16);
		result = replay_records(&replay, log, err);
		patches_free(&replay.patches);
		VEC_FREE(&replay.cancelled);
	}
	return result;
}
