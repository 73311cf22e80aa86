/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arithmetic of a segment in both directions: from a sector of the volume outwards to the area
   that it is read from, and from a sector of an area inwards to what it holds.  Linux's dm-stripe and
   md/raid5.c are the source of the chunk orders. */
#ifndef LAYOUT_SEGMENT_H
#define LAYOUT_SEGMENT_H

#include "layout/space.h"

/* Where `at` (sectors from the segment's start) is read: area index, sectors from the area's start, and
   how many sectors go on from there.  False when it lies nowhere. */
bool segment_outward(const struct segment *segment, uint64_t at, uint32_t *area, uint64_t *area_at,
		     uint64_t *run);

enum inward {
	INWARD_DATA,   /* *at is a sector from the segment's start */
	INWARD_PARITY, /* parity or syndrome */
	INWARD_UNUSED, /* a tail that no stripe uses */
};

/* What lies `area_at` sectors into an area, and how many sectors go on that way. */
enum inward segment_inward(const struct segment *segment, uint32_t area, uint64_t area_at, uint64_t *at,
			   uint64_t *run);

/* Whether its numbers fit together: the arithmetic divides by them. */
bool segment_is_sound(const struct segment *segment);

/* How many copies there are of what lies at `at`, and where one of them lies; copy 0 is the one that
   segment_outward gives.  1 where there are none. */
uint32_t segment_copies(const struct segment *segment);
void segment_copy(const struct segment *segment, uint64_t at, uint32_t copy, uint32_t *area,
		  uint64_t *area_at);

/* Which areas (nareas of them) are zero together, sector by sector, in the row that lies there: data and
   parity.  How many; 0 where there is no parity. */
uint32_t segment_parity_areas(const struct segment *segment, uint64_t area_at, bool *areas);

/* Sectors of each area that the segment takes. */
uint64_t segment_area_sectors(const struct segment *segment);

#endif
