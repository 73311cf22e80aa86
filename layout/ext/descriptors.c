/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Group descriptors, held against their backups.  One is believed when its checksum is right and what it
   tells lies in the file system; where there are no checksums, unless two backups agree against it. Otherwise
   a backup decides, in whichever group it lies, or, where none is sound, what is at least plausible.  As
   e2fsck does, what a damaged one says of bitmaps and tables that were never written is then not believed.
   Facts: lib/ext2fs/closefs.c, openfs.c and e2fsck/super.c of e2fsprogs. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACKUPS_MAX 16 /* that are looked at for a group */
#define DESCRIPTOR_MAX 1024
#define CACHED (BACKUPS_MAX + 1)

struct descriptors {
	struct ext *ext;
	uint32_t size, per_block;
	uint32_t from[CACHED]; /* the first groups with a superblock, but for group 0 */
	unsigned nfrom;
	uint8_t *blocks;     /* the last ones that were read: neighbours have theirs in the same */
	uint64_t at[CACHED]; /* their numbers; UINT64_MAX for none */
	unsigned oldest;
};

/* What is noted of a run of groups in one line. */
struct finding {
	enum ext_group_state state;
	const char *fault;
	uint32_t from; /* the group of the backup */
};

static struct ext2_group_desc *descriptor(const struct ext *ext, uint32_t group)
{
	return ext2fs_group_desc(ext->lib, ext->lib->group_desc, group);
}

/* Blocks of a flex group lie anywhere; others in their own group. */
static bool lies_in(const struct ext *ext, uint32_t group, uint64_t block, uint64_t count)
{
	uint64_t first = ext->first_block, end = ext->blocks;

	if (!ext2fs_has_feature_flex_bg(ext->lib->super)) {
		first = ext2fs_group_first_block2(ext->lib, group);
		end = ext2fs_group_last_block2(ext->lib, group) + 1;
	}
	return block >= first && block != 0 && block < end && count <= end - block;
}

static bool is_plausible(const struct ext *ext, uint32_t group)
{
	uint64_t blocks = ext2fs_block_bitmap_loc(ext->lib, group),
		 inodes = ext2fs_inode_bitmap_loc(ext->lib, group);
	uint64_t table = ext2fs_inode_table_loc(ext->lib, group), count = ext->lib->inode_blocks_per_group;

	return lies_in(ext, group, blocks, 1) && lies_in(ext, group, inodes, 1) &&
	       lies_in(ext, group, table, count) && blocks != inodes &&
	       (blocks < table || blocks >= table + count) && (inodes < table || inodes >= table + count);
}

static bool has_checksums(const struct ext *ext)
{
	return ext2fs_has_group_desc_csum(ext->lib);
}

static bool is_sound(const struct ext *ext, uint32_t group)
{
	return is_plausible(ext, group) &&
	       (!has_checksums(ext) || ext2fs_group_desc_csum_verify(ext->lib, group));
}

static void find_places(const struct ext *ext, uint32_t group, uint64_t places[3])
{
	places[0] = ext2fs_block_bitmap_loc(ext->lib, group);
	places[1] = ext2fs_inode_bitmap_loc(ext->lib, group);
	places[2] = ext2fs_inode_table_loc(ext->lib, group);
}

static bool same_places(const struct ext *ext, uint32_t group, const uint8_t *raw)
{
	uint8_t kept[DESCRIPTOR_MAX];
	size_t size = EXT2_DESC_SIZE(ext->lib->super);
	uint64_t here[3], there[3];

	find_places(ext, group, here);
	memcpy(kept, descriptor(ext, group), size);
	memcpy(descriptor(ext, group), raw, size);
	find_places(ext, group, there);
	memcpy(descriptor(ext, group), kept, size);
	return memcmp(here, there, sizeof(here)) == 0;
}

/* --- where backups lie --- */

/* The block that holds the group's descriptor in the backup of group `from`; 0 where there is none. */
static uint64_t backup_block(const struct descriptors *all, uint32_t group, uint32_t from)
{
	const struct ext *ext = all->ext;
	uint32_t index = group / all->per_block, meta = index * all->per_block;
	bool has_super = ext2fs_bg_has_super(ext->lib, (int)from);

	if (!ext2fs_has_feature_meta_bg(ext->lib->super) || index < ext->lib->super->s_first_meta_bg)
		return has_super ? ext2fs_group_first_block2(ext->lib, from) + 1 + index : 0;
	if (from != meta + 1 && from != meta + all->per_block - 1)
		return 0;
	return ext2fs_group_first_block2(ext->lib, from) + has_super;
}

/* The group after `from` that has a backup of the group's descriptor; 0 after the last one. */
static uint32_t next_backup(const struct descriptors *all, uint32_t group, uint32_t from)
{
	uint32_t index = group / all->per_block, meta = index * all->per_block;
	uint32_t of_meta[] = {meta + 1, meta + all->per_block - 1};
	bool is_meta = ext2fs_has_feature_meta_bg(all->ext->lib->super) &&
		       index >= all->ext->lib->super->s_first_meta_bg;
	const uint32_t *list = is_meta ? of_meta : all->from;

	for (unsigned i = 0; i < (is_meta ? 2 : all->nfrom); i++)
		if (list[i] > from && list[i] < all->ext->groups)
			return list[i];
	return 0;
}

static void find_backups(struct descriptors *all)
{
	const struct ext *ext = all->ext;

	for (uint32_t group = 1; group < ext->groups && all->nfrom < CACHED; group++)
		if (ext2fs_bg_has_super(ext->lib, (int)group))
			all->from[all->nfrom++] = group;
}

/* The bytes of a block, one of the last that were read or read now; NULL where it cannot be. */
static const uint8_t *cached(struct descriptors *all, uint64_t block)
{
	size_t size = all->ext->fs.block_sectors * (size_t)512;
	uint8_t *bytes = all->blocks + all->oldest * size;
	struct err why;

	for (unsigned i = 0; i < CACHED; i++)
		if (all->at[i] == block)
			return all->blocks + i * size;
	all->at[all->oldest] = UINT64_MAX;
	if (ext_is_full(all->ext) || ext_read_blocks(all->ext, block, bytes, 1, &why) != 0)
		return NULL;
	all->at[all->oldest] = block;
	all->oldest = (all->oldest + 1) % CACHED;
	return bytes;
}

/* Puts the backup of `from` in the place of the group's descriptor; false where it cannot be read. */
static bool take_backup(struct descriptors *all, uint32_t group, uint32_t from)
{
	const uint8_t *block = cached(all, backup_block(all, group, from));

	if (block == NULL)
		return false;
	memcpy(descriptor(all->ext, group), block + (size_t)(group % all->per_block) * all->size, all->size);
	return true;
}

/* --- choosing --- */

/* Of what was chosen only the places count: they change when a file system is resized, and all copies with
   them. */
static void forget_state(struct ext *ext, uint32_t group)
{
	if (!has_checksums(ext))
		return;
	ext2fs_bg_flags_clear(ext->lib, group, EXT2_BG_BLOCK_UNINIT | EXT2_BG_INODE_UNINIT);
	ext2fs_bg_itable_unused_set(ext->lib, group, 0);
	ext2fs_group_desc_csum_set(ext->lib, group);
}

/* The first sound backup; false, with the descriptor as it was, when there is none. */
static bool find_sound(struct descriptors *all, uint32_t group, struct finding *finding)
{
	uint8_t kept[DESCRIPTOR_MAX];
	unsigned tries = 0;

	memcpy(kept, descriptor(all->ext, group), all->size);
	for (uint32_t from = next_backup(all, group, 0); from != 0 && tries++ < BACKUPS_MAX;
	     from = next_backup(all, group, from)) {
		if (!take_backup(all, group, from) || !is_sound(all->ext, group))
			continue;
		finding->from = from;
		return true;
	}
	memcpy(descriptor(all->ext, group), kept, all->size);
	return false;
}

/* Without checksums: whether two sound backups agree with one another, and not with what is there. */
static bool is_outvoted(struct descriptors *all, uint32_t group, struct finding *finding)
{
	uint8_t kept[DESCRIPTOR_MAX], first[DESCRIPTOR_MAX];
	struct finding second = {.from = 0};
	bool outvoted = false;

	memcpy(kept, descriptor(all->ext, group), all->size);
	if (find_sound(all, group, finding) && !same_places(all->ext, group, kept)) {
		memcpy(first, descriptor(all->ext, group), all->size);
		second.from = next_backup(all, group, finding->from);
		outvoted = second.from != 0 && take_backup(all, group, second.from) &&
			   same_places(all->ext, group, first);
	}
	if (!outvoted)
		memcpy(descriptor(all->ext, group), kept, all->size);
	return outvoted;
}

static void check(struct descriptors *all, uint32_t group, struct finding *finding)
{
	struct ext *ext = all->ext;
	bool plausible = is_plausible(ext, group);

	*finding = (struct finding){.state = EXT_GROUP_SOUND};
	if (is_sound(ext, group)) {
		if (has_checksums(ext) || !is_outvoted(all, group, finding))
			return;
		finding->fault = "differs from its backups";
	} else {
		finding->fault =
		    plausible ? "has a wrong checksum" : "leaves the file system or makes no sense";
		if (!find_sound(all, group, finding) && !plausible) {
			finding->state = EXT_GROUP_LOST;
			return;
		}
	}
	finding->state = EXT_GROUP_DAMAGED;
	forget_state(ext, group);
}

/* --- telling --- */

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->state == b->state && a->fault == b->fault && a->from == b->from;
}

static void note(struct ext *ext, const struct finding *finding, uint32_t first, uint32_t last)
{
	char groups[48], use[96];

	if (finding->state == EXT_GROUP_SOUND)
		return;
	snprintf(groups, sizeof(groups), first == last ? "group %" PRIu32 : "groups %" PRIu32 "-%" PRIu32,
		 first, last);
	if (finding->state == EXT_GROUP_LOST)
		snprintf(use, sizeof(use),
			 "no backup is sound, and bitmaps, inodes and free blocks are not known");
	else if (finding->from != 0)
		snprintf(use, sizeof(use), "the backup in group %" PRIu32 " is used", finding->from);
	else
		snprintf(use, sizeof(use), "no backup is sound, so it is used all the same");
	ext_note(ext, "%s: the descriptor %s; %s", groups, finding->fault, use);
}

int ext_check_descriptors(struct ext *ext, struct err *err)
{
	struct descriptors all = {
	    .ext = ext,
	    .size = EXT2_DESC_SIZE(ext->lib->super),
	    .per_block = EXT2_DESC_PER_BLOCK(ext->lib->super),
	    .blocks = malloc(CACHED * ext->fs.block_sectors * (size_t)512),
	};
	struct finding run = {.state = EXT_GROUP_SOUND}, finding;
	uint32_t first = 0;

	ext->states = calloc((size_t)ext->groups + 1, 1);
	if (all.blocks == NULL || ext->states == NULL || all.size > DESCRIPTOR_MAX) {
		free(all.blocks);
		return err_nomem(err);
	}
	memset(all.at, 0xff, sizeof(all.at));
	find_backups(&all);
	for (uint32_t group = 0; group < ext->groups; group++) {
		check(&all, group, &finding);
		ext->states[group] = (uint8_t)finding.state;
		if (is_same(&finding, &run))
			continue;
		if (group > 0)
			note(ext, &run, first, group - 1);
		run = finding;
		first = group;
	}
	if (ext->groups > 0)
		note(ext, &run, first, ext->groups - 1);
	free(all.blocks);
	return 0;
}
