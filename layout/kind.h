/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a sector can be: the words of the contract, in the order of the layers. */
#ifndef LAYOUT_KIND_H
#define LAYOUT_KIND_H

#include <stdbool.h>
#include <stdint.h>

enum kind {
	KIND_UNKNOWN,
	KIND_MBR,
	KIND_EBR,
	KIND_GPT_HEADER,
	KIND_GPT_ENTRIES,
	KIND_GPT_BACKUP_HEADER,
	KIND_GPT_BACKUP_ENTRIES,
	KIND_GAP,
	KIND_SWAP,
	KIND_OPAQUE,
	KIND_LVM_LABEL,
	KIND_LVM_METADATA_HEADER,
	KIND_LVM_METADATA,
	KIND_LVM_PADDING,
	KIND_LVM_FREE,
	KIND_LVM_RAID_METADATA,
	KIND_LVM_RAID_PARITY,
	KIND_LVM_THIN_METADATA,
	KIND_LVM_THIN_FREE,
	KIND_LVM_CACHE,
	KIND_LVM_UNUSED,
	KIND_BOOT_BLOCK,
	KIND_SUPERBLOCK,
	KIND_SUPERBLOCK_BACKUP,
	KIND_GROUP_DESCRIPTORS,
	KIND_GROUP_DESCRIPTORS_BACKUP,
	KIND_RESERVED_GDT,
	KIND_BLOCK_BITMAP,
	KIND_INODE_BITMAP,
	KIND_INODE_TABLE,
	KIND_JOURNAL,
	KIND_DIRECTORY,
	KIND_FILE_DATA,
	KIND_SYMLINK,
	KIND_EXTENT_NODE,
	KIND_INDIRECT_BLOCK,
	KIND_XATTR,
	KIND_QUOTA,
	KIND_ORPHAN_FILE,
	KIND_MMP,
	KIND_RESIZE_INODE,
	KIND_BAD_BLOCKS,
	KIND_FREE,
	KIND_COUNT,

	/* Inside the map only: a run that another space has addresses for. */
	KIND_CHILD = KIND_COUNT,
};

/* The contract's word for a kind. */
const char *kind_name(enum kind kind);

/* The kind with that name; KIND_COUNT when there is none. */
enum kind kind_named(const char *name);

#define KINDS_WITH_OWNER                                                                                     \
	(UINT64_C(1) << KIND_JOURNAL | UINT64_C(1) << KIND_DIRECTORY | UINT64_C(1) << KIND_FILE_DATA |       \
	 UINT64_C(1) << KIND_SYMLINK | UINT64_C(1) << KIND_EXTENT_NODE |                                     \
	 UINT64_C(1) << KIND_INDIRECT_BLOCK | UINT64_C(1) << KIND_XATTR | UINT64_C(1) << KIND_QUOTA |        \
	 UINT64_C(1) << KIND_ORPHAN_FILE | UINT64_C(1) << KIND_RESIZE_INODE |                                \
	 UINT64_C(1) << KIND_BAD_BLOCKS)

/* Whether runs of this kind have an inode as their owner. */
static inline bool kind_has_owner(enum kind kind)
{
	return KINDS_WITH_OWNER >> kind & 1;
}

/* Whether a run's place within its owner (a file's block, an inode table's block) matters. */
bool kind_has_offset(enum kind kind);

#endif
