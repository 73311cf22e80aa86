/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LVM2 inside the layout room: what the label, the metadata text and the volumes share.

   A PV's label and metadata areas are claimed as soon as its space is probed (lvm_pv.c); the text is
   parsed with libdevmapper's dm_config (lvm_text.c); when all spaces are known, the volumes of each group
   become spaces (lvm_vg.c).  Facts: lvm2 lib/format_text/layout.h, lib/label/label.h, lvm2 metadata. */
#ifndef LAYOUT_VOLUMES_LVM_H
#define LAYOUT_VOLUMES_LVM_H

#include "layout/driver.h"
#include "layout/segment.h"

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
	bool given_used; /* the text of map_options.lvm_metadata has been looked at */
};

/* What is needed of the text. Everything is owned by the group. */
struct lvm_text_pv {
	char *name; /* "pv0" */
	char id[LVM_ID_LEN + 1];
	uint64_t pe_start, pe_count;
	uint64_t dev_size;   /* sectors; 0 where the text does not say */
	struct space *space; /* NULL when no disk that is here has it */
};

struct lvm_text_area {
	char *name; /* a PV's or an LV's */
	uint64_t extent;
	enum kind kind; /* of a volume that only helps: what its sectors are */
};

struct lvm_text_segment {
	uint64_t start_extent, extent_count;
	char *type;           /* up to a '+' */
	uint64_t stripe_size; /* sectors */
	uint64_t copies;
	VEC(struct lvm_text_area) areas;
	VEC(struct lvm_text_area) metas; /* volumes that only help: rmeta, mirror log, tdata, cdata ... */
	uint64_t reshape_count;          /* RAID: extents in each image that are there for reshaping */
	char *thin_pool;                 /* a thin volume's pool, or NULL */
	char *external_origin;           /* where a thin volume reads what it has not got, or NULL */
	uint64_t device_id;              /* a thin volume's number in its pool */
	char *thin_metadata, *thin_data; /* a thin pool's volumes, or NULL */
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

/* The volumes of a group while they become spaces. */
struct lvm_assembly {
	struct map *map;
	struct lvm_text *text;
	struct space *pv;                     /* the PV whose text it is, for notes */
	struct lvm_name *lv_names, *pv_names; /* sorted (lvm_names.c) */
	struct space **lvs; /* by the index of the volume in the text; NULL where there was no room */
	uint8_t *visited;   /* while depths are found: 1 on the way, 2 done */
};

/* Volumes and PVs by name (lvm_names.c): the index of a volume in the text, or -1; a PV, or NULL. */
int lvm_names_sort(struct lvm_assembly *as, struct err *err);
long lvm_find_lv(const struct lvm_assembly *as, const char *name);
const struct lvm_text_pv *lvm_find_pv(const struct lvm_assembly *as, const char *name);

/* How many extents of its volume a segment is, without those that are there for reshaping; adding it to
   the volume's space (lvm_segment.c).  0 or -1. */
uint64_t lvm_segment_extents(const struct lvm_text_segment *segment);
int lvm_add_segment(struct lvm_assembly *as, struct space *space, const struct lvm_text_segment *named,
		    struct err *err);

/* Moves the areas of a segment with a reshape_count to where its data begin (lvm_reshape.c).  Its metadata
   volumes must have been added before.  False with the reason when that is not known. */
bool lvm_follow_reshape(const struct lvm_assembly *as, const struct lvm_text_segment *named,
			struct segment *segment, struct err *why);

/* Gives thin volumes the chunks that their pool's metadata maps (lvm_thin.c); 0 or -1. */
int lvm_map_thin(struct lvm_assembly *as, struct err *err);

/* Adds the volumes of every group that is not assembled yet; 0 or -1. */
int lvm_assemble(struct map *map, struct err *err);

#endif
