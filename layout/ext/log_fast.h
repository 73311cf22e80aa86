/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fast-commit area behind a jbd2 log: blocks of tagged records.  A fast commit fills whole blocks and
   ends with a tail, which holds its transaction and a checksum of all its records; the area's first one
   begins with a head.  Facts: Linux fs/ext4/fast_commit.h and ext4_fc_replay_scan (little-endian). */
#ifndef LAYOUT_EXT_LOG_FAST_H
#define LAYOUT_EXT_LOG_FAST_H

#include "layout/ext/log.h"

struct fast_area {
	struct log_block *blocks; /* of the whole log; all LOG_UNUSED from `first` on */
	uint32_t block_size;
	uint32_t first;    /* the area's first block */
	uint32_t expected; /* the transaction whose fast commits a replay takes */
	bool replayed;     /* whether there is a replay at all */

	bool live;     /* every commit up to here is replayed */
	bool broken;   /* records are missing since the last tail, so that nothing can be checked */
	uint32_t from; /* the first block of the commit that is being read */
	uint32_t crc;
};

/* Takes in the area's next block. */
void fast_area_block(struct fast_area *area, uint32_t at, const uint8_t *block);

#endif
