/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log as a part of the file system: where it lies, and what each of its units holds. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"

#include <stdlib.h>

struct view {
	struct xfs *xfs;
	const struct xlog *log;
};

static struct xfs_log_unit *unit_of(const struct view *view, const struct xlog_record *record, uint32_t unit)
{
	return &view->xfs->log[(record->at + unit) % view->log->units];
}

/* The first sector of what an item changes, as long as it lies in the file system. */
static bool home_of(const struct xfs *xfs, uint16_t type, const struct xlog_region *head, uint64_t *sector)
{
	struct xlog_buffer buffer;
	struct xlog_inode inode;

	if (type == XLOG_BUFFER && xlog_parse_buffer(head, &buffer))
		*sector = buffer.sector;
	else if (type == XLOG_INODE && xlog_parse_inode(head, &inode))
		*sector = inode.sector + (inode.offset >> SECTOR_SHIFT);
	else if (type == XLOG_DQUOT && head->len >= 16)
		*sector = le64(head->bytes + 8);
	else if (type == XLOG_ICREATE && head->len >= 12 && be32(head->bytes + 4) < xfs->geometry.ags)
		*sector = xfs_sector(xfs, be32(head->bytes + 4), be32(head->bytes + 8));
	else
		return false;
	return *sector < xfs->fs.sectors;
}

static int take_piece(void *context, const struct xlog_record *record, size_t at, size_t len, uint16_t type,
		      const struct xlog_region *head, bool begins)
{
	struct view *view = context;
	uint64_t sector, home = 0;
	bool has_home =
	    home_of(view->xfs, type, head, &sector) && xfs_ops.block(&view->xfs->fs, sector, &home);

	for (size_t i = at / XLOG_UNIT; i <= (at + len - 1) / XLOG_UNIT; i++) {
		struct xfs_log_unit *unit = unit_of(view, record, record->headers + (uint32_t)i);

		if (begins && i == at / XLOG_UNIT && unit->items < UINT16_MAX)
			unit->items++;
		if (!has_home || unit->has_target)
			continue;
		unit->has_target = true;
		unit->target = home;
		unit->type = LOG_DATA;
	}
	return 0;
}

/* Newer records come later, over what is left of older ones. */
static void mark_records(const struct view *view)
{
	const struct xlog *log = view->log;

	for (size_t i = 0; i < log->records.n; i++) {
		const struct xlog_record *record = &log->records.at[i];
		struct xfs_log_unit unit = {.lsn = record->lsn};

		unit.stale = log->clean ? i != log->head : i < log->tail || i > log->head;
		for (uint32_t at = 0; at < xlog_record_units(record); at++) {
			unit.type = at < record->headers ? LOG_RECORD : LOG_ITEMS;
			unit.items = at == 0 ? (uint16_t)record->operations : 0;
			*unit_of(view, record, at) = unit;
		}
	}
}

static int view_log(struct xfs *xfs, const struct xlog *log, struct err *err)
{
	struct view view = {.xfs = xfs, .log = log};
	struct xlog_visitor visitor = {.context = &view, .lenient = true, .piece = take_piece};
	size_t last = log->records.n;

	/* As many as there can be, whatever they are. */
	if (log->records.n == 0 || !account_try(&xfs->map->account, log->units * sizeof(*xfs->log), 0))
		return 0;
	xfs->log = malloc(log->units * sizeof(*xfs->log));
	if (xfs->log == NULL)
		return err_nomem(err);
	xfs->log_units = log->units;
	xfs->log_sector = log->start;
	for (uint32_t i = 0; i < log->units; i++)
		xfs->log[i] = (struct xfs_log_unit){.type = LOG_UNUSED};
	mark_records(&view);
	return xlog_walk(log, 0, last - 1, &visitor) < 0 ? err_nomem(err) : 0;
}

/* Where the log is, and how long. */
static bool find_log(const struct xfs *xfs, struct xlog *log)
{
	const struct xfs_geometry *geometry = &xfs->geometry;
	uint64_t units = (uint64_t)geometry->log_blocks * xfs->fs.block_sectors;
	uint32_t agno, agbno;

	if (units > UINT32_MAX)
		return false;
	log->units = (uint32_t)units;
	if (geometry->log_start == 0) {
		log->space = xfs->log_space;
		return log->space != NULL && units <= log->space->sectors;
	}
	log->space = xfs->fs.space;
	if (!xfs_split(xfs, geometry->log_start, geometry->log_blocks, &agno, &agbno))
		return false;
	log->start = xfs_sector(xfs, agno, agbno);
	return true;
}

bool xfs_is_its_log(struct xfs *xfs, const struct space *space)
{
	struct xlog log = {.account = &xfs->map->account, .checked = xfs->geometry.v5};
	struct err why;
	bool is;

	xfs->log_space = space;
	is = find_log(xfs, &log) && xlog_read(&log, xfs->geometry.uuid, &why) == 0 && log.records.n > 0;
	xlog_free(&log);
	xfs->log_space = NULL;
	return is;
}

int xfs_read_log(struct xfs *xfs, struct err *err)
{
	struct xlog log = {.account = &xfs->map->account, .checked = xfs->geometry.v5};
	int result = 0;

	if (!find_log(xfs, &log))
		return 0;
	if (xlog_read(&log, xfs->geometry.uuid, err) != 0 ||
	    (log.space == xfs->fs.space && view_log(xfs, &log, err) != 0))
		result = -1;
	else
		result = xfs_replay(xfs, &log, err);
	xlog_free(&log);
	return result;
}

static bool is_used(const struct xfs *xfs, uint32_t block)
{
	uint32_t per_block = xfs->fs.block_sectors;

	for (uint32_t i = 0; i < per_block; i++)
		if (xfs->log[block * per_block + i].type != LOG_UNUSED)
			return true;
	return false;
}

/* Block by block, as each holds something else; what was never written is one run. */
static void claim_blocks(struct xfs *xfs, struct claim claim, uint32_t agno, uint32_t agbno)
{
	uint32_t n = xfs->log_units / xfs->fs.block_sectors;

	for (uint32_t from = 0, to; from < n; from = to) {
		to = from + 1;
		if (!is_used(xfs, from))
			while (to < n && !is_used(xfs, to))
				to++;
		xfs_claim(xfs, claim, agno, agbno + from, to - from);
	}
}

void xfs_claim_log(struct xfs *xfs)
{
	const struct xfs_geometry *geometry = &xfs->geometry;
	struct claim claim = {.rank = RANK_STRUCTURE, .kind = KIND_JOURNAL, .arg = UINT32_MAX};
	uint32_t agno, agbno;

	if (geometry->log_start == 0)
		return;
	if (!xfs_split(xfs, geometry->log_start, geometry->log_blocks, &agno, &agbno))
		xfs_note(xfs, "the log leaves its group");
	else if (xfs->log == NULL || xfs->log_units != (uint64_t)geometry->log_blocks * xfs->fs.block_sectors)
		xfs_claim(xfs, claim, agno, agbno, geometry->log_blocks);
	else
		claim_blocks(xfs, claim, agno, agbno);
}

bool xfs_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector, struct log_block *entry)
{
	const struct xfs *xfs = xfs_of(fs);
	uint64_t at = sector - xfs->log_sector;

	(void)extent;
	if (xfs->log == NULL || at >= xfs->log_units)
		return false;
	*entry = (struct log_block){
	    .type = xfs->log[at].type,
	    .target = xfs->log[at].target,
	    .has_lsn = xfs->log[at].type != LOG_UNUSED,
	    .lsn = xfs->log[at].lsn,
	    .items = xfs->log[at].items,
	    .stale = xfs->log[at].stale,
	};
	return true;
}
