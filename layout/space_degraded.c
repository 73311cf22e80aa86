/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading what lies in an area that is not here from what is: another copy, or the exclusive or of the others
   in the row where there is one parity more than there are areas missing.  What needs the second syndrome is
   not computed. */
#include "layout/space_degraded.h"

#include "base/size.h"
#include "layout/segment.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 4096u

static bool read_copy(const struct segment *segment, uint64_t at, uint64_t within, void *buf, size_t len)
{
	struct err why;

	for (uint32_t copy = 0; copy < segment_copies(segment); copy++) {
		const struct area *area;
		uint64_t area_at;
		uint32_t i;

		segment_copy(segment, at, copy, &i, &area_at);
		area = &segment->areas[i];
		if (area->space != NULL &&
		    space_read(area->space, ((area->start + area_at) << SECTOR_SHIFT) + within, buf, len,
			       &why) == 0)
			return true;
	}
	return false;
}

/* The others of the row are all needed. */
static bool add_others(const struct segment *segment, uint32_t missing, const bool *taken, uint64_t offset,
		       uint8_t *buf, size_t len)
{
	uint8_t other[PIECE];
	struct err why;

	memset(buf, 0, len);
	for (uint32_t i = 0; i < segment->nareas; i++) {
		const struct area *area = &segment->areas[i];

		if (i == missing || !taken[i])
			continue;
		if (area->space == NULL ||
		    space_read(area->space, (area->start << SECTOR_SHIFT) + offset, other, len, &why) != 0)
			return false;
		for (size_t byte = 0; byte < len; byte++)
			buf[byte] ^= other[byte];
	}
	return true;
}

static bool read_by_parity(const struct segment *segment, uint32_t missing, uint64_t area_at, uint64_t within,
			   uint8_t *buf, size_t len)
{
	uint64_t offset = (area_at << SECTOR_SHIFT) + within;
	bool *taken = calloc(segment->nareas, sizeof(*taken));
	bool done = taken != NULL && segment_parity_areas(segment, area_at, taken) > 0;

	for (size_t n; done && len > 0; len -= n, buf += n, offset += n) {
		n = len < PIECE ? len : PIECE;
		done = add_others(segment, missing, taken, offset, buf, n);
	}
	free(taken);
	return done;
}

bool space_read_degraded(const struct segment *segment, uint64_t at, uint64_t within, void *buf, size_t len)
{
	uint64_t area_at, run;
	uint32_t missing;

	if (segment_copies(segment) > 1)
		return read_copy(segment, at, within, buf, len);
	return segment_outward(segment, at, &missing, &area_at, &run) &&
	       read_by_parity(segment, missing, area_at, within, buf, len);
}
