/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes of sectors that two claims have, where that is a fault. */
#include "layout/fs.h"
#include "layout/map_private.h"

#include <inttypes.h>
#include <stdio.h>

static const char *claim_text(const struct map *map, const struct space *space, const struct claim *claim,
			      char *buf, size_t len)
{
	if (claim->kind == KIND_CHILD)
		snprintf(buf, len, "%s", map->links.at[claim->owner].inner->name);
	else if (kind_has_owner((enum kind)claim->kind))
		snprintf(buf, len, "%s of inode %" PRIu64, kind_name((enum kind)claim->kind),
			 fs_number(space->fs, claim->owner));
	else
		snprintf(buf, len, "%s", kind_name((enum kind)claim->kind));
	return buf;
}

/* Partitions of other systems may begin with their table. */
static bool may_share(const struct space *space, const struct overlap *overlap)
{
	return space->rest == KIND_LVM_THIN_FREE || overlap->winner.kind == KIND_DISKLABEL ||
	       fs_may_share(space->fs, &overlap->winner, &overlap->loser);
}

static bool same_claims(const struct overlap *a, const struct overlap *b)
{
	return claim_compare(&a->winner, &b->winner) == 0 && claim_compare(&a->loser, &b->loser) == 0;
}

#define PART_STEPS_MAX (1u << 20) /* a note of which an end is told too early costs nobody anything */

/* An overlap of two claims is in parts where a third one begins or ends: the next part after `i`, or n. */
static size_t next_part(const struct extents *extents, size_t i, unsigned *steps)
{
	const struct overlap *all = extents->overlaps.at;
	uint64_t end = all[i].start + all[i].count;

	for (size_t j = i + 1; j < extents->overlaps.n && all[j].start <= end && ++*steps < PART_STEPS_MAX;
	     j++)
		if (all[j].start == end && all[j].goes_on && same_claims(&all[i], &all[j]))
			return j;
	return extents->overlaps.n;
}

static void note_overlap(struct map *map, const struct space *space, size_t i)
{
	const struct extents *extents = &space->extents;
	const struct overlap *first = &extents->overlaps.at[i];
	char winner[96], loser[96];
	uint64_t end = first->start + first->count;
	unsigned steps = 0;

	while ((i = next_part(extents, i, &steps)) < extents->overlaps.n)
		end = extents->overlaps.at[i].start + extents->overlaps.at[i].count;
	claim_text(map, space, &first->winner, winner, sizeof(winner));
	claim_text(map, space, &first->loser, loser, sizeof(loser));
	map_note(map, space,
		 "sectors %" PRIu64 "+%" PRIu64 " are claimed by %s and by %s; shown as the first",
		 first->start, end - first->start, winner, loser);
}

void map_note_overlaps(struct map *map, const struct space *space)
{
	const struct extents *extents = &space->extents;

	for (size_t i = 0; i < extents->overlaps.n; i++) {
		if (may_share(space, &extents->overlaps.at[i]))
			continue;
		if (map->notes.n >= NOTES_MAX)
			map->notes.left_out++;
		else if (!extents->overlaps.at[i].goes_on)
			note_overlap(map, space, i);
	}
}
