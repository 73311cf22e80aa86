/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The B-trees of a group: free blocks by number and by size, inodes, free inodes, owners, and shared
   blocks.  All have blocks with short pointers, which say a block of their group. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_V4 16
#define HEADER_V5 56

/* A tree's numbers: magic of v5 and v4, bytes of a key and of a record, and the kind of its blocks. */
static const struct tree {
	const char *name;
	uint32_t magic, magic_v4;
	unsigned key, record;
	enum kind kind;
} trees[XFS_BTREES] = {
    [XFS_BNOBT] = {"bnobt", 0x41423342, 0x41425442, 8, 8, KIND_BNOBT},
    [XFS_CNTBT] = {"cntbt", 0x41423343, 0x41425443, 8, 8, KIND_CNTBT},
    [XFS_INOBT] = {"inobt", 0x49414233, 0x49414254, 4, 16, KIND_INOBT},
    [XFS_FINOBT] = {"finobt", 0x46494233, 0x46494254, 4, 16, KIND_FINOBT},
    [XFS_RMAPBT] = {"rmapbt", 0x524d4233, 0, 40, 24, KIND_RMAPBT},
    [XFS_REFCOUNTBT] = {"refcountbt", 0x52334643, 0, 4, 12, KIND_REFCOUNTBT},
};

struct walk {
	struct xfs *xfs;
	const struct tree *tree;
	uint32_t agno;
	xfs_take_record *take;
	void *context;
	bool whole; /* nothing was left out */
};

static unsigned header_len(const struct xfs *xfs)
{
	return xfs->geometry.v5 ? HEADER_V5 : HEADER_V4;
}

static unsigned most_records(const struct walk *walk, unsigned level)
{
	unsigned room = walk->xfs->geometry.block_size - header_len(walk->xfs);

	return level == 0 ? room / walk->tree->record : room / (walk->tree->key + 4);
}

static bool lose(struct walk *walk, uint32_t agbno, const char *why)
{
	walk->whole = false;
	if (walk->xfs->checking)
		return false;
	xfs_note(walk->xfs, "group %" PRIu32 ": %s block %" PRIu32 ": %s", walk->agno, walk->tree->name,
		 agbno, why);
	return false;
}

/* Whether a block is one of this tree and level. */
static bool is_sound(struct walk *walk, uint32_t agbno, unsigned level, const uint8_t *block, uint8_t *flags)
{
	const struct xfs *xfs = walk->xfs;
	uint32_t magic = xfs->geometry.v5 ? walk->tree->magic : walk->tree->magic_v4;

	if (be32(block) != magic)
		return lose(walk, agbno, "not a block of this tree");
	if (be16(block + 4) != level || be16(block + 6) > most_records(walk, level))
		return lose(walk, agbno, "level or number of records is wrong");
	if (xfs->geometry.v5 && be32(block + 48) != walk->agno)
		return lose(walk, agbno, "it belongs to another group");
	if (!xfs->checking && !xfs_crc_fits(xfs, block, xfs->geometry.block_size, XFS_CRC_SHORT)) {
		xfs_note(walk->xfs, "group %" PRIu32 ": %s block %" PRIu32 ": wrong checksum", walk->agno,
			 walk->tree->name, agbno);
		*flags |= EXTENT_DAMAGED;
	}
	return true;
}

static int take_records(struct walk *walk, const uint8_t *block)
{
	const uint8_t *record = block + header_len(walk->xfs);

	for (unsigned i = 0; i < be16(block + 6); i++, record += walk->tree->record)
		if (walk->take != NULL && walk->take(walk->xfs, walk->agno, record, walk->context) != 0)
			return -1;
	return 0;
}

/* Ends because each level has a lower one below it, and because of nodes_max where blocks have many
   parents. */
static int walk_block(struct walk *walk, uint32_t agbno, unsigned level)
{
	struct xfs *xfs = walk->xfs;
	struct claim claim = {
	    .kind = walk->tree->kind, .rank = RANK_STRUCTURE, .owner = walk->agno, .arg = level};
	const uint8_t *pointers;
	struct err why;
	uint8_t *block, flags = 0;
	int result = 0;

	if (xfs->nodes++ > xfs->nodes_max) {
		lose(walk, agbno, "more blocks than there can be");
		return -1;
	}
	block = malloc(xfs->geometry.block_size);
	if (block == NULL) {
		xfs->short_of_memory = true;
		return -1;
	}
	if (xfs_read_block(xfs, walk->agno, agbno, block, &why) != 0) {
		lose(walk, agbno, why.text);
	} else if (is_sound(walk, agbno, level, block, &flags)) {
		claim.flags = flags;
		claim.flags |= xfs_stale_at(xfs, xfs_sector(xfs, walk->agno, agbno));
		xfs->leaf_flags = claim.flags & EXTENT_STALE;
		if (!xfs->checking)
			xfs_claim(xfs, claim, walk->agno, agbno, 1);
		pointers = block + header_len(xfs) + (size_t)most_records(walk, level) * walk->tree->key;
		if (level == 0)
			result = take_records(walk, block);
		for (unsigned i = 0; level > 0 && result == 0 && i < be16(block + 6); i++)
			result = walk_block(walk, be32(pointers + 4 * (size_t)i), level - 1);
	}
	free(block);
	return result;
}

bool xfs_walk_btree(struct xfs *xfs, uint32_t agno, enum xfs_btree tree, uint32_t root, uint32_t levels,
		    xfs_take_record *take, void *context)
{
	struct walk walk = {
	    .xfs = xfs, .tree = &trees[tree], .agno = agno, .take = take, .context = context, .whole = true};

	if (levels == 0 || levels > XFS_BTREE_LEVELS)
		return lose(&walk, root, "the number of levels makes no sense");
	return walk_block(&walk, root, levels - 1) == 0 && walk.whole;
}
