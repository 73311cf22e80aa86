/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver for members of Linux md arrays: what each is made of, before its array is put together. */
#include "layout/contents/known.h"
#include "layout/drivers.h"
#include "layout/tables/ptable.h"
#include "layout/volumes/md.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t md_data_sectors(const struct md_member *member)
{
	uint64_t room =
	    member->data_offset < member->space->sectors ? member->space->sectors - member->data_offset : 0;

	return member->data_size < room ? member->data_size : room;
}

/* A superblock at the end survives a table that is made later, and so does one at 4 KiB under an MBR.  A
   table that reaches over the superblock is none of the array's.  In front of it, a table is the array's
   remains of before, unless its partitions hold something and the array nothing. */
static bool is_remains(const struct md_member *member)
{
	const struct space *space = member->space;

	if (space->type == SPACE_PARTITION)
		return false;
	if (member->at_end)
		return table_reaches(space, member->super.start);
	return mbr_wins(space) && mbr_holds_something(space) && !known_starts(space, member->data_offset);
}

static void claim(struct space *space, enum kind kind, const struct md_run *run)
{
	space_claim(space, RANK_STRUCTURE, kind, run->start, run->count);
}

static int md_map(struct map *map, struct space *space, struct err *err)
{
	struct md_member member;

	if (!md_read_super(space, &member) || is_remains(&member))
		return 0;
	if (map->build->md == NULL && (map->build->md = calloc(1, sizeof(*map->build->md))) == NULL)
		return err_nomem(err);
	if (VEC_PUSH(&map->build->md->members, member) != 0)
		return err_nomem(err);
	snprintf(space->content.type, sizeof(space->content.type), "linux_raid_member");
	snprintf(space->content.label, sizeof(space->content.label), "%s", member.name);
	content_set_uuid(&space->content, member.set);
	claim(space, KIND_MD_SUPERBLOCK, &member.super);
	claim(space, KIND_MD_BITMAP, &member.bitmap);
	claim(space, KIND_MD_BAD_BLOCKS, &member.bad_blocks);
	claim(space, KIND_MD_PPL, &member.ppl);
	if (member.role == MD_ROLE_JOURNAL)
		space_claim(space, RANK_REST, KIND_MD_JOURNAL, member.data_offset, md_data_sectors(&member));
	space->rest = KIND_MD_UNUSED;
	return 1;
}

static void md_close(struct map *map)
{
	if (map->build->md == NULL)
		return;
	VEC_FREE(&map->build->md->members);
	free(map->build->md);
}

const struct layout_driver driver_md = {
    .name = "md",
    .map = md_map,
    .finish = md_assemble,
    .close = md_close,
};
