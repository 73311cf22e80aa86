/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From runs of sectors to files, directories, inodes and metadata. */
#include "cli/lookup_lost.h"

#include "layout/device.h"
#include "layout/fs.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	enum kind kind;
	const char *words;
} consequences[] = {
    {KIND_MBR, "partitions and boot code; sfdisk writes the table anew"},
    {KIND_EBR, "logical partitions behind it are not found; sfdisk writes the table anew"},
    {KIND_GPT_HEADER, "the backup at the end of the disk has the same; gdisk restores it"},
    {KIND_GPT_ENTRIES, "the backup at the end of the disk has the same; gdisk restores it"},
    {KIND_GPT_BACKUP_HEADER, "the first table is whole; gdisk writes the backup anew"},
    {KIND_GPT_BACKUP_ENTRIES, "the first table is whole; gdisk writes the backup anew"},
    {KIND_LVM_LABEL, "the physical volume is not found; pvcreate --uuid --restorefile writes it anew"},
    {KIND_LVM_METADATA_HEADER, "the volumes are not found; vgcfgrestore writes it anew"},
    {KIND_LVM_METADATA, "a text of the volumes, old or in force; vgcfgrestore writes it anew"},
    {KIND_LVM_THIN_METADATA, "thin volumes lose their maps; thin_repair may help"},
    {KIND_LUKS_HEADER, "without a backup of the header nothing can be opened any more"},
    {KIND_LUKS_KEYSLOTS, "keys whose slot it was open nothing any more; a backup of the header has them"},
    {KIND_MD_SUPERBLOCK, "the member is not found; mdadm --assemble works without it where others are left"},
    {KIND_MD_BITMAP, "after a crash the array is synchronised as a whole"},
    {KIND_SUPERBLOCK,
     "the file system cannot be mounted; a backup superblock can (e2fsck -b, mount -o sb=), xfs_repair"},
    {KIND_SUPERBLOCK_BACKUP, "nothing while the first superblock is whole; the check writes it anew"},
    {KIND_GROUP_DESCRIPTORS, "groups' bitmaps and inode tables are not found; e2fsck takes the backups"},
    {KIND_GROUP_DESCRIPTORS_BACKUP, "nothing while the first ones are whole; e2fsck writes them anew"},
    {KIND_RESERVED_GDT, "nothing until the file system grows; e2fsck writes it anew"},
    {KIND_BLOCK_BITMAP, "which blocks are free; e2fsck makes it anew, until then nothing is written there"},
    {KIND_INODE_BITMAP, "which inodes are free; e2fsck makes it anew, until then no file is made there"},
    {KIND_INODE_TABLE, "the files of these inodes are lost with their names, owners and places"},
    {KIND_JOURNAL, "nothing if the file system was unmounted cleanly; else the last changes"},
    {KIND_EXTENT_NODE, "where a part of the file lies: that part is lost, though its blocks are whole"},
    {KIND_INDIRECT_BLOCK, "where a part of the file lies: that part is lost, though its blocks are whole"},
    {KIND_XATTR, "extended attributes: ACLs, capabilities, labels"},
    {KIND_QUOTA, "quotas; quotacheck or e2fsck makes them anew"},
    {KIND_RESIZE_INODE, "nothing until the file system grows"},
    {KIND_FAT_TABLE, "where files go on; the second table has the same"},
    {KIND_AGF, "free space of the group; xfs_repair makes it anew"},
    {KIND_AGI, "inodes of the group; xfs_repair makes it anew"},
    {KIND_BNOBT, "free space; xfs_repair makes it anew"},
    {KIND_CNTBT, "free space; xfs_repair makes it anew"},
    {KIND_INOBT, "where inodes lie; xfs_repair makes it anew"},
    {KIND_FINOBT, "free inodes; xfs_repair makes it anew"},
    {KIND_RMAPBT, "who owns which block; xfs_repair makes it anew"},
    {KIND_REFCOUNTBT, "how often blocks are shared; xfs_repair makes it anew"},
};

const char *lost_consequence(enum kind kind)
{
	for (size_t i = 0; i < sizeof(consequences) / sizeof(consequences[0]); i++)
		if (consequences[i].kind == kind)
			return consequences[i].words;
	return "";
}

static enum lost_class class_of(const struct region *region)
{
	enum kind kind = region->kind;

	if (region->has_owner && (kind == KIND_FILE_DATA || kind == KIND_SYMLINK))
		return (region->flags & EXTENT_UNMAPPED) ? LOST_NOTHING : LOST_FILE;
	if (kind == KIND_DIRECTORY && region->has_owner)
		return LOST_DIRECTORY;
	if (kind == KIND_UNKNOWN || kind == KIND_UNREADABLE || kind_role(kind) == ROLE_CONTENT)
		return LOST_UNKNOWN;
	return kind_role(kind) == ROLE_NOTHING ? LOST_NOTHING : LOST_METADATA;
}

static bool has_copies(const struct segment *segment)
{
	return segment->type != SEGMENT_LINEAR && segment->type != SEGMENT_STRIPED &&
	       segment->type != SEGMENT_ZERO && segment->type != SEGMENT_NONE;
}

/* Whether one of the layers keeps it twice, or can work it out again. */
static bool is_mirrored(const struct place *place)
{
	for (unsigned i = 1; i < place->depth; i++) {
		const struct space *space = place->stack[i].space;

		for (size_t j = 0; j < space->segments.n; j++) {
			const struct segment *segment = &space->segments.at[j];

			if (place->stack[i].start >= segment->start &&
			    place->stack[i].start - segment->start < segment->count && has_copies(segment))
				return true;
		}
	}
	return false;
}

static int add(struct lost_items *items, struct lost_item item)
{
	return VEC_PUSH(&items->at, item);
}

/* The inodes of a run of an inode table that are some file's. */
static int gather_inodes(struct lost_items *items, const struct region *region, struct lost_item item)
{
	int status = 0;

	item.class = LOST_INODE;
	item.sectors = 0;
	for (uint64_t number = region->inodes[0]; number <= region->inodes[1] && status == 0; number++)
		if (fs_owner(region->fs, number, &item.owner) &&
		    (fs_has_path(region->fs, item.owner) || fs_owner_has_sectors(region->fs, item.owner)))
			status = add(items, item);
	return status;
}

int lost_gather(struct lost_items *items, const struct region *region)
{
	struct lost_item item = {
	    .class = class_of(region),
	    .kind = region->kind,
	    .space = region->device,
	    .fs = region->fs,
	    .sectors = region->sectors,
	    .group = region->has_group ? region->group : UINT64_MAX,
	    .first = region->start,
	    .mirrored = is_mirrored(region->place),
	};

	if (item.class == LOST_FILE || item.class == LOST_DIRECTORY || region->has_owner)
		item.owner = region->owner;
	if (item.class == LOST_FILE || item.class == LOST_DIRECTORY)
		item.first = region->has_offset ? region->offset : 0;
	if (add(items, item) != 0)
		return -1;
	return region->has_inodes ? gather_inodes(items, region, item) : 0;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Of the two, the fields by which they belong together. */
static int compare_keys(const struct lost_item *a, const struct lost_item *b)
{
	int order = compare_numbers(a->class, b->class);

	if (order == 0)
		order = compare_numbers(a->space->id, b->space->id);
	if (order == 0 && a->class >= LOST_METADATA)
		order = compare_numbers(a->kind, b->kind);
	if (order == 0 && a->class == LOST_METADATA)
		order = compare_numbers(a->group, b->group);
	return order == 0 ? compare_numbers(a->owner, b->owner) : order;
}

static int compare_items(const void *left, const void *right)
{
	const struct lost_item *a = left, *b = right;
	int order = compare_keys(a, b);

	return order == 0 ? compare_numbers(a->first, b->first) : order;
}

static int compare_paths(const void *left, const void *right)
{
	const struct lost_item *a = left, *b = right;
	char paths[2][FS_PATH_MAX] = {"", ""};

	if (a->class != b->class || a->space != b->space || a->class > LOST_INODE || a->fs == NULL)
		return compare_items(left, right);
	fs_path(a->fs, a->owner, paths[0], sizeof(paths[0]));
	fs_path(b->fs, b->owner, paths[1], sizeof(paths[1]));
	return strcmp(paths[0], paths[1]) != 0 ? strcmp(paths[0], paths[1]) : compare_items(left, right);
}

void lost_merge(struct lost_items *items)
{
	size_t n = 0;

	if (items->at.n == 0)
		return;
	qsort(items->at.at, items->at.n, sizeof(*items->at.at), compare_items);
	for (size_t i = 1; i < items->at.n; i++) {
		struct lost_item *last = &items->at.at[n];

		if (compare_keys(last, &items->at.at[i]) != 0) {
			items->at.at[++n] = items->at.at[i];
			continue;
		}
		last->sectors += items->at.at[i].sectors;
		last->mirrored = last->mirrored && items->at.at[i].mirrored;
	}
	items->at.n = n + 1;
	qsort(items->at.at, items->at.n, sizeof(*items->at.at), compare_paths);
}

static int compare_owners(const void *left, const void *right)
{
	const struct lost_item *a = *(struct lost_item *const *)left, *b = *(struct lost_item *const *)right;

	return a->owner != b->owner ? compare_numbers(a->owner, b->owner) : compare_numbers(a->kind, b->kind);
}

/* Adds up the extents of one file system's files; `found` has room for all items. */
static void measure_fs(struct lost_items *items, const struct fs *fs, struct lost_item **found)
{
	const struct space *space = fs->space;
	size_t n = 0;

	for (size_t i = 0; i < items->at.n; i++)
		if (items->at.at[i].fs == fs && items->at.at[i].class <= LOST_DIRECTORY) {
			items->at.at[i].measured = true;
			found[n++] = &items->at.at[i];
		}
	qsort(found, n, sizeof(struct lost_item *), compare_owners);
	for (size_t i = 0; i < space->extents.n; i++) {
		const struct extent *extent = &space->extents.at[i];
		uint64_t end = i + 1 < space->extents.n ? extent[1].start : space->sectors;
		struct lost_item key = {.owner = extent->owner, .kind = (enum kind)extent->kind};
		struct lost_item *wanted = &key, **item;

		if (!kind_has_owner(key.kind) || (extent->flags & EXTENT_UNMAPPED))
			continue;
		item = bsearch(&wanted, found, n, sizeof(struct lost_item *), compare_owners);
		if (item != NULL)
			(*item)->whole += end - extent->start;
	}
}

int lost_measure(struct lost_items *items)
{
	struct lost_item **found = calloc(items->at.n + 1, sizeof(struct lost_item *));

	if (found == NULL)
		return -1;
	for (size_t i = 0; i < items->at.n; i++)
		if (items->at.at[i].class <= LOST_DIRECTORY && !items->at.at[i].measured)
			measure_fs(items, items->at.at[i].fs, found);
	free(found);
	return 0;
}
