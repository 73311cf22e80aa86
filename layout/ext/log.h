/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log of a jbd2 journal, block by block, as it lies on the disk.  Facts: Linux
   Documentation/filesystems/ext4/journal.rst, include/linux/jbd2.h (all fields big-endian) and
   fs/ext4/fast_commit.h (little-endian). */
#ifndef LAYOUT_EXT_LOG_H
#define LAYOUT_EXT_LOG_H

#include "base/err.h"
#include "layout/journal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads `count` journal blocks from `block` on; what cannot be read is zeroed. */
typedef void log_reader(void *context, uint64_t block, uint32_t count, uint8_t *buf);

struct log_listed {
	uint32_t block;
	struct log_block entry;
};

struct log {
	struct log_block *blocks; /* NULL in a saved map */
	uint32_t nblocks;
	struct log_listed *listed; /* in a saved map: by block, all that something is known of */
	size_t nlisted;
	bool good;        /* it has a journal superblock that makes sense, and nothing unknown */
	uint32_t unknown; /* features that are not known here; then nothing is decoded */
};

struct log_shape {
	uint32_t nblocks, block_size;
	uint32_t superblock; /* its block: 0 in an inode; on a device, the one behind the device's own */
	bool fast_commits;   /* the file system has them, which a clean journal does not say */
	unsigned threads;    /* that may call the reader at a time; 0 is one */
};

/* Classifies the blocks of a journal.  0, or -1 without memory.  A log without a usable superblock is all
   LOG_UNUSED and not `good`. */
int log_decode(struct log *log, const struct log_shape *shape, log_reader *read, void *context,
	       struct err *err);
void log_free(struct log *log);

#endif
