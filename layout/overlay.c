/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sorted list of blocks. */
#include "layout/overlay.h"

#include "layout/space.h"

#include <stdlib.h>
#include <string.h>

struct overlay *overlay_new(uint32_t block_size)
{
	struct overlay *overlay = calloc(1, sizeof(*overlay));

	if (overlay != NULL)
		overlay->block_size = block_size;
	return overlay;
}

void overlay_free(struct overlay *overlay)
{
	if (overlay == NULL)
		return;
	for (size_t i = 0; i < overlay->blocks.n; i++)
		free(overlay->blocks.at[i].bytes);
	VEC_FREE(&overlay->blocks);
	free(overlay);
}

/* The first block that is not lower. */
static size_t lower_bound(const struct overlay *overlay, uint64_t block)
{
	size_t low = 0, high = overlay->blocks.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (overlay->blocks.at[middle].block < block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The last of each block to the front of its kind, so that blocks follow in order. */
static int compare_blocks(const void *left, const void *right)
{
	const struct overlay_block *const *a = left, *const *b = right;

	if ((*a)->block != (*b)->block)
		return (*a)->block < (*b)->block ? -1 : 1;
	return *a > *b ? -1 : *a < *b;
}

int overlay_fill(struct overlay *overlay, const struct overlay_block *blocks, size_t n)
{
	const struct overlay_block **order = malloc((n + 1) * sizeof(const struct overlay_block *));
	int result = order == NULL ? -1 : 0;

	for (size_t i = 0; result == 0 && i < n; i++)
		order[i] = &blocks[i];
	if (result == 0)
		qsort(order, n, sizeof(*order), compare_blocks);
	for (size_t i = 0; result == 0 && i < n; i++)
		if (i == 0 || order[i]->block != order[i - 1]->block)
			result = VEC_PUSH(&overlay->blocks, *order[i]);
	free(order);
	return result;
}

int overlay_put(struct overlay *overlay, uint64_t block, const uint8_t *bytes)
{
	struct overlay_block entry = {.block = block, .bytes = malloc(overlay->block_size)};
	size_t at = lower_bound(overlay, block);
	struct overlay_block *blocks = overlay->blocks.at;
	bool is_there = at < overlay->blocks.n && blocks[at].block == block;

	if (entry.bytes == NULL || (!is_there && VEC_PUSH(&overlay->blocks, entry) != 0)) {
		free(entry.bytes);
		return -1;
	}
	blocks = overlay->blocks.at;
	if (is_there)
		free(blocks[at].bytes);
	else
		memmove(&blocks[at + 1], &blocks[at], (overlay->blocks.n - 1 - at) * sizeof(*blocks));
	memcpy(entry.bytes, bytes, overlay->block_size);
	blocks[at] = entry;
	return 0;
}

/* Reads `len` bytes of a block from byte `skip` of it on. */
static int read_block(const struct overlay_block *block, const struct space *space, size_t skip, uint8_t *buf,
		      size_t len, struct err *err)
{
	if (block->bytes != NULL) {
		memcpy(buf, block->bytes + skip, len);
		return 0;
	}
	if (space_read_below(space, block->from + skip, buf, len, err) != 0)
		return -1;
	for (size_t i = skip; block->headed && i < OVERLAY_HEAD && i - skip < len; i++)
		buf[i - skip] = block->head[i];
	return 0;
}

int overlay_apply(const struct overlay *overlay, const struct space *space, uint64_t offset, void *buf,
		  size_t len, struct err *err)
{
	uint64_t end = offset + len;

	for (size_t i = lower_bound(overlay, offset / overlay->block_size); i < overlay->blocks.n; i++) {
		const struct overlay_block *block = &overlay->blocks.at[i];
		uint64_t start = block->block * overlay->block_size, from = start, to;

		if (start >= end)
			break;
		to = start + overlay->block_size < end ? start + overlay->block_size : end;
		from = start < offset ? offset : start;
		if (read_block(block, space, (size_t)(from - start), (uint8_t *)buf + (from - offset),
			       (size_t)(to - from), err) != 0)
			return -1;
	}
	return 0;
}
