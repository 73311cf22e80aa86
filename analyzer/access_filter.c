/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters and the walk over an access's places. */
#include "analyzer/access_filter.h"

void access_filter_begin(struct filter_run *run, const struct access_walk *walk, const struct access *access,
			 uint64_t index)
{
	const struct access *whole = &walk->whole;
	bool off = whole->op != ACCESS_FLUSH && access_is_unaligned(whole, run->unit_sectors);

	run->piece->nowhere = walk->whole_on->type != SPACE_DISK;
	run->piece->has_relative = walk->base != map_disk(walk->map);
	run->piece->relative_start = access->start;
	piece_set_access(run->piece, whole, index, off);
}

filter_verdict access_filter_decide(struct filter_run *run, const struct access_walk *walk,
				    const struct access *access, uint64_t index)
{
	const struct access *whole = &walk->whole;
	filter_verdict verdict;

	access_filter_begin(run, walk, access, index);
	filter_accesses(run, &whole, 1, index, &verdict);
	return verdict;
}

bool access_filter_any(struct filter_run *run, const struct access_walk *begun, const struct access *access,
		       uint64_t index, filter_verdict verdict)
{
	struct access_walk walk = *begun;
	bool any = false, alone = true;
	struct place place;

	if (filter_is_decided(verdict))
		return verdict == FILTER_PASSES;
	access_filter_begin(run, &walk, access, index);
	while (!any && access_walk_extent(&walk))
		while (!any && access_walk_place(&walk, &place)) {
			alone = false;
			piece_set_place(run->piece, &place);
			any = filter_piece(run, verdict);
		}
	return any || (alone && filter_piece(run, verdict));
}
