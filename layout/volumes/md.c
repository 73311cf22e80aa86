/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of Linux md arrays with version 1 superblocks (linux/raid/md_p.h).  RAID1 and linear arrays
   are passed through to what they hold; others are opaque. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/drivers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MD_MAGIC 0xa92b4efc
#define MD_SUPER_SIZE 256
#define MD_DEVICES_MAX 1920
#define LEVEL_LINEAR (-1)
#define ROLES_MAX 0xff00 /* from here on: spare, faulty, journal */
#define FEATURE_RECOVERY_OFFSET 2

struct md_member {
	struct space *space;
	uint8_t set[16];
	char name[33];
	int32_t level;
	uint32_t devices, role;
	uint64_t size, data_offset, data_size; /* sectors */
	uint32_t rounding; /* a linear array takes multiples of so many sectors; 0 for all */
	uint64_t events;   /* counts on in the members that are in use */
	bool recovering;   /* has only a part of the data yet */
	bool assembled;
};

struct md {
	VEC(struct md_member) members;
};

/* The sum of a superblock's 32-bit words, with its own place as zero. */
static uint32_t checksum(const uint8_t *super, size_t len)
{
	uint64_t sum = 0;
	size_t at = 0;

	for (; len - at >= 4; at += 4)
		sum += at == 216 ? 0 : le32(super + at);
	if (len - at == 2)
		sum += le16(super + at);
	return (uint32_t)(sum & UINT32_MAX) + (uint32_t)(sum >> 32);
}

static bool read_super(const struct space *space, uint64_t sector, struct md_member *member)
{
	uint8_t super[MD_SUPER_SIZE + 2 * MD_DEVICES_MAX];
	uint32_t devices, number;
	struct err why;

	if (space_read(space, sector << SECTOR_SHIFT, super, MD_SUPER_SIZE, &why) != 0 ||
	    le32(super) != MD_MAGIC || le32(super + 4) != 1 || le64(super + 144) != sector)
		return false;
	devices = le32(super + 220);
	number = le32(super + 160);
	if (devices > MD_DEVICES_MAX || number >= devices ||
	    space_read(space, sector << SECTOR_SHIFT, super, MD_SUPER_SIZE + 2 * (size_t)devices, &why) !=
		0 ||
	    checksum(super, MD_SUPER_SIZE + 2 * (size_t)devices) != le32(super + 216))
		return false;
	memcpy(member->set, super + 16, 16);
	memcpy(member->name, super + 32, 32);
	member->level = (int32_t)le32(super + 72);
	member->size = le64(super + 80);
	member->rounding = le32(super + 88);
	member->devices = le32(super + 92);
	member->data_offset = le64(super + 128);
	member->data_size = le64(super + 136);
	member->recovering = (le32(super + 8) & FEATURE_RECOVERY_OFFSET) != 0;
	member->events = le64(super + 200);
	member->role = le16(super + MD_SUPER_SIZE + 2 * (size_t)number);
	return true;
}

/* Versions 1.1, 1.2 and 1.0 differ in where the superblock lies. */
static bool find_super(const struct space *space, struct md_member *member)
{
	uint64_t last = space->sectors >= 16 ? (space->sectors - 16) & ~UINT64_C(7) : 0;

	return read_super(space, 0, member) || read_super(space, 8, member) ||
	       (last > 8 && read_super(space, last, member));
}

static int md_map(struct map *map, struct space *space, struct err *err)
{
	struct md_member member = {.space = space};

	if (!find_super(space, &member))
		return 0;
	if (map->md == NULL && (map->md = calloc(1, sizeof(*map->md))) == NULL)
		return err_nomem(err);
	if (VEC_PUSH(&map->md->members, member) != 0)
		return err_nomem(err);
	snprintf(space->content.type, sizeof(space->content.type), "linux_raid_member");
	snprintf(space->content.label, sizeof(space->content.label), "%s", member.name);
	content_set_uuid(&space->content, member.set);
	space_claim(space, RANK_REST, KIND_OPAQUE, 0, space->sectors);
	return 1;
}

/* The data area as it fits into the member. */
static uint64_t data_sectors(const struct md_member *member)
{
	uint64_t room =
	    member->data_offset < member->space->sectors ? member->space->sectors - member->data_offset : 0;

	return member->data_size < room ? member->data_size : room;
}

/* "md/NAME", as udev calls it: the name without the host that made it. */
static struct space *add_array(struct map *map, const struct md_member *first, uint64_t sectors,
			       struct err *err)
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

static const struct md_member *find_role(const struct md *md, const struct md_member *of, uint32_t role)
{
	for (size_t i = 0; i < md->members.n; i++)
		if (same_set(&md->members.at[i], of) && md->members.at[i].role == role)
			return &md->members.at[i];
	return NULL;
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
static bool is_leg(const struct md_member *member, uint64_t last)
{
	return member->role < ROLES_MAX && last - member->events <= 1;
}

/* The leg to read from; NULL when there is none. */
static const struct md_member *best_leg(const struct md *md, const struct md_member *of, uint64_t last)
{
	const struct md_member *best = NULL;

	for (size_t i = 0; i < md->members.n; i++) {
		const struct md_member *member = &md->members.at[i];

		if (same_set(member, of) && is_leg(member, last) &&
		    (best == NULL || (best->recovering && !member->recovering)))
			best = member;
	}
	return best;
}

#define LEGS_MAX 16

/* Spares hold nothing of the array, and what left it before the others were last used holds something old. */
static int assemble_mirror(struct map *map, const struct md_member *of, struct err *err)
{
	uint64_t last = last_events(map->md, of);
	const struct md_member *best = best_leg(map->md, of, last);
	struct area areas[LEGS_MAX];
	struct segment segment = {.type = SEGMENT_MIRROR, .areas = areas};
	struct space *array;

	if (best == NULL || data_sectors(best) == 0) {
		map_note(map, of->space, "no member that has data of its RAID1 array is here");
		return 0;
	}
	segment.count = best->size < data_sectors(best) ? best->size : data_sectors(best);
	areas[segment.nareas++] = (struct area){best->space, best->data_offset};
	for (size_t i = 0; i < map->md->members.n && segment.nareas < LEGS_MAX; i++) {
		const struct md_member *member = &map->md->members.at[i];

		if (!same_set(member, best) || member == best)
			continue;
		if (is_leg(member, last) && data_sectors(member) >= segment.count)
			areas[segment.nareas++] = (struct area){member->space, member->data_offset};
		else if (member->role < ROLES_MAX)
			map_note(map, member->space,
				 "has been out of its RAID1 array since event %" PRIu64 " of %" PRIu64
				 "; its data are old",
				 member->events, last);
	}
	array = add_array(map, best, segment.count, err);
	return array == NULL ? -1 : map_add_segment(map, array, &segment, err);
}

static uint64_t linear_sectors(const struct md_member *member)
{
	uint64_t sectors = data_sectors(member);

	return member->rounding > 0 ? sectors - sectors % member->rounding : sectors;
}

/* Members follow one another by their role; after one that is not here, addresses are not known. */
static int assemble_linear(struct map *map, const struct md_member *first, struct err *err)
{
	const struct md_member *member;
	struct space *array;
	uint64_t total = 0;
	uint32_t role = 0;

	for (; (member = find_role(map->md, first, role)) != NULL; role++)
		total += linear_sectors(member);
	if (role < first->devices)
		map_note(map, first->space,
			 "member %" PRIu32 " of the %" PRIu32
			 " of its linear array is not here; nothing is known "
			 "from there on",
			 role, first->devices);
	if (total == 0)
		return 0;
	array = add_array(map, first, total, err);
	total = 0;
	for (role = 0; array != NULL && (member = find_role(map->md, first, role)) != NULL; role++) {
		struct area area = {member->space, member->data_offset};
		struct segment segment = {
		    .start = total,
		    .count = linear_sectors(member),
		    .nareas = 1,
		    .areas = &area,
		};

		if (segment.count > 0 && map_add_segment(map, array, &segment, err) != 0)
			return -1;
		total += segment.count;
	}
	return array == NULL ? -1 : 0;
}

static int assemble(struct map *map, struct md_member *member, struct err *err)
{
	struct md_member first = *member;

	for (size_t i = 0; i < map->md->members.n; i++)
		if (same_set(&map->md->members.at[i], &first))
			map->md->members.at[i].assembled = true;
	if (!map_has_room(map, first.space))
		return 0;
	if (first.level == 1)
		return assemble_mirror(map, &first, err);
	if (first.level == LEVEL_LINEAR)
		return assemble_linear(map, &first, err);
	map_note(map, first.space, "member of an md array of level %" PRIi32 ", which is not followed",
		 first.level);
	return 0;
}

static int md_finish(struct map *map, struct err *err)
{
	for (size_t i = 0; map->md != NULL && i < map->md->members.n; i++)
		if (!map->md->members.at[i].assembled && assemble(map, &map->md->members.at[i], err) != 0)
			return -1;
	return 0;
}

static void md_close(struct map *map)
{
	if (map->md == NULL)
		return;
	VEC_FREE(&map->md->members);
	free(map->md);
}

const struct layout_driver driver_md = {
    .name = "md",
    .map = md_map,
    .finish = md_finish,
    .close = md_close,
};
