/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A sector of a disk that cannot be read may lie in a volume in a partition: it is claimed in each of these
   spaces, since in an outer one the inner one wins. */
#include "layout/unreadable.h"

#include "layout/disk/image.h"
#include "layout/segment.h"

#include <inttypes.h>
#include <string.h>

/* What is claimed: in one space only, or in all that are not sealed yet. */
struct claiming {
	const struct map *map;
	const struct space *only; /* or NULL */
};

static void claim_in(const struct claiming *c, struct space *space, uint64_t start, uint64_t count);

/* The part of the run that lies in one area of an inner space. */
static void claim_inward(const struct claiming *c, const struct link *link, uint64_t from, uint64_t to)
{
	const struct segment *segment = &link->inner->segments.at[link->segment];

	while (from < to) {
		uint64_t at, run;
		enum inward what = segment_inward(segment, link->area, from - link->outer_start, &at, &run);

		if (run == 0)
			return;
		if (run > to - from)
			run = to - from;
		if (what == INWARD_DATA)
			claim_in(c, link->inner, segment->start + at, run);
		from += run;
	}
}

/* Ends because a space lies only in spaces that were there before it. */
static void claim_in(const struct claiming *c, struct space *space, uint64_t start, uint64_t count)
{
	if (space->extents.n == 0 && (c->only == NULL || c->only == space))
		space_claim(space, RANK_UNREADABLE, KIND_UNREADABLE, start, count);
	for (size_t i = 0; i < c->map->links.n; i++) {
		const struct link *link = &c->map->links.at[i];
		const struct segment *segment = &link->inner->segments.at[link->segment];
		uint64_t end = link->outer_start + segment_area_sectors(segment);

		if (segment->areas[link->area].space != space || link->inner == space)
			continue;
		if (link->outer_start < start + count && start < end)
			claim_inward(c, link, start > link->outer_start ? start : link->outer_start,
				     start + count < end ? start + count : end);
	}
}

void map_claim_unreadable_in(const struct map *map, struct space *space)
{
	struct claiming c = {.map = map, .only = space};

	for (size_t i = 0; i < map->spaces.n; i++) {
		struct space *disk = map->spaces.at[i];
		const struct image_bad *bad = NULL;
		int errnum;
		size_t n = disk->image != NULL ? image_unreadable(disk->image, &bad, &errnum) : 0;

		for (size_t j = 0; j < n; j++)
			claim_in(&c, disk, bad[j].start, bad[j].count);
	}
}

void map_claim_unreadable(struct map *map)
{
	struct claiming c = {.map = map};

	for (size_t i = 0; i < map->spaces.n; i++) {
		struct space *disk = map->spaces.at[i];
		const struct image_bad *bad = NULL;
		int errnum = 0;
		size_t n = disk->image != NULL ? image_unreadable(disk->image, &bad, &errnum) : 0;

		if (disk->image != NULL && image_has_changed(disk->image))
			map_note(
			    map, disk,
			    "was written to while it was read: what was read at different times need not fit "
			    "together");
		for (size_t j = 0; j < n; j++) {
			map_note(map, disk,
				 "sectors %" PRIu64 "+%" PRIu64
				 " cannot be read (%s); what they would have told is missing",
				 bad[j].start, bad[j].count, strerror(errnum));
			claim_in(&c, disk, bad[j].start, bad[j].count);
		}
	}
}

int map_check_disks(const struct map *map, struct err *err)
{
	for (size_t i = 0; i < map->spaces.n; i++)
		if (map->spaces.at[i]->image != NULL && image_check(map->spaces.at[i]->image, err) != 0)
			return -1;
	return 0;
}
