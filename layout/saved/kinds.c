/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds in a saved map are numbered as the program that wrote it numbered them, and it says what each is
   called. So kinds may be added anywhere in the program's table. */
#include "layout/saved/format.h"

#include <string.h>

/* By their numbers in version 1, the last one of which was that of KIND_CHILD. */
static const char *const version_1[] = {
    "unknown",
    "mbr",
    "ebr",
    "gpt-header",
    "gpt-entries",
    "gpt-backup-header",
    "gpt-backup-entries",
    "gap",
    "swap",
    "opaque",
    "lvm-label",
    "lvm-metadata-header",
    "lvm-metadata",
    "lvm-padding",
    "lvm-free",
    "lvm-raid-metadata",
    "lvm-raid-parity",
    "lvm-thin-metadata",
    "lvm-thin-free",
    "lvm-cache",
    "lvm-unused",
    "boot-block",
    "superblock",
    "superblock-backup",
    "group-descriptors",
    "group-descriptors-backup",
    "reserved-gdt",
    "block-bitmap",
    "inode-bitmap",
    "inode-table",
    "journal",
    "directory",
    "file-data",
    "symlink",
    "extent-node",
    "indirect-block",
    "xattr",
    "quota",
    "orphan-file",
    "mmp",
    "resize-inode",
    "bad-blocks",
    "free",
};

#define VERSION_1_KINDS (sizeof(version_1) / sizeof(version_1[0]))

void saved_put_kinds(struct text *tree)
{
	pack_u32(tree, KIND_COUNT);
	for (int kind = 0; kind < KIND_COUNT; kind++)
		pack_str(tree, kind_name((enum kind)kind));
}

static enum kind named(const char *name, size_t len)
{
	char word[64];

	if (len >= sizeof(word))
		return KIND_COUNT;
	memcpy(word, name, len);
	word[len] = '\0';
	return kind_named(word);
}

static void set_kind(struct saved_in *in, uint32_t number, const char *name, size_t len)
{
	enum kind kind = named(name, len);

	in->kinds[number] = kind < KIND_COUNT ? (uint8_t)kind : SAVED_NO_KIND;
	in->same_kinds &= in->kinds[number] == number;
}

void saved_get_kinds(struct saved_in *in)
{
	uint32_t n = in->version == 1 ? VERSION_1_KINDS : unpack_count(&in->tree, 4);

	memset(in->kinds, SAVED_NO_KIND, sizeof(in->kinds));
	in->same_kinds = true;
	in->tree.bad |= n >= SAVED_NO_KIND;
	for (uint32_t i = 0; i < n && !in->tree.bad; i++) {
		const char *name = in->version == 1 ? version_1[i] : NULL;
		size_t len = name ? strlen(name) : 0;

		if (name == NULL)
			name = unpack_text(&in->tree, &len);
		set_kind(in, i, name, len);
		in->names[i].at = name;
		in->names[i].len = len;
	}
	if (in->version == 1) {
		in->kinds[VERSION_1_KINDS] = KIND_CHILD;
		in->same_kinds = false;
	} else {
		in->kinds[KIND_CHILD] = KIND_CHILD;
	}
}

enum kind saved_kind(struct saved_in *in, unsigned number)
{
	uint8_t kind = in->kinds[(uint8_t)number];

	if (number < SAVED_NO_KIND && kind == SAVED_NO_KIND && in->lacks == NULL) {
		in->lacks = in->names[number].at;
		in->lacks_len = in->names[number].len;
	}
	in->tree.bad |= kind == SAVED_NO_KIND;
	return (enum kind)kind;
}
