/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each step is done for all accesses before the next, so that the memory which that one needs is fetched
   meanwhile. */
#include "analyzer/quick.h"

struct hit {
	const struct usual *usual;
	const struct space *space;
	const struct extent *extent;
	uint64_t at; /* where it begins in the space */
	unsigned index;
	bool in_ext;
};

bool quick_takes(const struct tally *tally, const struct access *access, struct usual *usual)
{
	bool unaligned = access_is_unaligned(access, tally->usage.unit_sectors);
	uint64_t sectors = map_disk(tally->map)->sectors;

	if (access->op > ACCESS_WRITE || ((access->op == ACCESS_WRITE) & unaligned) ||
	    access->start >= sectors || access->count > sectors - access->start || access->count == 0 ||
	    access->count >= USUAL_SECTORS)
		return false;
	*usual = (struct usual){access->start, (uint32_t)access->count, access->op, unaligned};
	return true;
}

struct access quick_access(const struct usual *usual)
{
	struct access access = access_blank();

	access.start = usual->start;
	access.count = usual->count;
	access.op = usual->op;
	if (usual->unaligned)
		access.flags = ACCESS_RAGGED;
	return access;
}

/* What is left to the caller. */
struct left {
	uint8_t *at;
	unsigned n;
};

static void leave(struct left *left, unsigned i)
{
	left->at[left->n++] = (uint8_t)i;
}

static bool has_index(const struct hit *hit)
{
	return hit->space->extents.index != NULL;
}

static bool has_inode(const struct hit *hit)
{
	return hit->in_ext && extent_is_of_inode(hit->extent);
}

static unsigned find_lanes(const struct tally *tally, const struct usual *usual, unsigned n, struct hit *hits,
			   struct left *left)
{
	unsigned nhits = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct lane *lane = lanes_find(&tally->lanes, usual[i].start, usual[i].count);

		if (lane == NULL) {
			leave(left, i);
			continue;
		}
		hits[nhits] = (struct hit){
		    .usual = &usual[i],
		    .space = lane->space,
		    .at = usual[i].start - lane->start + lane->inner,
		    .index = i,
		    .in_ext = lane->in_ext,
		};
		if (has_index(&hits[nhits]))
			extents_expect_bucket(&lane->space->extents, hits[nhits].at);
		nhits++;
	}
	return nhits;
}

static unsigned find_extents(const struct tally *tally, struct hit *hits, unsigned n, struct left *left)
{
	unsigned nhits = 0;
	uint64_t end;

	for (unsigned i = 0; i < n; i++)
		if (has_index(&hits[i]))
			extents_expect_extent(&hits[i].space->extents, hits[i].at);
	for (unsigned i = 0; i < n; i++) {
		struct hit hit = hits[i];

		hit.extent = extents_find(&hit.space->extents, hit.space->sectors, hit.at, &end);
		if (hit.extent->kind == KIND_CHILD || hit.usual->count > end - hit.at) {
			leave(left, hit.index);
			continue;
		}
		if (has_inode(&hit))
			inodes_expect(&tally->usage.inodes, hit.space, hit.extent->owner);
		hits[nhits++] = hit;
	}
	return nhits;
}

static bool count_hit(struct tally *tally, const struct hit *hit)
{
	const struct usual *usual = hit->usual;
	enum access_op op = (enum access_op)usual->op;
	struct usage *usage = &tally->usage;
	struct counters *region =
	    usage_known_region(usage, hit->space, (enum kind)hit->extent->kind, hit->in_ext);
	uint64_t *writes = alignment_known_writes(&tally->alignment, hit->space);

	if (region == NULL || writes == NULL)
		return false;
	counter_add(&usage->totals.op[op], 1, usual->count, usual->unaligned);
	counter_add(&region->op[op], 1, usual->count, usual->unaligned);
	*writes += op == ACCESS_WRITE;
	if (has_inode(hit) && inodes_count_alone(&usage->inodes, hit->space, hit->extent->owner, op,
						 usual->count, usual->unaligned) != 0)
		usage->short_of_memory = true;
	return true;
}

unsigned quick_count(struct tally *tally, const struct usual *usual, unsigned n, uint8_t *left_at)
{
	struct hit hits[QUICK_TOGETHER];
	struct left left = {left_at, 0};
	unsigned nhits = find_lanes(tally, usual, n, hits, &left);

	nhits = find_extents(tally, hits, nhits, &left);
	for (unsigned i = 0; i < nhits; i++)
		if (!count_hit(tally, &hits[i]))
			leave(&left, hits[i].index);
	return left.n;
}
