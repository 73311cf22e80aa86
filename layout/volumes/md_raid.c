/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* md arrays that spread chunks over their members: RAID0 with its zones, RAID4, 5 and 6 with all orders of
   parity, RAID10 with near, far and offset copies.  Facts: create_strip_zones in Linux drivers/md/raid0.c,
   the ALGORITHM_* of drivers/md/raid5.h, setup_geo and calc_sectors in drivers/md/raid10.c. */
#include "layout/segment.h"
#include "layout/volumes/md.h"

#include <inttypes.h>
#include <stdlib.h>

#define RAID0_ORIGINAL 1
#define RAID0_ALTERNATE 2

static bool find_parity(const struct md_member *member, enum segment_type *type)
{
	static const enum segment_type raid5[] = {SEGMENT_RAID5_LA, SEGMENT_RAID5_RA, SEGMENT_RAID5_LS,
						  SEGMENT_RAID5_RS, SEGMENT_RAID4,    SEGMENT_RAID5_N};
	static const struct {
		uint32_t layout;
		enum segment_type type;
	} raid6[] = {
	    {0, SEGMENT_RAID6_LA},    {1, SEGMENT_RAID6_ZR},    {2, SEGMENT_RAID6_LS},
	    {3, SEGMENT_RAID6_RS},    {4, SEGMENT_RAID6_0},     {5, SEGMENT_RAID6_N_6},
	    {8, SEGMENT_RAID6_ZR},    {9, SEGMENT_RAID6_NR},    {10, SEGMENT_RAID6_NC},
	    {16, SEGMENT_RAID6_LA_6}, {17, SEGMENT_RAID6_RA_6}, {18, SEGMENT_RAID6_LS_6},
	    {19, SEGMENT_RAID6_RS_6}, {20, SEGMENT_RAID6_0_6},
	};

	*type = SEGMENT_RAID5_N; /* of RAID4, the last member has the parity */
	if (member->level == 5 && member->layout < sizeof(raid5) / sizeof(raid5[0]))
		*type = raid5[member->layout];
	if (member->level != 6)
		return member->level == 4 ||
		       (member->level == 5 && member->layout < sizeof(raid5) / sizeof(raid5[0]));
	for (size_t i = 0; i < sizeof(raid6) / sizeof(raid6[0]); i++)
		if (raid6[i].layout == member->layout) {
			*type = raid6[i].type;
			return true;
		}
	return false;
}

/* What is being rebuilt holds data only in a part, so it is read from the others. */
static bool fill_areas(const struct md_set *set, struct area *areas)
{
	bool any = false;

	for (uint32_t role = 0; role < set->first->devices; role++) {
		const struct md_member *member = set->roles[role];

		areas[role] = (struct area){0};
		if (member == NULL)
			continue;
		if (member->recovering) {
			space_claim(member->space, RANK_REST, KIND_OPAQUE, member->data_offset,
				    md_data_sectors(member));
			continue;
		}
		areas[role] = (struct area){member->space, member->data_offset};
		any = true;
	}
	return any;
}

static void note_missing(struct map *map, const struct md_set *set)
{
	if (set->missing > 0)
		map_note(map, set->first->space,
			 "%" PRIu32 " of the %" PRIu32 " members of its RAID%" PRIi32 " array %s not here",
			 set->missing, set->first->devices, set->first->level,
			 set->missing == 1 ? "is" : "are");
	for (uint32_t role = 0; role < set->first->devices; role++)
		if (set->roles[role] != NULL && set->roles[role]->recovering)
			map_note(map, set->roles[role]->space,
				 "is being rebuilt; what it holds of its array is not looked at");
}

static int not_followed(struct map *map, const struct md_set *set, const char *why)
{
	map_note(map, set->first->space,
		 "member of an md array of level %" PRIi32 " and layout 0x%" PRIx32
		 ", which is not followed: %s",
		 set->first->level, set->first->layout, why);
	return 0;
}

/* --- RAID4, 5, 6 and 10: one segment --- */

static uint64_t least_data(const struct md_set *set)
{
	uint64_t least = set->first->size;

	for (uint32_t role = 0; role < set->first->devices; role++)
		if (set->roles[role] != NULL && md_data_sectors(set->roles[role]) < least)
			least = md_data_sectors(set->roles[role]);
	return least;
}

static void set_copies(const struct md_member *first, uint64_t chunks, struct segment *segment)
{
	uint32_t near = first->layout & 0xff, far = first->layout >> 8 & 0xff;
	uint32_t sets = first->layout >> 17;
	uint64_t per_copy;

	segment->copies = near;
	segment->far_copies = far;
	segment->far_offset = (first->layout & 1 << 16) != 0;
	if (near == 0 || far == 0 || sets > 2)
		return;
	segment->far_set = sets == 0 ? first->devices : sets == 1 ? first->devices / far : far * near;
	segment->count = chunks / far * first->devices / near * segment->chunk;
	per_copy = segment->count / segment->chunk * near * far;
	per_copy = (per_copy + first->devices - 1) / first->devices;
	segment->far_stride = per_copy / far * segment->chunk;
}

static uint32_t parity_members(int32_t level)
{
	return level == 6 ? 2 : 1;
}

static bool make_segment(const struct md_set *set, struct segment *segment)
{
	const struct md_member *first = set->first;
	uint64_t chunks;

	segment->nareas = first->devices;
	segment->chunk = first->chunk;
	if (first->chunk == 0 || first->devices > MD_DEVICES_MAX)
		return false;
	chunks = least_data(set) / first->chunk;
	if (first->level == 10) {
		segment->type = SEGMENT_RAID10;
		set_copies(first, chunks, segment);
	} else if (!find_parity(first, &segment->type) || first->devices <= parity_members(first->level)) {
		return false;
	} else {
		segment->count = chunks * first->chunk * (first->devices - parity_members(first->level));
	}
	return segment->count > 0 && segment->count <= EXTENT_SECTORS_MAX && segment_is_sound(segment);
}

static int add_one_segment(struct map *map, const struct md_set *set, struct area *areas, struct err *err)
{
	struct segment segment = {.areas = areas};
	struct space *array;

	if (!make_segment(set, &segment))
		return not_followed(map, set, "its numbers are not known or make no sense");
	if (!fill_areas(set, areas))
		return not_followed(map, set, "no member is whole");
	array = md_add_space(map, set->first, segment.count, err);
	return array == NULL ? -1 : map_add_segment(map, array, &segment, err);
}

/* --- RAID0: a zone for each size of member --- */

struct zone {
	uint64_t from, to; /* sectors of the members' data */
	uint32_t n;
	struct area *areas;
};

/* The data of a member in whole chunks.  One that is not here is taken to be as large as the largest. */
static uint64_t raid0_sectors(const struct md_set *set, uint32_t role)
{
	uint64_t most = 0;

	if (set->roles[role] != NULL)
		return md_data_sectors(set->roles[role]) / set->first->chunk * set->first->chunk;
	for (uint32_t i = 0; i < set->first->devices; i++)
		if (set->roles[i] != NULL && raid0_sectors(set, i) > most)
			most = raid0_sectors(set, i);
	return most;
}

/* The members that go on from zone->from, and where the smallest of them ends; false when none does. */
static bool next_zone(const struct md_set *set, struct zone *zone)
{
	zone->n = 0;
	zone->to = UINT64_MAX;
	for (uint32_t role = 0; role < set->first->devices; role++) {
		uint64_t sectors = raid0_sectors(set, role);
		const struct md_member *member = set->roles[role];

		if (sectors <= zone->from)
			continue;
		if (sectors < zone->to)
			zone->to = sectors;
		zone->areas[zone->n++] = member == NULL
					     ? (struct area){0}
					     : (struct area){member->space, member->data_offset + zone->from};
	}
	return zone->n > 0;
}

/* In the original order the chunks of a zone begin with the member that the array's chunk number gives. */
static void turn(struct zone *zone, uint64_t by, struct area *turned)
{
	for (uint32_t i = 0; i < zone->n; i++)
		turned[i] = zone->areas[(i + by) % zone->n];
}

static int add_zone(struct map *map, const struct md_set *set, struct space *array, struct zone *zone,
		    uint64_t start, struct area *turned, struct err *err)
{
	const struct md_member *first = set->first;
	struct segment segment = {
	    .start = start,
	    .count = (zone->to - zone->from) * zone->n,
	    .type = zone->n == 1 ? SEGMENT_LINEAR : SEGMENT_STRIPED,
	    .chunk = first->chunk,
	    .nareas = zone->n,
	    .areas = turned,
	};

	turn(zone, first->layout == RAID0_ORIGINAL ? start / first->chunk : 0, turned);
	/* A zone of one member is the same in both orders. */
	if (start > 0 && zone->n > 1 &&
	    (!first->has_layout || first->layout < RAID0_ORIGINAL || first->layout > RAID0_ALTERNATE)) {
		map_note(
		    map, first->space,
		    "its RAID0 array has members of several sizes, and the superblock does not say in which"
		    " order their rest is used; from sector %" PRIu64 " on nothing is known",
		    start);
		segment.type = SEGMENT_NONE;
		segment.nareas = 0;
	}
	return map_add_segment(map, array, &segment, err);
}

static uint64_t raid0_total(const struct md_set *set)
{
	uint64_t total = 0;

	for (uint32_t role = 0; role < set->first->devices; role++)
		total += raid0_sectors(set, role);
	return total;
}

static int add_zones(struct map *map, const struct md_set *set, struct area *areas, struct area *turned,
		     struct err *err)
{
	struct zone zone = {.areas = areas};
	struct space *array;
	uint64_t start = 0, total;

	if (set->first->chunk == 0 || set->first->devices == 0 || set->first->devices > MD_DEVICES_MAX)
		return not_followed(map, set, "its numbers make no sense");
	total = raid0_total(set);
	if (total == 0 || total > EXTENT_SECTORS_MAX)
		return not_followed(map, set, "its members have no data");
	array = md_add_space(map, set->first, total, err);
	for (; array != NULL && next_zone(set, &zone); zone.from = zone.to) {
		if (add_zone(map, set, array, &zone, start, turned, err) != 0)
			return -1;
		start += (zone.to - zone.from) * zone.n;
	}
	return array == NULL ? -1 : 0;
}

int md_add_raid(struct map *map, const struct md_set *set, struct err *err)
{
	struct area *areas;
	int result;

	if (set->first->reshaping)
		return not_followed(map, set, "it is being reshaped");
	areas = calloc(2 * (size_t)MD_DEVICES_MAX, sizeof(*areas));
	if (areas == NULL)
		return err_nomem(err);
	note_missing(map, set);
	if (set->first->level == 0)
		result = add_zones(map, set, areas, areas + MD_DEVICES_MAX, err);
	else
		result = add_one_segment(map, set, areas, err);
	free(areas);
	return result;
}
