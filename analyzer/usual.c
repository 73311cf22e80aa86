/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each step is done for all accesses before the next, so that the memory which that one needs is fetched
   meanwhile. */
#include "analyzer/usual.h"

struct candidate {
	const struct usual *usual;
	const struct space *space;
	const struct extent *extent;
	uint64_t at; /* where it begins in the space */
	unsigned index;
	bool in_ext;
};

bool usual_take(const struct tally *tally, const struct access *access, struct usual *usual)
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

struct access usual_access(const struct usual *usual)
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
struct unusual {
	uint8_t *at;
	unsigned n;
};

static void leave(struct unusual *unusual, unsigned i)
{
	unusual->at[unusual->n++] = (uint8_t)i;
}

static bool has_index(const struct candidate *candidate)
{
	return candidate->space->extents.index != NULL;
}

static bool has_inode(const struct candidate *candidate)
{
	return candidate->in_ext && extent_is_of_inode(candidate->extent);
}

static unsigned find_lanes(const struct tally *tally, const struct usual *usual, unsigned n,
			   struct candidate *candidates, struct unusual *unusual)
{
	unsigned ncandidates = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct lane *lane = lanes_find(&tally->lanes, usual[i].start, usual[i].count);

		if (lane == NULL) {
			leave(unusual, i);
			continue;
		}
		candidates[ncandidates] = (struct candidate){
		    .usual = &usual[i],
		    .space = lane->space,
		    .at = usual[i].start - lane->start + lane->inner,
		    .index = i,
		    .in_ext = lane->in_ext,
		};
		if (has_index(&candidates[ncandidates]))
			extents_expect_bucket(&lane->space->extents, candidates[ncandidates].at);
		ncandidates++;
	}
	return ncandidates;
}

static unsigned find_extents(const struct tally *tally, struct candidate *candidates, unsigned n,
			     struct unusual *unusual)
{
	unsigned ncandidates = 0;
	uint64_t end;

	for (unsigned i = 0; i < n; i++)
		if (has_index(&candidates[i]))
			extents_expect_extent(&candidates[i].space->extents, candidates[i].at);
	for (unsigned i = 0; i < n; i++) {
		struct candidate candidate = candidates[i];

		candidate.extent =
		    extents_find(&candidate.space->extents, candidate.space->sectors, candidate.at, &end);
		if (candidate.extent->kind == KIND_CHILD || candidate.usual->count > end - candidate.at) {
			leave(unusual, candidate.index);
			continue;
		}
		if (has_inode(&candidate))
			inodes_expect(&tally->usage.inodes, candidate.space, candidate.extent->owner);
		candidates[ncandidates++] = candidate;
	}
	return ncandidates;
}

static bool count_candidate(struct tally *tally, const struct candidate *candidate)
{
	const struct usual *usual = candidate->usual;
	enum access_op op = (enum access_op)usual->op;
	struct usage *usage = &tally->usage;
	struct counters *region = usage_known_region(usage, candidate->space,
						     (enum kind)candidate->extent->kind, candidate->in_ext);
	uint64_t *writes = alignment_known_writes(&tally->alignment, candidate->space);

	if (region == NULL || writes == NULL)
		return false;
	counter_add(&usage->totals.op[op], 1, usual->count, usual->unaligned);
	counter_add(&region->op[op], 1, usual->count, usual->unaligned);
	*writes += op == ACCESS_WRITE;
	if (has_inode(candidate) &&
	    inodes_count_alone(&usage->inodes, candidate->space, candidate->extent->owner, op, usual->count,
			       usual->unaligned) != 0)
		usage->short_of_memory = true;
	return true;
}

unsigned usual_count(struct tally *tally, const struct usual *usual, unsigned n, uint8_t *unusual_at)
{
	struct candidate candidates[USUAL_TOGETHER];
	struct unusual unusual = {unusual_at, 0};
	unsigned ncandidates = find_lanes(tally, usual, n, candidates, &unusual);

	ncandidates = find_extents(tally, candidates, ncandidates, &unusual);
	for (unsigned i = 0; i < ncandidates; i++)
		if (!count_candidate(tally, &candidates[i]))
			leave(&unusual, candidates[i].index);
	return unusual.n;
}
