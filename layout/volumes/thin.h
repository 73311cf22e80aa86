/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The metadata of a dm-thin pool: which chunk of the pool holds which chunk of which thin device.
   Facts: Linux drivers/md/dm-thin-metadata.c and drivers/md/persistent-data (all little-endian, blocks of
   4096 bytes, crc32c with a constant per kind of block). */
#ifndef LAYOUT_VOLUMES_THIN_H
#define LAYOUT_VOLUMES_THIN_H

#include "base/err.h"
#include "base/vec.h"
#include "layout/space.h"

#include <stdint.h>

/* A run of chunks of one thin device. */
struct thin_run {
	uint64_t device;
	uint64_t from; /* chunk of the thin device */
	uint64_t to;   /* chunk of the pool */
	uint64_t count;
};

struct thin_pool {
	uint32_t chunk_sectors;
	uint64_t chunks; /* in the data volume */
	uint64_t transaction;
	VEC(struct thin_run) runs; /* by device, then by chunk */
	unsigned damaged;          /* metadata blocks that could not be used */
	char damage[160];          /* the first of them, in words */
};

/* Reads the mapping from the metadata volume; 0, or -1 when there is none (err says why). */
int thin_pool_read(struct thin_pool *pool, const struct space *metadata, struct err *err);
void thin_pool_free(struct thin_pool *pool);

#endif
