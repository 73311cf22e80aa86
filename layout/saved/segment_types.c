/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers that saved maps give to the types of segments: new ones come behind, whatever the program's own
   order. */
#include "layout/saved/format.h"

static const uint8_t types[] = {
    SEGMENT_LINEAR,     SEGMENT_STRIPED,   SEGMENT_MIRROR,     SEGMENT_RAID4,      SEGMENT_RAID5_LA,
    SEGMENT_RAID5_RA,   SEGMENT_RAID5_LS,  SEGMENT_RAID5_RS,   SEGMENT_RAID5_N,    SEGMENT_RAID6_ZR,
    SEGMENT_RAID6_NR,   SEGMENT_RAID6_NC,  SEGMENT_RAID6_LA_6, SEGMENT_RAID6_RA_6, SEGMENT_RAID6_LS_6,
    SEGMENT_RAID6_RS_6, SEGMENT_RAID6_N_6, SEGMENT_RAID10,     SEGMENT_ZERO,       SEGMENT_NONE,
    SEGMENT_RAID6_LA,   SEGMENT_RAID6_LS,  SEGMENT_RAID6_RS,   SEGMENT_RAID6_0,    SEGMENT_RAID6_0_6,
};

#define TYPES (sizeof(types) / sizeof(types[0]))

uint8_t saved_segment_number(enum segment_type type)
{
	uint8_t number = 0;

	while (number + 1u < TYPES && types[number] != type)
		number++;
	return number;
}

bool saved_segment_type(uint8_t number, enum segment_type *type)
{
	*type = number < TYPES ? (enum segment_type)types[number] : SEGMENT_NONE;
	return number < TYPES;
}
