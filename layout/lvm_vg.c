/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a volume group's text to spaces: every logical volume, hidden ones too, becomes a space whose
   segments lie in PVs or in other volumes. */
#include "layout/lvm.h"

#include <inttypes.h>
#include <stdio.h>
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

long lvm_find_lv(const struct lvm_assembly *as, const char *name)
{
	for (size_t i = 0; i < as->text->lvs.n; i++)
		if (strcmp(as->text->lvs.at[i].name, name) == 0)
			return (long)i;
	return -1;
}

/* Where an area lies: in a PV (perhaps a missing one) or in another volume. */
static bool find_area(const struct lvm_assembly *as, const struct lvm_text_area *named, struct area *area)
{
	uint64_t extent_size = as->text->extent_size;
	long lv = lvm_find_lv(as, named->name);

	*area = (struct area){0};
	if (named->extent > EXTENT_SECTORS_MAX / extent_size)
		return false;
	if (lv >= 0) {
		*area = (struct area){as->lvs[lv], named->extent * extent_size};
		return true;
	}
	for (size_t i = 0; i < as->text->pvs.n; i++) {
		const struct lvm_text_pv *pv = &as->text->pvs.at[i];

		if (strcmp(pv->name, named->name) != 0)
			continue;
		if (named->extent >= pv->pe_count || pv->pe_start > EXTENT_SECTORS_MAX)
			return false;
		*area = (struct area){pv->space, pv->pe_start + named->extent * extent_size};
		return true;
	}
	return false;
}

static uint64_t lv_sectors(const struct lvm_assembly *as, const struct lvm_text_lv *lv)
{
	uint64_t extents = 0;

	for (size_t i = 0; i < lv->segments.n; i++) {
		uint64_t end = lv->segments.at[i].start_extent + lv->segments.at[i].extent_count;

		if (end >= lv->segments.at[i].start_extent && end > extents)
			extents = end;
	}
	return extents > EXTENT_SECTORS_MAX / as->text->extent_size ? 0 : extents * as->text->extent_size;
}

static int add_spaces(struct lvm_assembly *as, struct err *err)
{
	char name[300];

	for (size_t i = 0; i < as->text->lvs.n; i++) {
		const struct lvm_text_lv *lv = &as->text->lvs.at[i];

		if (!map_has_room(as->map, as->pv))
			return 0;
		snprintf(name, sizeof(name), "%s/%s", as->text->name, lv->name);
		as->lvs[i] = map_add_space(as->map, NULL, name, lv_sectors(as, lv), err);
		if (as->lvs[i] == NULL)
			return -1;
		as->lvs[i]->type = SPACE_VOLUME;
		/* Hidden volumes hold parts of others, not contents of their own; a spare serves nobody. */
		as->lvs[i]->probed = !lv->visible;
		as->lvs[i]->rest = lv->visible ? KIND_UNKNOWN : KIND_LVM_UNUSED;
		as->lvs[i]->sector_size = as->pv->sector_size;
	}
	return 0;
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
		/* A snapshot's store is not VISIBLE, but it has the name by which people know the snapshot.
		 */
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

/* Checks what the arithmetic relies on. */
static bool is_sound(const struct segment *segment)
{
	static const uint32_t fewest[] = {
	    [SEGMENT_LINEAR] = 1,     [SEGMENT_STRIPED] = 1,    [SEGMENT_MIRROR] = 1,
	    [SEGMENT_RAID4] = 2,      [SEGMENT_RAID5_LA] = 2,   [SEGMENT_RAID5_RA] = 2,
	    [SEGMENT_RAID5_LS] = 2,   [SEGMENT_RAID5_RS] = 2,   [SEGMENT_RAID5_N] = 2,
	    [SEGMENT_RAID6_ZR] = 3,   [SEGMENT_RAID6_NR] = 3,   [SEGMENT_RAID6_NC] = 3,
	    [SEGMENT_RAID6_LA_6] = 4, [SEGMENT_RAID6_RA_6] = 4, [SEGMENT_RAID6_LS_6] = 4,
	    [SEGMENT_RAID6_RS_6] = 4, [SEGMENT_RAID6_N_6] = 3,  [SEGMENT_RAID10] = 2,
	    [SEGMENT_ZERO] = 0,       [SEGMENT_NONE] = 0,
	};
	bool has_chunk = segment->type != SEGMENT_LINEAR && segment->type != SEGMENT_MIRROR &&
			 segment->type < SEGMENT_ZERO;

	return segment->nareas >= fewest[segment->type] && (!has_chunk || segment->chunk > 0) &&
	       (segment->type != SEGMENT_RAID10 ||
		(segment->copies > 0 && segment->copies <= segment->nareas));
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

static int add_segment(struct lvm_assembly *as, struct space *space, const struct lvm_text_segment *named,
		       struct err *err)
{
	struct segment segment = {
	    .start = named->start_extent * as->text->extent_size,
	    .count = named->extent_count * as->text->extent_size,
	    .chunk = named->stripe_size <= UINT32_MAX ? (uint32_t)named->stripe_size : 0,
	    .copies = named->copies <= UINT32_MAX ? (uint32_t)named->copies : 0,
	    .nareas = (uint32_t)named->areas.n,
	};
	bool known = find_type(named, &segment.type);
	int result;

	segment.areas = calloc(named->areas.n + 1, sizeof(*segment.areas));
	if (segment.areas == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < named->areas.n; i++)
		if (!find_area(as, &named->areas.at[i], &segment.areas[i]))
			known = false;
	if (!known || named->reshaped || !is_sound(&segment)) {
		map_note(as->map, space, "segment of type %s%s cannot be followed; its sectors are unknown",
			 named->type, named->reshaped ? " that has been reshaped" : "");
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

/* Segments must follow one another from the first extent on. */
static bool in_order(const struct lvm_text_lv *lv)
{
	uint64_t at = 0;

	for (size_t i = 0; i < lv->segments.n; i++) {
		if (lv->segments.at[i].start_extent != at || lv->segments.at[i].extent_count == 0 ||
		    lv->segments.at[i].extent_count > EXTENT_SECTORS_MAX - at)
			return false;
		at += lv->segments.at[i].extent_count;
	}
	return true;
}

static int add_segments(struct lvm_assembly *as, size_t i, struct err *err)
{
	const struct lvm_text_lv *lv = &as->text->lvs.at[i];

	if (!in_order(lv) || as->lvs[i]->sectors == 0) {
		map_note(as->map, as->lvs[i], "its segments do not follow one another; it is left out");
		as->lvs[i]->sectors = 0;
		return 0;
	}
	for (size_t j = 0; j < lv->segments.n; j++)
		if (lv->segments.at[j].thin_pool == NULL &&
		    add_segment(as, as->lvs[i], &lv->segments.at[j], err) != 0)
			return -1;
	return 0;
}

static int compare_starts(const void *left, const void *right)
{
	const struct lvm_text_segment *a = left, *b = right;

	return a->start_extent < b->start_extent ? -1 : a->start_extent > b->start_extent;
}

/* How deep a volume lies, below the volumes that it is made of.  False when it is made of itself; ends
   because every volume is entered once. */
static bool find_depth(struct lvm_assembly *as, size_t i)
{
	struct space *space = as->lvs[i];

	if (as->visited[i] != 0)
		return as->visited[i] == 2;
	as->visited[i] = 1;
	for (size_t s = 0; s < space->segments.n; s++) {
		for (uint32_t a = 0; a < space->segments.at[s].nareas; a++) {
			struct space *outer = space->segments.at[s].areas[a].space;

			for (size_t j = 0; outer != NULL && j < as->text->lvs.n; j++)
				if (as->lvs[j] == outer && !find_depth(as, j))
					return false;
			if (outer != NULL && outer->depth + 1 > space->depth)
				space->depth = outer->depth + 1;
			if (space->parent == NULL)
				space->parent = outer;
		}
	}
	as->visited[i] = 2;
	return true;
}

/* Volumes that go round in a circle hold nothing. */
static void find_depths(struct lvm_assembly *as)
{
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		if (as->lvs[i] == NULL || find_depth(as, i))
			continue;
		map_note(as->map, as->lvs[i], "is made of itself; it is left out");
		as->lvs[i]->sectors = 0;
		as->lvs[i]->probed = true;
	}
}

/* The visible volume at the end of each chain of hidden ones. */
static void find_names(struct lvm_assembly *as)
{
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		struct space *served = as->lvs[i] ? as->lvs[i]->serves : NULL;

		for (int steps = 0; served != NULL && served->serves != served && steps < MAP_DEPTH_MAX;
		     steps++)
			served = served->serves;
		if (served != NULL)
			as->lvs[i]->serves = served;
	}
}

static void claim_extents(struct lvm_assembly *as)
{
	for (size_t i = 0; i < as->text->pvs.n; i++) {
		const struct lvm_text_pv *pv = &as->text->pvs.at[i];

		if (pv->space == NULL) {
			map_note(as->map, as->pv, "volume group %s needs %s, a PV that is not here",
				 as->text->name, pv->name);
			continue;
		}
		if (pv->pe_count > EXTENT_SECTORS_MAX / as->text->extent_size ||
		    pv->pe_start > EXTENT_SECTORS_MAX)
			continue;
		space_claim_as(pv->space, (struct claim){
					      .start = pv->pe_start,
					      .count = pv->pe_count * as->text->extent_size,
					      .rank = RANK_REST,
					      .kind = KIND_LVM_FREE,
					      .owner = 0,
					  });
	}
}

static int assemble(struct lvm_assembly *as, struct err *err)
{
	as->lvs = calloc(as->text->lvs.n + 1, sizeof(struct space *));
	as->visited = calloc(as->text->lvs.n + 1, 1);
	if (as->lvs == NULL || as->visited == NULL)
		return err_nomem(err);
	claim_extents(as);
	if (add_spaces(as, err) != 0)
		return -1;
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		struct lvm_text_lv *lv = &as->text->lvs.at[i];

		if (lv->segments.n > 1)
			qsort(lv->segments.at, lv->segments.n, sizeof(*lv->segments.at), compare_starts);
		if (as->lvs[i] != NULL && add_segments(as, i, err) != 0)
			return -1;
	}
	find_names(as);
	if (lvm_map_thin(as, err) != 0)
		return -1;
	find_depths(as);
	return 0;
}

/* Gives the group's PVs their spaces, and says of those spaces that they are assembled. */
static void match_pvs(struct map *map, struct lvm_text *text)
{
	for (size_t i = 0; i < text->pvs.n; i++) {
		for (size_t j = 0; j < map->lvm->pvs.n; j++) {
			struct lvm_pv *pv = &map->lvm->pvs.at[j];

			if (strcmp(pv->id, text->pvs.at[i].id) != 0)
				continue;
			if (text->pvs.at[i].space != NULL)
				map_note(map, pv->space, "has the UUID of %s too; that one is used",
					 space_name(text->pvs.at[i].space));
			else
				text->pvs.at[i].space = pv->space;
			pv->assembled = true;
		}
	}
}

/* The newest text of the group that a text belongs to, among all PVs. */
static struct lvm_text *newest_text(struct map *map, struct lvm_text *text)
{
	struct err why;

	for (size_t i = 0; i < map->lvm->pvs.n; i++) {
		struct lvm_text *other =
		    map->lvm->pvs.at[i].text ? lvm_text_parse(map->lvm->pvs.at[i].text, &why) : NULL;

		if (other != NULL && strcmp(other->id, text->id) == 0 && other->seqno > text->seqno) {
			lvm_text_free(text);
			text = other;
		} else {
			lvm_text_free(other);
		}
	}
	return text;
}

static int assemble_from(struct map *map, struct lvm_pv *pv, struct err *err)
{
	struct lvm_assembly as = {.map = map, .pv = pv->space};
	struct err why;
	int result;

	pv->assembled = true;
	as.text = lvm_text_parse(pv->text, &why);
	if (as.text == NULL) {
		map_note(map, pv->space, "%s", why.text);
		return 0;
	}
	as.text = newest_text(map, as.text);
	match_pvs(map, as.text);
	result = assemble(&as, err);
	free(as.lvs);
	free(as.visited);
	lvm_text_free(as.text);
	return result;
}

/* The text that the user gave goes before what the PVs hold. */
static int assemble_given(struct map *map, struct err *err)
{
	struct lvm_assembly as = {.map = map, .pv = map->lvm->pvs.at[0].space};
	int result = 0;

	map->lvm->given_used = true;
	as.text = lvm_text_parse(map->lvm_metadata, err);
	if (as.text == NULL)
		return err_prefix(err, "--lvm-metadata: ");
	match_pvs(map, as.text);
	result = assemble(&as, err);
	free(as.lvs);
	free(as.visited);
	lvm_text_free(as.text);
	return result;
}

int lvm_assemble(struct map *map, struct err *err)
{
	if (map->lvm == NULL)
		return 0;
	if (map->lvm_metadata != NULL && !map->lvm->given_used && map->lvm->pvs.n > 0 &&
	    assemble_given(map, err) != 0)
		return -1;
	for (size_t i = 0; i < map->lvm->pvs.n; i++) {
		struct lvm_pv *pv = &map->lvm->pvs.at[i];

		if (pv->text != NULL && !pv->assembled && assemble_from(map, pv, err) != 0)
			return -1;
	}
	return 0;
}
