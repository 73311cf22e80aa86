/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the page knows of the disk: runs of sectors with names, in order and without a gap, fewer than the
   map has.  Where nothing was accessed, small runs are joined into one that says how many it stands for. */
#ifndef VIZ_TRACKS_H
#define VIZ_TRACKS_H

#include "viz/names.h"
#include "viz/picture.h"

/* A device that gives no address to sectors: those of parity, and of what only helps the device. */
#define TRACK_NO_DELTA UINT64_MAX

/* How a run's sectors are numbered in each device around it. */
struct track_frame {
	unsigned depth;
	const struct space *stack[MAP_DEPTH_MAX];
	uint64_t delta[MAP_DEPTH_MAX]; /* disk sector minus the device's sector, modulo 2^64, or none */
};

struct track_run {
	uint64_t start;
	uint32_t name, frame;
	uint8_t flags; /* enum extent_flag */
	bool joined;   /* stands for several runs; its name is the first one's */
	uint64_t base; /* where the name has an offset: of `start`, in sectors, plus 1; in an inode table the
			  first inode; else 0 */
};

struct tracks {
	struct name_table names;
	VEC(struct track_frame) frames;
	VEC(struct track_run) runs;
	uint64_t sectors;
	uint64_t coarse; /* sectors under which untouched runs are joined */
	uint64_t joined; /* how many runs stand for several */
};

int tracks_of(struct tracks *tracks, const struct picture *picture, struct err *err);
void tracks_done(struct tracks *tracks);

#endif
