/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each step is done for all accesses before the next, so that the memory which that one needs is fetched
   meanwhile. */
#include "analyzer/usual.h"

#include "layout/fs.h"

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
	access.moment = HISTORY_ANY_MOMENT;
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

static bool has_index(const struct usual_place *place)
{
	return place->space->extents.index != NULL;
}

static bool has_inode(const struct usual_place *place)
{
	return place->in_ext && extent_is_of_inode(place->extent);
}

static unsigned find_lanes(const struct tally *tally, const struct usual *usual, unsigned n,
			   struct usual_place *places, struct unusual *unusual)
{
	unsigned nplaces = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct lane *lane = lanes_find(&tally->lanes, usual[i].start, usual[i].count);

		if (lane == NULL) {
			leave(unusual, i);
			continue;
		}
		places[nplaces] = (struct usual_place){
		    .usual = &usual[i],
		    .space = lane->space,
		    .at = usual[i].start - lane->start + lane->inner,
		    .index = i,
		    .in_ext = lane->in_ext,
		};
		if (has_index(&places[nplaces]))
			extents_expect_bucket(&lane->space->extents, places[nplaces].at);
		nplaces++;
	}
	return nplaces;
}

static unsigned find_extents(const struct tally *tally, struct usual_place *places, unsigned n,
			     struct unusual *unusual)
{
	unsigned nplaces = 0;
	uint64_t end;

	for (unsigned i = 0; i < n; i++)
		if (has_index(&places[i]))
			extents_expect_extent(&places[i].space->extents, places[i].at);
	for (unsigned i = 0; i < n; i++) {
		struct usual_place place = places[i];

		place.extent = extents_find(&place.space->extents, place.space->sectors, place.at, &end);
		if (place.extent->kind == KIND_CHILD || place.usual->count > end - place.at) {
			leave(unusual, place.index);
			continue;
		}
		if (has_inode(&place))
			inodes_expect(&tally->usage.inodes, place.space, place.extent->owner);
		places[nplaces++] = place;
	}
	return nplaces;
}

/* What the filter says of all that is of this space and this kind. */
static enum tally_known by_kind(struct tally *tally, const struct usual_place *usual)
{
	uint8_t *known = &tally->known[usual->space->id * KIND_COUNT + usual->extent->kind];
	struct place place = {.space = usual->space, .kind = (enum kind)usual->extent->kind};
	filter_verdict verdict;

	if (*known != 0)
		return (enum tally_known) * known;
	piece_set_place(tally->run.piece, &place);
	verdict = filter_by_kind(&tally->run, tally->waiting);
	*known = verdict == FILTER_PASSES ? TALLY_PASSES : verdict == FILTER_FAILS ? TALLY_FAILS : TALLY_ASKS;
	return (enum tally_known) * known;
}

static bool count_place(struct tally *tally, const struct usual_place *place)
{
	const struct usual *usual = place->usual;
	enum access_op op = (enum access_op)usual->op;
	struct usage *usage = &tally->usage;
	struct counters *region =
	    usage_known_region(usage, place->space, (enum kind)place->extent->kind, place->in_ext);
	uint64_t *writes = alignment_known_writes(&tally->alignment, place->space);

	enum tally_known known = TALLY_PASSES;

	if (tally->known != NULL)
		known = by_kind(tally, place);
	if (known == TALLY_FAILS) {
		tally->filtered++;
		return true;
	}
	if (region == NULL || writes == NULL || known == TALLY_ASKS)
		return false;
	tally->accesses += tally->known != NULL;
	counter_add(&usage->totals.op[op], 1, usual->count, usual->unaligned);
	usage->dated.labels += place->in_ext && history_is_dated(place->space->fs->history);
	counter_add(&region->op[op], 1, usual->count, usual->unaligned);
	*writes += op == ACCESS_WRITE;
	if (has_inode(place) && inodes_count_alone(&usage->inodes, place->space, place->extent->owner, op,
						   usual->count, usual->unaligned) != 0)
		usage->short_of_memory = true;
	for (unsigned i = COUNTED_OWN; i < tally->ncounted; i++)
		if (tally->counted[i].of->usual != NULL)
			tally->counted[i].of->usual(tally->counted[i].at, place);
	return true;
}

unsigned usual_count(struct tally *tally, const struct usual *usual, unsigned n, uint8_t *unusual_at)
{
	struct usual_place places[USUAL_TOGETHER];
	struct unusual unusual = {unusual_at, 0};
	unsigned nplaces = find_lanes(tally, usual, n, places, &unusual);

	nplaces = find_extents(tally, places, nplaces, &unusual);
	for (unsigned i = 0; i < nplaces; i++)
		if (!count_place(tally, &places[i]))
			leave(&unusual, places[i].index);
	return unusual.n;
}
