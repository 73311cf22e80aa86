/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a log that is not replayed would change: what is read there is older than what was committed. */
#include "layout/xfs/xfs_private.h"

#include "base/size.h"

#include <stdlib.h>

static int add_item(struct xfs *xfs, const struct xlog_item *item)
{
	struct xlog_buffer buffer;
	struct xlog_inode inode;

	if (!account_try(&xfs->map->account, sizeof(*xfs->stale.at), 0))
		return 0;
	if (item->type == XLOG_BUFFER && xlog_parse_buffer(item->regions, &buffer) &&
	    (buffer.flags & (XLOG_BUFFER_CANCEL | XLOG_BUFFER_QUOTA)) == 0 && buffer.sector < xfs->fs.sectors)
		return VEC_PUSH(&xfs->stale, (struct xfs_stale){.at = buffer.sector, .n = buffer.sectors});
	if (item->type == XLOG_INODE && xlog_parse_inode(item->regions, &inode))
		return VEC_PUSH(&xfs->stale,
				(struct xfs_stale){.is_inode = true, .at = inode.number, .n = 1});
	return 0;
}

static int add_items(void *context, const struct xlog_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (add_item(context, &items[i]) != 0)
			return -1;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct xfs_stale *a = left, *b = right;

	if (a->is_inode != b->is_inode)
		return a->is_inode ? 1 : -1;
	return a->at < b->at ? -1 : a->at > b->at;
}

int xfs_find_stale(struct xfs *xfs, const struct xlog *log, struct err *err)
{
	struct xlog_visitor visitor = {.context = xfs, .commit = add_items};
	struct xfs_stale *all;
	size_t n = 0;

	if (xlog_walk(log, log->tail, log->head, &visitor) < 0)
		return err_nomem(err);
	all = xfs->stale.at;
	if (xfs->stale.n > 1)
		qsort(all, xfs->stale.n, sizeof(*all), compare);
	for (size_t i = 0; i < xfs->stale.n; i++)
		if (n == 0 || compare(&all[n - 1], &all[i]) != 0)
			all[n++] = all[i];
		else if (all[n - 1].n < all[i].n)
			all[n - 1].n = all[i].n;
	xfs->stale.n = n;
	return 0;
}

/* Buffers begin where structures do. */
static bool is_there(const struct xfs *xfs, struct xfs_stale key)
{
	return xfs->stale.n > 0 && bsearch(&key, xfs->stale.at, xfs->stale.n, sizeof(key), compare) != NULL;
}

uint8_t xfs_stale_at(const struct xfs *xfs, uint64_t sector)
{
	return is_there(xfs, (struct xfs_stale){.at = sector}) ? EXTENT_STALE : 0;
}

uint8_t xfs_stale_inode(const struct xfs *xfs, uint64_t number)
{
	return is_there(xfs, (struct xfs_stale){.is_inode = true, .at = number}) ? EXTENT_STALE : 0;
}
