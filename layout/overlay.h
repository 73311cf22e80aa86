/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blocks of a space that read otherwise than they lie on the disk: what the replay of a journal would write
   there.  Most are copies that lie elsewhere in the space and are read from there. */
#ifndef LAYOUT_OVERLAY_H
#define LAYOUT_OVERLAY_H

#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct space;

#define OVERLAY_HEAD 4

struct overlay_block {
	uint64_t block;
	uint64_t from;  /* the byte of the space where its content lies; unless `bytes` has it */
	uint8_t *bytes; /* owned, or NULL */
	bool headed;    /* its first bytes are `head`, whatever lies at `from` */
	uint8_t head[OVERLAY_HEAD];
};

struct overlay {
	uint32_t block_size;
	bool writable;                    /* who writes to the space writes here */
	bool altered;                     /* somebody has */
	VEC(struct overlay_block) blocks; /* by block, each once, when it is in use */
};

struct overlay *overlay_new(uint32_t block_size);
void overlay_free(struct overlay *overlay);

/* Says where the contents of blocks lie, in any order: of several of a block the last counts.  Once, into an
   empty overlay; 0, or -1 without memory. */
int overlay_fill(struct overlay *overlay, const struct overlay_block *blocks, size_t n);

/* Puts bytes (copied) over a block; 0, or -1 without memory. */
int overlay_put(struct overlay *overlay, uint64_t block, const uint8_t *bytes);

/* Puts what the overlay has of a range of the space, which has been read into buf, in its place; -1 where a
   copy cannot be read. */
int overlay_apply(const struct overlay *overlay, const struct space *space, uint64_t offset, void *buf,
		  size_t len, struct err *err);

#endif
