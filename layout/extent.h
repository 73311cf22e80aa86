/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs of sectors of one space with one name: what claims (layout/claims.h) become when they are sealed.
   Extents are sorted, disjoint, and without a gap from the first sector to the last. */
#ifndef LAYOUT_EXTENT_H
#define LAYOUT_EXTENT_H

#include "base/vec.h"
#include "layout/claims.h"
#include "base/prefetch.h"
#include "layout/kind.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

/* What else is known of a run; the words are the contract's. */
enum extent_flag {
	EXTENT_UNWRITTEN = 1,
	EXTENT_DELETED = 2,
	EXTENT_STALE = 4,
	EXTENT_DAMAGED = 8,
	EXTENT_ENCRYPTED = 16, /* file contents or names that only a key can read */
	EXTENT_VERITY = 32,    /* fs-verity's tree, behind the end of the file */
	EXTENT_UNMAPPED = 64,  /* allocated with a cluster, but no block of the file */
};

#define EXTENT_FLAGS 7

/* The contract's word for the flag with this bit number. */
const char *extent_flag_name(unsigned bit);

/* Ends where the next one starts; the last one ends with its space. */
struct extent {
	uint64_t start : 48; /* sector of its space */
	uint64_t kind : 8;   /* enum kind */
	uint64_t flags : 8;  /* enum extent_flag */
	uint32_t owner;      /* by kind: inode, group, or index of a link of the map */
	uint32_t arg;        /* where kind_has_offset: file-system block within the owner */
};

#define EXTENT_SECTORS_MAX ((UINT64_C(1) << 48) - 1)

/* Two claims of more than RANK_REST that overlap in these sectors. */
struct overlap {
	struct claim winner, loser;
	uint64_t start, count;
	bool goes_on; /* with one of the same claims that ends where this one starts; false in a saved map */
};

struct extents {
	struct extent *at;
	size_t n;
	bool borrowed;   /* `at` lies in a file */
	uint32_t *index; /* by bucket of 2^index_shift sectors: the extent that holds its first one; NULL for
			    a few */
	unsigned index_shift;
	VEC(struct overlap) overlaps; /* in order of start; two have the same sectors, or none in common */
	bool untold;                  /* there are more overlaps than these */
};

/* Where claims were left out, those of RANK_REST do not count, and holes are unknown.
   Sorts the claims with so many threads, cuts them to `sectors`, lets the better one win, gives holes the
   kind `rest`, and frees the claims.  `block_sectors` is the unit of extent.arg (0 where there is none).  0,
   or -1 without memory. */
int extents_seal(struct extents *extents, struct claims *claims, uint64_t sectors, enum kind rest,
		 uint32_t block_sectors, unsigned threads);
void extents_free(struct extents *extents);

/* Makes extents_find quick where there are many extents; 0, or -1 without memory. */
int extents_make_index(struct extents *extents, uint64_t sectors);

/* Fetches the memory that extents_find will use, in two steps between which other things may be done. */
static inline void extents_expect_bucket(const struct extents *extents, uint64_t sector)
{
	prefetch(&extents->index[sector >> extents->index_shift]);
}

static inline void extents_expect_extent(const struct extents *extents, uint64_t sector)
{
	const uint32_t *bucket = &extents->index[sector >> extents->index_shift];
	const struct extent *first = &extents->at[bucket[0]], *last = &extents->at[bucket[1]];

	prefetch(first + (last - first) / 2);
	prefetch(last);
}

/* The overlaps that hold a sector: the first one, and how many there are from it on.  Where the sectors end
   for which that is so is narrowed in *low and *high. */
const struct overlap *extents_overlaps(const struct extents *extents, uint64_t sector, size_t *n,
				       uint64_t *low, uint64_t *high);

/* A step towards the last extent that starts at or before the sector; at[0] starts at 0.  Of one extent
   nothing is left to be halved, so that two steps can be taken without looking: their number is what a
   processor would guess wrong. */
static inline void extents_halve(const struct extents *extents, uint64_t sector, size_t *low, size_t *n)
{
	size_t half = *n / 2;

	*low += extents->at[*low + half].start <= sector ? half : 0;
	*n -= half;
}

/* The extent that holds a sector (which must be inside the space), and where that extent ends. */
static inline const struct extent *extents_find(const struct extents *extents, uint64_t sectors,
						uint64_t sector, uint64_t *end)
{
	size_t low = 0, n = extents->n;

	assert(sector < sectors && n > 0);
	if (extents->index != NULL) {
		const uint32_t *bucket = &extents->index[sector >> extents->index_shift];

		low = bucket[0];
		n = bucket[1] - low + 1;
	}
	extents_halve(extents, sector, &low, &n);
	extents_halve(extents, sector, &low, &n);
	while (n > 1)
		extents_halve(extents, sector, &low, &n);
	*end = low + 1 < extents->n ? extents->at[low + 1].start : sectors;
	return &extents->at[low];
}

/* Of an extent in an ext file system: whether it belongs to an inode that has it for good. */
static inline bool extent_is_of_inode(const struct extent *extent)
{
	return kind_has_owner((enum kind)extent->kind) && extent->owner != 0 &&
	       !(extent->flags & EXTENT_DELETED);
}

#endif
