/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One segment of a volume, from its text to the arithmetic of a segment: type, areas, whom its parts
   serve. */
#include "layout/volumes/lvm.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum segment_type type;
} segment_types[] = {
    {"striped", SEGMENT_STRIPED},
    {"linear", SEGMENT_STRIPED},
    {"mirror", SEGMENT_MIRROR},
    {"raid1", SEGMENT_MIRROR},
    {"raid0", SEGMENT_STRIPED},
    {"raid0_meta", SEGMENT_STRIPED},
    {"raid4", SEGMENT_RAID4},
    {"raid5", SEGMENT_RAID5_LS},
    {"raid5_la", SEGMENT_RAID5_LA},
    {"raid5_ra", SEGMENT_RAID5_RA},
    {"raid5_ls", SEGMENT_RAID5_LS},
    {"raid5_rs", SEGMENT_RAID5_RS},
    {"raid5_n", SEGMENT_RAID5_N},
    {"raid6", SEGMENT_RAID6_ZR},
    {"raid6_zr", SEGMENT_RAID6_ZR},
    {"raid6_nr", SEGMENT_RAID6_NR},
    {"raid6_nc", SEGMENT_RAID6_NC},
    {"raid6_la_6", SEGMENT_RAID6_LA_6},
    {"raid6_ra_6", SEGMENT_RAID6_RA_6},
    {"raid6_ls_6", SEGMENT_RAID6_LS_6},
    {"raid6_rs_6", SEGMENT_RAID6_RS_6},
    {"raid6_n_6", SEGMENT_RAID6_N_6},
    {"raid10", SEGMENT_RAID10},
    {"raid10_near", SEGMENT_RAID10},
    {"cache", SEGMENT_LINEAR},
    {"writecache", SEGMENT_LINEAR},
    {"integrity", SEGMENT_LINEAR},
    {"error", SEGMENT_NONE},
    {"zero", SEGMENT_ZERO},
    {"snapshot", SEGMENT_NONE},
    {"cache-pool", SEGMENT_NONE},
    {"thin-pool", SEGMENT_NONE},
    {"thin", SEGMENT_NONE},
};

static bool find_type(const struct lvm_text_segment *segment, enum segment_type *type)
{
	for (size_t i = 0; i < sizeof(segment_types) / sizeof(segment_types[0]); i++) {
		if (strcmp(segment_types[i].name, segment->type) != 0)
			continue;
		*type = segment_types[i].type;
		if (*type == SEGMENT_STRIPED && segment->areas.n == 1)
			*type = SEGMENT_LINEAR;
		return true;
	}
	*type = SEGMENT_NONE;
	return false;
}

/* Where an area lies: in a PV (perhaps a missing one) or in another volume. */
static bool find_area(const struct lvm_assembly *as, const struct lvm_text_area *named, struct area *area)
{
	uint64_t extent_size = as->text->extent_size;
	const struct lvm_text_pv *pv;
	long lv = lvm_find_lv(as, named->name);

	*area = (struct area){0};
	if (named->extent > EXTENT_SECTORS_MAX / extent_size)
		return false;
	if (lv >= 0) {
		*area = (struct area){as->lvs[lv], named->extent * extent_size};
		return true;
	}
	pv = lvm_find_pv(as, named->name);
	if (pv == NULL || named->extent >= pv->pe_count || pv->pe_start > EXTENT_SECTORS_MAX)
		return false;
	*area = (struct area){pv->space, pv->pe_start + named->extent * extent_size};
	return true;
}

/* Says of the volumes that a segment is made of whom they serve. */
static void set_served(struct lvm_assembly *as, const struct lvm_text_segment *segment, struct space *space)
{
	for (size_t i = 0; i < segment->areas.n + segment->metas.n; i++) {
		bool is_meta = i >= segment->areas.n;
		const struct lvm_text_area *area =
		    is_meta ? &segment->metas.at[i - segment->areas.n] : &segment->areas.at[i];
		long lv = lvm_find_lv(as, area->name);

		if (lv < 0 || as->lvs[lv] == NULL || as->text->lvs.at[lv].visible)
			continue;
		/* A snapshot's store is not VISIBLE, but it has the name by which people know the
		   snapshot. */
		if (is_meta && area->kind == KIND_OPAQUE) {
			as->lvs[lv]->probed = false;
			as->lvs[lv]->rest = KIND_UNKNOWN;
			continue;
		}
		as->lvs[lv]->serves = space;
		if (is_meta)
			as->lvs[lv]->rest = area->kind;
	}
}

/* What lies in the volumes of a segment that cannot be followed is not known. */
static void forget_areas(struct lvm_assembly *as, const struct lvm_text_segment *named)
{
	for (size_t i = 0; i < named->areas.n; i++) {
		long lv = lvm_find_lv(as, named->areas.at[i].name);

		if (lv >= 0 && as->lvs[lv] != NULL)
			as->lvs[lv]->rest = KIND_UNKNOWN;
	}
}

/* How many images of a segment hold parity: they give no room for reshaping to the volume. */
static uint64_t parity_images(const char *type)
{
	return strncmp(type, "raid6", 5) == 0                                     ? 2
	       : strncmp(type, "raid5", 5) == 0 || strncmp(type, "raid4", 5) == 0 ? 1
										  : 0;
}

/* lvm2 lib/activate/dev_manager.c, _seg_len. */
uint64_t lvm_segment_extents(const struct lvm_text_segment *segment)
{
	uint64_t parity = parity_images(segment->type), spare;

	if (segment->reshape_count == 0 || segment->areas.n <= parity)
		return segment->extent_count;
	spare = segment->reshape_count <= EXTENT_SECTORS_MAX
		    ? segment->reshape_count * (segment->areas.n - parity)
		    : UINT64_MAX;
	return spare < segment->extent_count ? segment->extent_count - spare : 0;
}

int lvm_add_segment(struct lvm_assembly *as, struct space *space, const struct lvm_text_segment *named,
		    struct err *err)
{
	struct segment segment = {
	    .start = named->start_extent * as->text->extent_size,
	    .count = lvm_segment_extents(named) * as->text->extent_size,
	    .chunk = named->stripe_size <= UINT32_MAX ? (uint32_t)named->stripe_size : 0,
	    .copies = named->copies <= UINT32_MAX ? (uint32_t)named->copies : 0,
	    .nareas = (uint32_t)named->areas.n,
	};
	bool known = find_type(named, &segment.type);
	struct err why;
	int result;

	segment.areas = calloc(named->areas.n + 1, sizeof(*segment.areas));
	if (segment.areas == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < named->areas.n; i++)
		if (!find_area(as, &named->areas.at[i], &segment.areas[i]))
			known = false;
	known = known && segment_is_sound(&segment);
	if (!known)
		err_set(&why, "it is not known or not whole");
	if (!known || (named->reshape_count > 0 && !lvm_follow_reshape(as, named, &segment, &why))) {
		map_note(as->map, space, "segment of type %s cannot be followed; its sectors are unknown: %s",
			 named->type, why.text);
		segment.type = SEGMENT_NONE;
		segment.nareas = 0;
	}
	set_served(as, named, space);
	if (segment.type == SEGMENT_NONE && segment.nareas == 0)
		forget_areas(as, named);
	result = map_add_segment(as->map, space, &segment, err);
	free(segment.areas);
	return result;
}
