/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shape of a jbd2 log, from its superblock, and how the blocks that speak of others are read: headers,
   tags, checksums.  Facts: Linux include/linux/jbd2.h and fs/jbd2/recovery.c (all big-endian). */
#ifndef LAYOUT_EXT_LOG_RING_H
#define LAYOUT_EXT_LOG_RING_H

#include "layout/ext/log.h"

#define LOG_MAGIC 0xc03b3998
#define LOG_HEADER_LEN 12

enum log_header {
	LOG_HEADER_DESCRIPTOR = 1,
	LOG_HEADER_COMMIT,
	LOG_HEADER_SUPER_V1,
	LOG_HEADER_SUPER_V2,
	LOG_HEADER_REVOKE
};

enum log_incompat {
	LOG_REVOKES = 1,
	LOG_64BIT = 2,
	LOG_ASYNC_COMMIT = 4,
	LOG_CSUM_V2 = 8,
	LOG_CSUM_V3 = 16,
	LOG_FAST_COMMITS = 32,
	LOG_KNOWN = 63
};

#define LOG_COMPAT_CHECKSUM 1 /* commit blocks hold a CRC-32 of the whole transaction */

struct log_ring {
	uint32_t block_size;
	uint32_t superblock; /* its block */
	uint32_t nblocks;    /* of the log, fast commits included */
	uint32_t compat, incompat;
	uint32_t seed;            /* of checksums: that of the journal's UUID */
	uint32_t first, end;      /* blocks first .. end-1 are the ring */
	uint32_t start, sequence; /* where a replay starts; 0 when the log is clean */
};

/* Takes a journal superblock in; false when it makes no sense.  `unknown` are features that are not known
   here, with which the rest says nothing. */
bool log_ring_read(struct log_ring *ring, const struct log_shape *shape, const uint8_t *block,
		   uint32_t *unknown);

/* The block that follows in the ring. */
static inline uint32_t log_ring_next(const struct log_ring *ring, uint32_t at)
{
	return at + 1 < ring->end ? at + 1 : ring->first;
}

static inline bool log_ring_has_checksums(const struct log_ring *ring)
{
	return (ring->incompat & (LOG_CSUM_V2 | LOG_CSUM_V3)) != 0;
}

/* Whether a log's superblock has a wrong checksum; descriptors, revoke and commit blocks by their type. */
bool log_super_is_wrong(const struct log_ring *ring, const uint8_t *block);
bool log_header_is_wrong(const struct log_ring *ring, uint32_t type, const uint8_t *block);

struct log_tag {
	uint64_t target;
	uint32_t checksum; /* of the copy; 16 bits of it with LOG_CSUM_V2 */
	bool escaped;      /* the copy's first four bytes are zero in the log, and LOG_MAGIC at home */
	bool last;
};

/* The next tag of a descriptor; *place starts at 0.  False behind the last. */
bool log_tag_next(const struct log_ring *ring, const uint8_t *descriptor, size_t *place, struct log_tag *tag);

/* Whether a copy is not the one that its tag speaks of. */
bool log_copy_is_wrong(const struct log_ring *ring, const struct log_tag *tag, uint32_t tid,
		       const uint8_t *copy);

/* The next block that a revoke block names; *place starts at 0.  False behind the last. */
bool log_revoke_next(const struct log_ring *ring, const uint8_t *block, size_t *place, uint64_t *target);

#endif
