/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linux md inside the layout room: what a member's superblock says (md_super.c), how members make an array
   (md_array.c, md_raid.c), and the driver (md.c).  Facts: linux/raid/md_p.h, drivers/md/md.c, md-bitmap.c,
   raid0.c, raid5.c, raid10.c. */
#ifndef LAYOUT_VOLUMES_MD_H
#define LAYOUT_VOLUMES_MD_H

#include "layout/driver.h"

#define MD_DEVICES_MAX 1920
#define MD_LEVEL_LINEAR (-1)
#define MD_ROLES_MAX 0xff00 /* from here on: spare, faulty, journal */
#define MD_ROLE_JOURNAL 0xfffd

/* Sectors of a member. */
struct md_run {
	uint64_t start, count; /* count 0: it has none */
};

struct md_member {
	struct space *space;
	uint8_t set[16];
	char name[33]; /* "HOST:NAME", or the minor number of version 0.90 */
	bool at_end;   /* the superblock lies behind the data */
	int32_t level;
	uint32_t layout, chunk; /* chunk: sectors */
	uint32_t devices, role;
	uint64_t size, data_offset, data_size; /* sectors */
	uint64_t events;                       /* counts on in the members that are in use */
	bool recovering;                       /* has only a part of the data yet */
	bool reshaping;                        /* its array is changing its form */
	bool has_layout;                       /* of RAID0: layout says how zones follow */
	bool assembled;

	struct md_run super, bitmap, bad_blocks, ppl;
};

struct md {
	VEC(struct md_member) members;
};

/* Reads the superblock of a member, wherever it lies; false when there is none whose checksum is right. */
bool md_read_super(struct space *space, struct md_member *member);

/* The data area as it fits into the member. */
uint64_t md_data_sectors(const struct md_member *member);

/* The members of one array that are in use, by role; NULL where one is not here. */
struct md_set {
	struct md_member *roles[MD_DEVICES_MAX];
	const struct md_member *first; /* one of them, the youngest */
	uint32_t missing;
};

/* Adds the array's space with its segments: 0 with *array NULL where it cannot be followed (noted), or -1
   (md_raid.c). */
int md_add_raid(struct map *map, const struct md_set *set, struct err *err);

/* The array's empty space. */
struct space *md_add_space(struct map *map, const struct md_member *first, uint64_t sectors, struct err *err);

/* Puts together the arrays of all members; 0 or -1. */
int md_assemble(struct map *map, struct err *err);

#endif
