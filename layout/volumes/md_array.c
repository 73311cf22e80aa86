/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which members make an array, and the arrays whose members hold the data as they are: RAID1 and linear. */
#include "layout/volumes/md.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LEGS_MAX 64

/* "md/NAME", as udev calls it: the name without the host that made it. */
struct space *md_add_space(struct map *map, const struct md_member *first, uint64_t sectors, struct err *err)
{
	const char *name = strchr(first->name, ':');
	struct space *array;
	char device[64];

	name = name ? name + 1 : first->name;
	snprintf(device, sizeof(device), "md/%s", name[0] ? name : "array");
	array = map_add_space(map, first->space, device, sectors, err);
	if (array != NULL)
		array->type = SPACE_VOLUME;
	return array;
}

static bool same_set(const struct md_member *a, const struct md_member *b)
{
	return memcmp(a->set, b->set, sizeof(a->set)) == 0;
}

/* The events of the members that were used last. */
static uint64_t last_events(const struct md *md, const struct md_member *of)
{
	uint64_t last = 0;

	for (size_t i = 0; i < md->members.n; i++)
		if (same_set(&md->members.at[i], of) && md->members.at[i].events > last)
			last = md->members.at[i].events;
	return last;
}

/* As in Linux: when a machine stops, one member may know of one event that another has not been told. */
static bool is_in_use(const struct md_member *member, uint64_t last)
{
	return member->role < MD_ROLES_MAX && last - member->events <= 1;
}

/* Of two members with the same role the one that has all of its data. */
static void take(struct md_set *set, struct md_member *member)
{
	struct md_member **role = &set->roles[member->role];

	if (*role == NULL || ((*role)->recovering && !member->recovering))
		*role = member;
	if (set->first == NULL || member->events > set->first->events)
		set->first = member;
}

/* Spares hold nothing of the array, and what left it before the others were last used holds something old. */
static void find_set(struct map *map, const struct md_member *of, struct md_set *set)
{
	uint64_t last = last_events(map->build->md, of);

	memset(set, 0, sizeof(*set));
	for (size_t i = 0; i < map->build->md->members.n; i++) {
		struct md_member *member = &map->build->md->members.at[i];

		if (!same_set(member, of))
			continue;
		if (is_in_use(member, last) && member->role < member->devices &&
		    member->role < MD_DEVICES_MAX) {
			take(set, member);
		} else if (member->role < MD_ROLES_MAX) {
			space_claim(member->space, RANK_REST, KIND_OPAQUE, member->data_offset,
				    md_data_sectors(member));
			map_note(map, member->space,
				 "has been out of its array since event %" PRIu64 " of %" PRIu64
				 "; its data are old",
				 member->events, last);
		}
	}
	for (uint32_t role = 0; set->first != NULL && role < set->first->devices; role++)
		set->missing += set->roles[role] == NULL;
}

/* The leg to read from. */
static const struct md_member *best_leg(const struct md_set *set)
{
	const struct md_member *best = NULL;

	for (uint32_t role = 0; role < set->first->devices; role++)
		if (set->roles[role] != NULL &&
		    (best == NULL || (best->recovering && !set->roles[role]->recovering)))
			best = set->roles[role];
	return best;
}

static int assemble_mirror(struct map *map, const struct md_set *set, struct err *err)
{
	const struct md_member *best = best_leg(set);
	struct area areas[LEGS_MAX];
	struct segment segment = {.type = SEGMENT_MIRROR, .areas = areas};
	struct space *array;

	segment.count = best->size < md_data_sectors(best) ? best->size : md_data_sectors(best);
	if (segment.count == 0)
		return 0;
	areas[segment.nareas++] = (struct area){best->space, best->data_offset};
	for (uint32_t role = 0; role < set->first->devices && segment.nareas < LEGS_MAX; role++) {
		const struct md_member *member = set->roles[role];

		if (member != NULL && member != best && md_data_sectors(member) >= segment.count)
			areas[segment.nareas++] = (struct area){member->space, member->data_offset};
	}
	array = md_add_space(map, best, segment.count, err);
	return array == NULL ? -1 : map_add_segment(map, array, &segment, err);
}

/* A linear array takes multiples of so many sectors of each member; 0 for all. */
static uint64_t linear_sectors(const struct md_member *member)
{
	uint64_t sectors = md_data_sectors(member);

	return member->chunk > 0 ? sectors - sectors % member->chunk : sectors;
}

/* Members follow one another by their role; after one that is not here, addresses are not known. */
static int assemble_linear(struct map *map, const struct md_set *set, struct err *err)
{
	uint32_t here = 0;
	uint64_t total = 0;
	struct space *array;

	for (; here < set->first->devices && set->roles[here] != NULL; here++)
		total += linear_sectors(set->roles[here]);
	if (here < set->first->devices)
		map_note(map, set->first->space,
			 "member %" PRIu32 " of the %" PRIu32
			 " of its linear array is not here; nothing is known "
			 "from there on",
			 here, set->first->devices);
	if (total == 0)
		return 0;
	array = md_add_space(map, set->roles[0], total, err);
	total = 0;
	for (uint32_t role = 0; array != NULL && role < here; role++) {
		struct area area = {set->roles[role]->space, set->roles[role]->data_offset};
		struct segment segment = {
		    .start = total,
		    .count = linear_sectors(set->roles[role]),
		    .nareas = 1,
		    .areas = &area,
		};

		if (segment.count > 0 && map_add_segment(map, array, &segment, err) != 0)
			return -1;
		total += segment.count;
	}
	return array == NULL ? -1 : 0;
}

static int add_array(struct map *map, const struct md_member *of, const struct md_set *set, struct err *err)
{
	if (set->first == NULL) {
		map_note(map, of->space, "no member that has data of its array is here");
		return 0;
	}
	if (!map_has_room(map, of->space))
		return 0;
	if (set->first->level == 1)
		return assemble_mirror(map, set, err);
	if (set->first->level == MD_LEVEL_LINEAR)
		return assemble_linear(map, set, err);
	return md_add_raid(map, set, err);
}

/* Data that no array was made of are not unused. */
static void forget_data(struct md_set *set)
{
	for (uint32_t role = 0; set->first != NULL && role < set->first->devices; role++) {
		struct md_member *member = set->roles[role];

		if (member != NULL && member->space->extents.n == 0)
			space_claim(member->space, RANK_REST, KIND_OPAQUE, member->data_offset,
				    md_data_sectors(member));
	}
}

static int assemble(struct map *map, const struct md_member *member, struct err *err)
{
	const struct md_member of = *member;
	size_t spaces = map->spaces.n;
	struct md_set set;

	for (size_t i = 0; i < map->build->md->members.n; i++)
		if (same_set(&map->build->md->members.at[i], &of))
			map->build->md->members.at[i].assembled = true;
	find_set(map, &of, &set);
	if (add_array(map, &of, &set, err) != 0)
		return -1;
	if (map->spaces.n == spaces)
		forget_data(&set);
	return 0;
}

int md_assemble(struct map *map, struct err *err)
{
	for (size_t i = 0; map->build->md != NULL && i < map->build->md->members.n; i++)
		if (!map->build->md->members.at[i].assembled &&
		    assemble(map, &map->build->md->members.at[i], err) != 0)
			return -1;
	return 0;
}
