/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAID10 inside the arithmetic of segments (layout/segment_raid10.c). */
#ifndef LAYOUT_SEGMENT_PRIVATE_H
#define LAYOUT_SEGMENT_PRIVATE_H

#include "layout/segment.h"

/* Whether its numbers fit together: the others rely on it. */
bool raid10_is_sound(const struct segment *segment);

/* How many copies there are of each chunk, and where one of them lies. */
uint32_t raid10_copies(const struct segment *segment);
void raid10_outward(const struct segment *segment, uint64_t at, uint32_t copy, uint32_t *area,
		    uint64_t *area_at);

/* What lies in an area, perhaps behind the segment's end; false where no copy is. */
bool raid10_inward(const struct segment *segment, uint32_t area, uint64_t area_at, uint64_t *at);

uint64_t raid10_area_sectors(const struct segment *segment);

#endif
