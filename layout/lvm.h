/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LVM2 inside the layout room: what the label, the metadata text and the volumes share.

   A PV's label and metadata areas are claimed as soon as its space is probed (lvm_pv.c); the text is
   parsed with libdevmapper's dm_config (lvm_text.c); when all spaces are known, the volumes of each group
   become spaces (lvm_vg.c).  Facts: lvm2 lib/format_text/layout.h, lib/label/label.h, lvm2 metadata. */
#ifndef LAYOUT_LVM_H
#define LAYOUT_LVM_H

#include "layout/map.h"

#define LVM_ID_LEN 32
#define LVM_MDAS_MAX 4

struct lvm_pv {
	struct space *space;
	char id[LVM_ID_LEN + 1]; /* without dashes, as in the label */
	uint64_t sectors;        /* the size that the label states */
	char *text;              /* its best metadata text, or NULL; owned */
	bool assembled;          /* its group's volumes have been added */
};

struct lvm {
	VEC(struct lvm_pv) pvs;
};

/* What is needed of the text. Everything is owned by the group. */
struct lvm_text_pv {
	char *name;              /* "pv0" */
	char id[LVM_ID_LEN + 1];
	uint64_t pe_start, pe_count;
	struct space *space;     /* NULL when no disk that is here has it */
};

struct lvm_text_area {
	char *name;              /* a PV's or an LV's */
	uint64_t extent;
};

struct lvm_text_segment {
	uint64_t start_extent, extent_count;
	char *type;              /* up to a '+' */
	uint64_t stripe_size;    /* sectors */
	uint64_t copies;
	VEC(struct lvm_text_area) areas;
	VEC(struct lvm_text_area) metas; /* volumes with nothing but bookkeeping: rmeta, mirror log */
};

struct lvm_text_lv {
	char *name;
	bool visible;
	VEC(struct lvm_text_segment) segments;
};

struct lvm_text {
	char *name;
	char id[LVM_ID_LEN + 1];
	uint64_t seqno, extent_size;
	VEC(struct lvm_text_pv) pvs;
	VEC(struct lvm_text_lv) lvs;
};

/* Parses a metadata text; NULL with err set when it is none. */
struct lvm_text *lvm_text_parse(const char *text, struct err *err);
void lvm_text_free(struct lvm_text *text);

/* Adds the volumes of every group that is not assembled yet; 0 or -1. */
int lvm_assemble(struct map *map, struct err *err);

#endif
