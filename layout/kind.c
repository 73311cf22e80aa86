/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for the kinds, and what each kind's owner is. */
#include "layout/kind.h"

#include <string.h>

static const char *const names[KIND_COUNT] = {
    [KIND_UNKNOWN] = "unknown",
    [KIND_MBR] = "mbr",
    [KIND_EBR] = "ebr",
    [KIND_GPT_HEADER] = "gpt-header",
    [KIND_GPT_ENTRIES] = "gpt-entries",
    [KIND_GPT_BACKUP_HEADER] = "gpt-backup-header",
    [KIND_GPT_BACKUP_ENTRIES] = "gpt-backup-entries",
    [KIND_GAP] = "gap",
    [KIND_SWAP] = "swap",
    [KIND_OPAQUE] = "opaque",
    [KIND_LVM_LABEL] = "lvm-label",
    [KIND_LVM_METADATA_HEADER] = "lvm-metadata-header",
    [KIND_LVM_METADATA] = "lvm-metadata",
    [KIND_LVM_PADDING] = "lvm-padding",
    [KIND_LVM_FREE] = "lvm-free",
    [KIND_LVM_RAID_METADATA] = "lvm-raid-metadata",
    [KIND_LVM_RAID_PARITY] = "lvm-raid-parity",
    [KIND_LVM_THIN_METADATA] = "lvm-thin-metadata",
    [KIND_LVM_THIN_FREE] = "lvm-thin-free",
    [KIND_LVM_CACHE] = "lvm-cache",
    [KIND_LVM_UNUSED] = "lvm-unused",
    [KIND_BOOT_BLOCK] = "boot-block",
    [KIND_SUPERBLOCK] = "superblock",
    [KIND_SUPERBLOCK_BACKUP] = "superblock-backup",
    [KIND_GROUP_DESCRIPTORS] = "group-descriptors",
    [KIND_GROUP_DESCRIPTORS_BACKUP] = "group-descriptors-backup",
    [KIND_RESERVED_GDT] = "reserved-gdt",
    [KIND_BLOCK_BITMAP] = "block-bitmap",
    [KIND_INODE_BITMAP] = "inode-bitmap",
    [KIND_INODE_TABLE] = "inode-table",
    [KIND_JOURNAL] = "journal",
    [KIND_DIRECTORY] = "directory",
    [KIND_FILE_DATA] = "file-data",
    [KIND_SYMLINK] = "symlink",
    [KIND_EXTENT_NODE] = "extent-node",
    [KIND_INDIRECT_BLOCK] = "indirect-block",
    [KIND_XATTR] = "xattr",
    [KIND_QUOTA] = "quota",
    [KIND_ORPHAN_FILE] = "orphan-file",
    [KIND_MMP] = "mmp",
    [KIND_RESIZE_INODE] = "resize-inode",
    [KIND_BAD_BLOCKS] = "bad-blocks",
    [KIND_FREE] = "free",
};

const char *kind_name(enum kind kind)
{
	return names[kind];
}

enum kind kind_named(const char *name)
{
	enum kind kind = KIND_UNKNOWN;

	while (kind < KIND_COUNT && strcmp(names[kind], name) != 0)
		kind++;
	return kind;
}

bool kind_has_offset(enum kind kind)
{
	switch (kind) {
	case KIND_INODE_TABLE:
	case KIND_JOURNAL:
	case KIND_DIRECTORY:
	case KIND_FILE_DATA:
	case KIND_SYMLINK:
	case KIND_QUOTA:
	case KIND_ORPHAN_FILE:
		return true;
	default:
		return false;
	}
}
