/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a sector can be.  The kinds are a table, layout/kind_rows.h: the numbers here are only the program's
   own, and what holds of some kinds is asked of the table, never of a range of numbers. */
#ifndef LAYOUT_KIND_H
#define LAYOUT_KIND_H

#include <stdbool.h>
#include <stdint.h>

enum kind {
#define KIND(identifier, name, layer, role, family, traits) KIND_##identifier,
#include "layout/kind_rows.h"
#undef KIND
	KIND_COUNT,

	/* Inside the map only: a run that another space has addresses for. */
	KIND_CHILD = 255,
};

_Static_assert(KIND_COUNT < KIND_CHILD, "an extent has 8 bits for its kind");

/* What knows of a kind. */
enum kind_layer {
	LAYER_NONE,
	LAYER_TABLE,  /* partition tables */
	LAYER_SPACE,  /* contents that are only named */
	LAYER_VOLUME, /* volume groups and arrays */
	LAYER_FS,     /* file systems */
};

/* What it is there for. */
enum kind_role {
	ROLE_NOTHING,   /* it holds nothing that is used */
	ROLE_STRUCTURE, /* it says where other things are */
	ROLE_CONTENT,   /* what users have stored */
};

/* Whose colour it has in pictures (viz/palette.h). */
enum family {
	FAMILY_UNKNOWN,
	FAMILY_TABLE, /* partition tables and gaps */
	FAMILY_LVM,
	FAMILY_SUPER, /* superblocks and what describes groups */
	FAMILY_BITMAP,
	FAMILY_INODES,
	FAMILY_JOURNAL,
	FAMILY_DIRECTORY,
	FAMILY_FILE,
	FAMILY_MAP, /* what says where files lie, and the rarer structures */
	FAMILY_FREE,
	FAMILIES,
};

enum kind_trait {
	KIND_HAS_OWNER = 1,    /* a file of its file system (layout/fs.h) */
	KIND_HAS_OFFSET = 2,   /* extent.arg says where in the owner, or in a table, in blocks */
	KIND_OF_GROUP = 4,     /* pictures name each group's */
	KIND_KEEPS_RUNS = 8,   /* runs stay apart that go on where the last one ends */
	KIND_NAMES_SPACE = 16, /* it is the whole content of its space, which says its type */
	KIND_HAS_LEVEL = 32,   /* extent.arg is the level in a tree, 0 for leaves */
};

/* The contract's word for a kind. */
const char *kind_name(enum kind kind);

/* The kind with that name; KIND_COUNT when there is none. */
enum kind kind_named(const char *name);

enum kind_layer kind_layer(enum kind kind);
enum kind_role kind_role(enum kind kind);
enum family kind_family(enum kind kind);

/* By kind, KIND_CHILD too; none for numbers that are no kind. */
extern const uint8_t kind_traits[256];

static inline bool kind_has(enum kind kind, enum kind_trait trait)
{
	return kind_traits[(uint8_t)kind] & trait;
}

static inline bool kind_has_owner(enum kind kind)
{
	return kind_has(kind, KIND_HAS_OWNER);
}

static inline bool kind_has_offset(enum kind kind)
{
	return kind_has(kind, KIND_HAS_OFFSET);
}

#endif
