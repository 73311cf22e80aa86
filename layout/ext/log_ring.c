/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a jbd2 log's superblock, headers and tags. */
#include "layout/ext/log_ring.h"

#include "base/bytes.h"
#include "base/crc.h"

#define FAST_BLOCKS_DEFAULT 256
#define RING_BLOCKS_MIN 1024 /* a smaller ring gives no blocks to fast commits */

enum tag_flag { TAG_ESCAPED = 1, TAG_SAME_UUID = 2, TAG_LAST = 8 };

/* How many blocks at the end are for fast commits.  When a file system is unmounted, the kernel takes the
   flag out of the journal's superblock, but not their number. */
static uint32_t fast_blocks(const struct log_ring *ring, bool fast_commits, const uint8_t *block,
			    uint32_t maxlen)
{
	uint32_t fast = be32(block + 0x54);

	if (!(ring->incompat & LOG_FAST_COMMITS) && !fast_commits)
		return 0;
	fast = fast == 0 ? FAST_BLOCKS_DEFAULT : fast;
	return fast > maxlen || maxlen - fast < RING_BLOCKS_MIN ? 0 : fast;
}

bool log_ring_read(struct log_ring *ring, const struct log_shape *shape, const uint8_t *block,
		   uint32_t *unknown)
{
	uint32_t type = be32(block + 4), maxlen = be32(block + 16), fast;

	*ring = (struct log_ring){
	    .block_size = shape->block_size,
	    .superblock = shape->superblock,
	    .nblocks = shape->nblocks,
	};
	if (be32(block) != LOG_MAGIC || (type != LOG_HEADER_SUPER_V1 && type != LOG_HEADER_SUPER_V2) ||
	    be32(block + 12) != ring->block_size)
		return false;
	ring->compat = type == LOG_HEADER_SUPER_V2 ? be32(block + 36) : 0;
	ring->incompat = type == LOG_HEADER_SUPER_V2 ? be32(block + 40) : 0;
	*unknown = ring->incompat & ~(uint32_t)LOG_KNOWN;
	ring->seed = crc32c_update(~UINT32_C(0), block + 48, 16);
	ring->first = be32(block + 20);
	ring->sequence = be32(block + 24);
	ring->start = be32(block + 28);
	fast = fast_blocks(ring, shape->fast_commits, block, maxlen);
	if (maxlen > ring->nblocks)
		maxlen = ring->nblocks;
	if (ring->first <= ring->superblock || fast > maxlen || ring->first >= maxlen - fast)
		return false;
	ring->end = maxlen - fast;
	ring->nblocks = maxlen;
	return true;
}

/* Whether the checksum at `place`, which is zero while it is made, is that of the bytes. */
static bool checksum_fits(uint32_t crc, const uint8_t *bytes, size_t len, size_t place)
{
	static const uint8_t zero[4];

	crc = crc32c_update(crc, bytes, place);
	crc = crc32c_update(crc, zero, 4);
	crc = crc32c_update(crc, bytes + place + 4, len - place - 4);
	return crc == be32(bytes + place);
}

bool log_super_is_wrong(const struct log_ring *ring, const uint8_t *block)
{
	return log_ring_has_checksums(ring) && !checksum_fits(~UINT32_C(0), block, 1024, 0xfc);
}

/* Descriptors and revoke blocks end with their checksum, commit blocks have it at byte 16. */
bool log_header_is_wrong(const struct log_ring *ring, uint32_t type, const uint8_t *block)
{
	return log_ring_has_checksums(ring) &&
	       !checksum_fits(ring->seed, block, ring->block_size,
			      type == LOG_HEADER_COMMIT ? 16 : ring->block_size - 4);
}

static size_t tail_size(const struct log_ring *ring)
{
	return log_ring_has_checksums(ring) ? 4 : 0;
}

static size_t tag_size(const struct log_ring *ring)
{
	if (ring->incompat & LOG_CSUM_V3)
		return 16;
	return 8 + (ring->incompat & LOG_CSUM_V2 ? 2 : 0) + (ring->incompat & LOG_64BIT ? 4 : 0);
}

bool log_tag_next(const struct log_ring *ring, const uint8_t *descriptor, size_t *place, struct log_tag *tag)
{
	size_t size = tag_size(ring);
	const uint8_t *at;
	uint32_t flags;

	if (*place == 0)
		*place = LOG_HEADER_LEN;
	else if (tag->last)
		return false;
	if (*place + size + tail_size(ring) > ring->block_size)
		return false;
	at = descriptor + *place;
	flags = ring->incompat & LOG_CSUM_V3 ? be32(at + 4) : be16(at + 6);
	*tag = (struct log_tag){
	    .target = be32(at),
	    .checksum = ring->incompat & LOG_CSUM_V3 ? be32(at + 12) : be16(at + 4),
	    .escaped = flags & TAG_ESCAPED,
	    .last = flags & TAG_LAST,
	};
	if (ring->incompat & LOG_64BIT)
		tag->target |= (uint64_t)be32(at + 8) << 32;
	*place += size + (flags & TAG_SAME_UUID ? 0 : 16);
	return true;
}

bool log_copy_is_wrong(const struct log_ring *ring, const struct log_tag *tag, uint32_t tid,
		       const uint8_t *copy)
{
	uint8_t number[4] = {(uint8_t)(tid >> 24), (uint8_t)(tid >> 16), (uint8_t)(tid >> 8), (uint8_t)tid};
	uint32_t crc;

	if (!log_ring_has_checksums(ring))
		return false;
	crc = crc32c_update(crc32c_update(ring->seed, number, 4), copy, ring->block_size);
	return tag->checksum != (ring->incompat & LOG_CSUM_V3 ? crc : (crc & 0xffff));
}

bool log_revoke_next(const struct log_ring *ring, const uint8_t *block, size_t *place, uint64_t *target)
{
	size_t size = ring->incompat & LOG_64BIT ? 8 : 4, most = ring->block_size - tail_size(ring);
	size_t used = be32(block + LOG_HEADER_LEN);

	if (*place == 0)
		*place = LOG_HEADER_LEN + 4;
	if (*place + size > (used < most ? used : most))
		return false;
	*target = size == 8 ? (uint64_t)be32(block + *place) << 32 | be32(block + *place + 4)
			    : be32(block + *place);
	*place += size;
	return true;
}
