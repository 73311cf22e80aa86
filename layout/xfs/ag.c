/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The groups: their four header sectors, the blocks of the free list, the B-trees, and what these say is
   free, shared or in use by inodes. */
#include "layout/xfs/xfs_private.h"

#include "base/bytes.h"
#include "base/size.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_AGI 0x58414749
#define MAGIC_AGFL 0x5841464c
#define AGFL_HEADER 36
#define COW_BIT UINT32_C(0x80000000)

/* The four headers of a group, a sector each. */
enum header { HEADER_SUPER, HEADER_AGF, HEADER_AGI, HEADER_AGFL, HEADERS };

struct group {
	uint32_t agno;
	uint8_t *headers;       /* HEADERS sectors */
	bool sound[HEADERS];    /* may be followed */
	uint8_t flags[HEADERS]; /* for their claims */
	bool free_is_known;     /* the bnobt was read whole */
};

static const uint8_t *header_of(const struct xfs *xfs, const struct group *group, enum header header)
{
	return group->headers + (size_t)header * xfs->geometry.sector_size;
}

static void check_header(struct xfs *xfs, struct group *group, enum header header, const char *name,
			 uint32_t magic, size_t crc)
{
	const uint8_t *bytes = header_of(xfs, group, header);

	group->sound[header] = be32(bytes) == magic;
	if (!group->sound[header])
		xfs_note(xfs, "group %" PRIu32 ": no %s where it belongs", group->agno, name);
	else if (!xfs_crc_fits(xfs, bytes, xfs->geometry.sector_size, crc))
		xfs_note(xfs, "group %" PRIu32 ": %s has a wrong checksum", group->agno, name);
	else
		return;
	group->flags[header] = EXTENT_DAMAGED;
}

/* A header that says another group's number belongs there, and is not followed here. */
static void check_number(struct xfs *xfs, struct group *group, enum header header, const char *name)
{
	uint32_t number = be32(header_of(xfs, group, header) + 8);

	if (!group->sound[header] || number == group->agno)
		return;
	xfs_note(xfs, "group %" PRIu32 ": %s says that it is of group %" PRIu32, group->agno, name, number);
	group->sound[header] = false;
	group->flags[header] = EXTENT_DAMAGED;
}

static void check_headers(struct xfs *xfs, struct group *group)
{
	const uint8_t *super = header_of(xfs, group, HEADER_SUPER);

	check_header(xfs, group, HEADER_SUPER, "superblock", 0x58465342, XFS_CRC_SUPER);
	if (group->sound[HEADER_SUPER] && be32(super + 88) != xfs->geometry.ags)
		xfs_note(xfs, "group %" PRIu32 ": superblock of another number of groups", group->agno);
	check_header(xfs, group, HEADER_AGF, "AGF", XFS_MAGIC_AGF, XFS_CRC_AGF);
	check_number(xfs, group, HEADER_AGF, "AGF");
	check_header(xfs, group, HEADER_AGI, "AGI", MAGIC_AGI, XFS_CRC_AGI);
	check_number(xfs, group, HEADER_AGI, "AGI");
	group->sound[HEADER_AGFL] = true;
	if (xfs->geometry.v5)
		check_header(xfs, group, HEADER_AGFL, "AGFL", MAGIC_AGFL, XFS_CRC_AGFL);
}

static void claim_headers(struct xfs *xfs, const struct group *group)
{
	static const enum kind kinds[HEADERS] = {KIND_SUPERBLOCK_BACKUP, KIND_AGF, KIND_AGI, KIND_AGFL};
	uint32_t sectors = xfs->geometry.sector_size >> SECTOR_SHIFT;
	uint64_t start = xfs_sector(xfs, group->agno, 0), used = HEADERS * (uint64_t)sectors;
	struct claim rest = {.rank = RANK_STRUCTURE, .kind = KIND_AG_UNUSED, .owner = group->agno};

	for (int i = 0; i < HEADERS; i++)
		space_claim_as(
		    xfs->fs.space,
		    (struct claim){
			.start = start + (uint64_t)i * sectors,
			.count = sectors,
			.rank = RANK_STRUCTURE,
			.kind = i == 0 && group->agno == 0 ? KIND_SUPERBLOCK : kinds[i],
			.flags = group->flags[i] | xfs_stale_at(xfs, start + (uint64_t)i * sectors),
			.owner = group->agno,
		    });
	rest.start = start + used;
	rest.count = (xfs->fs.block_sectors - used % xfs->fs.block_sectors) % xfs->fs.block_sectors;
	space_claim_as(xfs->fs.space, rest);
}

/* The free list is a ring of block numbers, of which `count` from `first` on are in use. */
static void claim_free_list(struct xfs *xfs, const struct group *group)
{
	const uint8_t *agf = header_of(xfs, group, HEADER_AGF), *list = header_of(xfs, group, HEADER_AGFL);
	uint32_t header = xfs->geometry.v5 ? AGFL_HEADER : 0, first = be32(agf + 40), count = be32(agf + 48);
	uint32_t size = (xfs->geometry.sector_size - header) / 4;
	struct claim claim = {.rank = RANK_STRUCTURE, .kind = KIND_AGFL_BLOCK, .owner = group->agno};

	if (!group->sound[HEADER_AGF] || !group->sound[HEADER_AGFL])
		return;
	if (first >= size || count > size) {
		xfs_note(xfs, "group %" PRIu32 ": the free list's ends make no sense", group->agno);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		xfs_claim(xfs, claim, group->agno, be32(list + header + 4 * (size_t)((first + i) % size)), 1);
}

static int take_free(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context)
{
	struct claim claim = {.rank = RANK_REST, .kind = KIND_FREE, .flags = xfs->leaf_flags, .owner = agno};

	(void)context;
	xfs_claim(xfs, claim, agno, be32(record), be32(record + 4));
	return 0;
}

/* Blocks that wait for a copy-on-write to end have the top bit of their number set. */
static int take_shared(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context)
{
	struct claim claim = {
	    .rank = RANK_CONTENT, .kind = KIND_COW_STAGING, .flags = xfs->leaf_flags, .owner = agno};

	(void)context;
	if ((be32(record) & COW_BIT) != 0)
		xfs_claim(xfs, claim, agno, be32(record) & ~COW_BIT, be32(record + 4));
	return 0;
}

/* The bits of a sparse chunk's record say for four inodes each that they are not there. */
static uint64_t holes_of(const struct xfs *xfs, const uint8_t *record)
{
	uint16_t mask = xfs->geometry.sparse ? be16(record + 4) : 0;
	uint64_t holes = 0;

	for (unsigned i = 0; i < 16; i++)
		if ((mask >> i & 1) != 0)
			holes |= UINT64_C(0xf) << 4 * i;
	return holes;
}

static int take_chunk(struct xfs *xfs, uint32_t agno, const uint8_t *record, void *context)
{
	const struct xfs_geometry *geometry = &xfs->geometry;
	uint32_t first = be32(record), agbno = first >> geometry->inopb_log;
	uint64_t inode_sectors = geometry->inode_size >> SECTOR_SHIFT;
	uint64_t into = first & (geometry->inodes_per_block - 1);
	struct xfs_chunk chunk = {
	    .first = (uint64_t)agno << (geometry->ag_block_log + geometry->inopb_log) | first,
	    .holes = holes_of(xfs, record),
	    .free = be64(record + 8),
	};

	(void)context;
	if (agbno >= xfs_ag_blocks(xfs, agno) ||
	    (xfs->chunks.n > 0 && chunk.first <= xfs->chunks.at[xfs->chunks.n - 1].first)) {
		xfs_note(xfs, "group %" PRIu32 ": the chunk of inode %" PRIu64 " is not where one can be",
			 agno, chunk.first);
		return 0;
	}
	chunk.sector = xfs_sector(xfs, agno, agbno);
	/* Inodes of 256 bytes: two to a sector. */
	chunk.sector +=
	    inode_sectors > 0 ? into * inode_sectors : into * geometry->inode_size >> SECTOR_SHIFT;
	if (xfs->chunks.n >= UINT32_MAX / XFS_CHUNK_INODES - 1)
		return 0;
	if (VEC_PUSH(&xfs->chunks, chunk) != 0) {
		xfs->short_of_memory = true;
		return -1;
	}
	return 0;
}

static void walk_agf(struct xfs *xfs, struct group *group)
{
	const uint8_t *agf = header_of(xfs, group, HEADER_AGF);
	uint32_t agno = group->agno;

	group->free_is_known =
	    xfs_walk_btree(xfs, agno, XFS_BNOBT, be32(agf + 16), be32(agf + 28), take_free, NULL);
	xfs_walk_btree(xfs, agno, XFS_CNTBT, be32(agf + 20), be32(agf + 32), NULL, NULL);
	if (xfs->geometry.rmapbt)
		xfs_walk_btree(xfs, agno, XFS_RMAPBT, be32(agf + 24), be32(agf + 36), NULL, NULL);
	if (xfs->geometry.reflink)
		xfs_walk_btree(xfs, agno, XFS_REFCOUNTBT, be32(agf + 88), be32(agf + 92), take_shared, NULL);
}

static void walk_agi(struct xfs *xfs, struct group *group)
{
	const uint8_t *agi = header_of(xfs, group, HEADER_AGI);

	xfs_walk_btree(xfs, group->agno, XFS_INOBT, be32(agi + 20), be32(agi + 24), take_chunk, NULL);
	if (xfs->geometry.finobt)
		xfs_walk_btree(xfs, group->agno, XFS_FINOBT, be32(agi + 328), be32(agi + 332), NULL, NULL);
}

static void map_group(struct xfs *xfs, struct group *group)
{
	struct err why;
	size_t len = (size_t)HEADERS * xfs->geometry.sector_size;

	if (space_read(xfs->fs.space, xfs_sector(xfs, group->agno, 0) << SECTOR_SHIFT, group->headers, len,
		       &why) != 0) {
		xfs_note(xfs, "group %" PRIu32 ": its headers cannot be read: %s", group->agno, why.text);
		return;
	}
	check_headers(xfs, group);
	claim_headers(xfs, group);
	claim_free_list(xfs, group);
	if (group->sound[HEADER_AGF])
		walk_agf(xfs, group);
	if (group->sound[HEADER_AGI])
		walk_agi(xfs, group);
}

int xfs_map_groups(struct xfs *xfs, struct err *err)
{
	uint8_t *headers = malloc((size_t)HEADERS * xfs->geometry.sector_size);

	if (headers == NULL)
		return err_nomem(err);
	for (uint32_t agno = 0; agno < xfs->geometry.ags && !xfs->short_of_memory; agno++) {
		struct group group = {.agno = agno, .headers = headers};

		if (xfs_sector(xfs, agno, 0) >= xfs->fs.space->sectors)
			break;
		map_group(xfs, &group);
	}
	free(headers);
	return xfs->short_of_memory ? err_nomem(err) : 0;
}
