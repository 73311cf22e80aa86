/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and claiming sectors of a space, whatever it lies in. */
#include "layout/space.h"

#include "base/size.h"
#include "layout/fs.h"
#include "layout/disk/image.h"
#include "layout/overlay.h"
#include "layout/segment.h"
#include "layout/space_degraded.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int space_add_segment(struct space *space, const struct segment *segment, struct err *err)
{
	struct segment copy = *segment;

	assert(segment->start == 0 || space->segments.n > 0 || space->claims.left_out);
	/* A segment that is missing lies on no disk that is here. */
	if (!account_memory(space->account, 2 * sizeof(copy) + segment->nareas * sizeof(*copy.areas))) {
		space->claims.left_out = true;
		return 0;
	}
	copy.areas = NULL;
	if (segment->nareas > 0) {
		copy.areas = calloc(segment->nareas, sizeof(*copy.areas));
		if (copy.areas == NULL)
			return err_nomem(err);
		memcpy(copy.areas, segment->areas, segment->nareas * sizeof(*copy.areas));
	}
	if (VEC_PUSH(&space->segments, copy) == 0)
		return 0;
	free(copy.areas);
	return err_nomem(err);
}

/* The segment that holds a sector of the space, or NULL. */
static const struct segment *find_segment(const struct space *space, uint64_t sector)
{
	size_t low = 0, high = space->segments.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct segment *segment = &space->segments.at[middle];

		if (sector < segment->start)
			high = middle;
		else if (sector - segment->start >= segment->count)
			low = middle + 1;
		else
			return segment;
	}
	return NULL;
}

bool space_outward(const struct space *space, uint64_t sector, const struct area **area, uint64_t *at,
		   uint64_t *run)
{
	const struct segment *segment = sector < space->sectors ? find_segment(space, sector) : NULL;
	uint64_t rest = sector < space->sectors ? space->sectors - sector : UINT64_MAX - sector;
	uint32_t i = 0;
	bool found;

	*run = rest;
	if (segment == NULL)
		return false;
	found = segment_outward(segment, sector - segment->start, &i, at, run);
	if (*run > rest)
		*run = rest;
	*area = found ? &segment->areas[i] : NULL;
	return found && (*area)->space != NULL;
}

static int nowhere(const struct space *space, uint64_t offset, struct err *err)
{
	return err_set(err, "sector %" PRIu64 " of %s lies on no disk that is here", offset >> SECTOR_SHIFT,
		       space_name(space));
}

/* Reads what lies in one piece from `offset` on: how much of len it was goes to *done. */
static int read_piece(const struct space *space, uint64_t offset, void *buf, size_t len, size_t *done,
		      struct err *err)
{
	const struct segment *segment = find_segment(space, offset >> SECTOR_SHIFT);
	uint64_t area_at, run, bytes;
	uint32_t area;
	int result;

	if (segment != NULL && segment->type == SEGMENT_ZERO) {
		bytes = ((segment->start + segment->count) << SECTOR_SHIFT) - offset;
		*done = bytes < len ? (size_t)bytes : len;
		memset(buf, 0, *done);
		return 0;
	}
	if (segment == NULL ||
	    !segment_outward(segment, (offset >> SECTOR_SHIFT) - segment->start, &area, &area_at, &run))
		return nowhere(space, offset, err);
	bytes = (run << SECTOR_SHIFT) - offset % SECTOR_SIZE;
	*done = bytes < len ? (size_t)bytes : len;
	if (segment->areas[area].space == NULL)
		return space_read_degraded(segment, (offset >> SECTOR_SHIFT) - segment->start,
					   offset % SECTOR_SIZE, buf, *done)
			   ? 0
			   : nowhere(space, offset, err);
	result = space_read(segment->areas[area].space,
			    ((segment->areas[area].start + area_at) << SECTOR_SHIFT) + offset % SECTOR_SIZE,
			    buf, *done, err);
	/* What one disk cannot read, another may have. */
	if (result == 0 || err->errnum == 0)
		return result;
	if (space_read_degraded(segment, (offset >> SECTOR_SHIFT) - segment->start, offset % SECTOR_SIZE, buf,
				*done))
		return 0;
	return space_read(segment->areas[area].space,
			  ((segment->areas[area].start + area_at) << SECTOR_SHIFT) + offset % SECTOR_SIZE,
			  buf, *done, err);
}

/* Goes on behind what a device cannot read, so that the rest is there. */
static int read_pieces(const struct space *space, uint64_t offset, void *buf, size_t len, struct err *err)
{
	struct err why;
	size_t done = 0;
	int result = 0;

	for (; len > 0; len -= done, offset += done, buf = (char *)buf + done) {
		if (read_piece(space, offset, buf, len, &done, &why) == 0)
			continue;
		if (result == 0)
			*err = why;
		result = -1;
		if (why.errnum == 0) {
			*err = why;
			break;
		}
	}
	return result;
}

int space_read_below(const struct space *space, uint64_t offset, void *buf, size_t len, struct err *err)
{
	if (offset > space_bytes(space) || len > space_bytes(space) - offset)
		return err_set(err, "bytes %" PRIu64 "+%zu end beyond %s, which has %" PRIu64, offset, len,
			       space_name(space), space_bytes(space));
	if (space->image != NULL)
		return image_read(space->image, offset, buf, len, err);
	return read_pieces(space, offset, buf, len, err);
}

int space_read(const struct space *space, uint64_t offset, void *buf, size_t len, struct err *err)
{
	int result = space_read_below(space, offset, buf, len, err);

	if (result != 0 && err->errnum == 0)
		return -1;
	if (space->overlay != NULL && overlay_apply(space->overlay, space, offset, buf, len, err) != 0)
		return -1;
	return result;
}

void space_cut_claim(const struct space *space, struct claim *claim)
{
	if (claim->start >= space->sectors)
		claim->count = 0;
	else if (claim->count > space->sectors - claim->start)
		claim->count = space->sectors - claim->start;
}

void space_claim_as(struct space *space, struct claim claim)
{
	assert(space->extents.n == 0);
	space_cut_claim(space, &claim);
	claims_add(&space->claims, claim);
}

void space_claim(struct space *space, enum rank rank, enum kind kind, uint64_t start, uint64_t count)
{
	if (start > EXTENT_SECTORS_MAX)
		return;
	if (count > EXTENT_SECTORS_MAX)
		count = EXTENT_SECTORS_MAX;
	space_claim_as(space, (struct claim){.start = start, .count = count, .rank = rank, .kind = kind});
}

int space_seal(struct space *space, unsigned threads)
{
	if (space->extents.n > 0 || space->sectors == 0)
		return 0;
	space->left_out |= space->claims.left_out;
	return extents_seal(&space->extents, &space->claims, space->sectors, space->rest,
			    fs_block_sectors(space->fs), threads);
}

void content_set_uuid(struct content *content, const uint8_t *u)
{
	snprintf(content->uuid, sizeof(content->uuid),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2],
		 u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}
