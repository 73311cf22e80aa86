/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a volume group's text to spaces: every logical volume, hidden ones too, becomes a space whose
   segments lie in PVs or in other volumes. */
#include "layout/volumes/lvm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t lv_sectors(const struct lvm_assembly *as, const struct lvm_text_lv *lv)
{
	uint64_t extents = 0;

	for (size_t i = 0; i < lv->segments.n; i++) {
		uint64_t end = lv->segments.at[i].start_extent + lvm_segment_extents(&lv->segments.at[i]);

		if (end >= lv->segments.at[i].start_extent && end > extents)
			extents = end;
	}
	return extents > EXTENT_SECTORS_MAX / as->text->extent_size ? 0 : extents * as->text->extent_size;
}

/* What volumes that are not looked at would have is not free. */
static void leave_out(struct lvm_assembly *as)
{
	for (size_t i = 0; i < as->text->pvs.n; i++)
		if (as->text->pvs.at[i].space != NULL)
			as->text->pvs.at[i].space->claims.left_out = true;
}

static int add_spaces(struct lvm_assembly *as, struct err *err)
{
	char name[300];

	for (size_t i = 0; i < as->text->lvs.n; i++) {
		const struct lvm_text_lv *lv = &as->text->lvs.at[i];

		if (!map_has_room(as->map, as->pv)) {
			leave_out(as);
			return 0;
		}
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
		    lvm_add_segment(as, as->lvs[i], &lv->segments.at[j], err) != 0)
			return -1;
	return 0;
}

static int compare_starts(const void *left, const void *right)
{
	const struct lvm_text_segment *a = left, *b = right;

	return a->start_extent < b->start_extent ? -1 : a->start_extent > b->start_extent;
}

/* The index in the text of the volume that a space is: the spaces were added in the order of the text. */
static bool index_of(const struct lvm_assembly *as, const struct space *space, size_t *lv)
{
	if (as->lvs[0] == NULL || space->id < as->lvs[0]->id)
		return false;
	*lv = space->id - as->lvs[0]->id;
	return *lv < as->text->lvs.n && as->lvs[*lv] == space;
}

/* How deep a volume lies, below the volumes that it is made of.  False when it is made of itself; ends
   because every volume is entered once. */
static bool find_depth(struct lvm_assembly *as, size_t i)
{
	struct space *space = as->lvs[i];
	size_t lv;

	if (as->visited[i] != 0)
		return as->visited[i] == 2;
	as->visited[i] = 1;
	for (size_t s = 0; s < space->segments.n; s++) {
		for (uint32_t a = 0; a < space->segments.at[s].nareas; a++) {
			struct space *outer = space->segments.at[s].areas[a].space;

			if (outer != NULL && index_of(as, outer, &lv) && !find_depth(as, lv))
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

/* Volumes that go round in a circle hold nothing: until that is known, nothing may be read from any. */
static void find_depths(struct lvm_assembly *as)
{
	memset(as->visited, 0, as->text->lvs.n);
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		if (as->lvs[i] == NULL || find_depth(as, i) || as->lvs[i]->sectors == 0)
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

/* Whatever neither a metadata area nor an extent takes, as far as the PV goes: alignment, and a tail too
   short for an extent.  The PV's own header is not asked: pvresize leaves it as it was. */
static void claim_padding(struct lvm_assembly *as, const struct lvm_text_pv *pv)
{
	uint64_t size = pv->dev_size > 0 ? pv->dev_size : pv->space->sectors;

	if (pv->space->told_sectors < pv->dev_size)
		pv->space->told_sectors = pv->dev_size;
	if (size > pv->space->sectors)
		map_note(as->map, pv->space, "PV of %" PRIu64 " sectors in a space of %" PRIu64, size,
			 pv->space->sectors);
	space_claim_as(pv->space, (struct claim){
				      .count = size < pv->space->sectors ? size : pv->space->sectors,
				      .rank = RANK_REST,
				      .kind = KIND_LVM_PADDING,
				      .owner = 1, /* so that lvm-free, whose owner is 0, wins */
				  });
}

/* Extents cannot begin where the label lies: where they do is not known, so nothing of them is looked at. */
static void leave_out_pv(struct lvm_assembly *as, struct lvm_text_pv *pv)
{
	map_note(
	    as->map, pv->space,
	    "its extents begin at sector 0, where its label lies, says the text of volume group %s; what they"
	    " hold is not known",
	    as->text->name);
	pv->space->rest = KIND_UNKNOWN;
	pv->space = NULL;
}

static void claim_extents(struct lvm_assembly *as)
{
	for (size_t i = 0; i < as->text->pvs.n; i++) {
		struct lvm_text_pv *pv = &as->text->pvs.at[i];

		if (pv->space == NULL) {
			map_note(as->map, as->pv, "volume group %s needs %s, a PV that is not here",
				 as->text->name, pv->name);
			continue;
		}
		if (pv->pe_start == 0) {
			leave_out_pv(as, pv);
			continue;
		}
		claim_padding(as, pv);
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

static bool has_reshape_room(const struct lvm_text_lv *lv)
{
	for (size_t i = 0; i < lv->segments.n; i++)
		if (lv->segments.at[i].reshape_count > 0)
			return true;
	return false;
}

/* Volumes with room for reshaping come after those that hold their superblocks. */
static int add_all_segments(struct lvm_assembly *as, bool with_reshape_room, struct err *err)
{
	for (size_t i = 0; i < as->text->lvs.n; i++)
		if (as->lvs[i] != NULL && has_reshape_room(&as->text->lvs.at[i]) == with_reshape_room &&
		    add_segments(as, i, err) != 0)
			return -1;
	find_depths(as);
	return 0;
}

static int assemble(struct lvm_assembly *as, struct err *err)
{
	as->lvs = calloc(as->text->lvs.n + 1, sizeof(struct space *));
	as->visited = calloc(as->text->lvs.n + 1, 1);
	if (as->lvs == NULL || as->visited == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < as->text->lvs.n; i++) {
		struct lvm_text_lv *lv = &as->text->lvs.at[i];

		if (lv->segments.n > 1)
			qsort(lv->segments.at, lv->segments.n, sizeof(*lv->segments.at), compare_starts);
	}
	claim_extents(as);
	if (lvm_names_sort(as, err) != 0 || add_spaces(as, err) != 0 ||
	    add_all_segments(as, false, err) != 0 || add_all_segments(as, true, err) != 0)
		return -1;
	find_names(as);
	if (lvm_map_thin(as, err) != 0)
		return -1;
	find_depths(as);
	return 0;
}

static void free_assembly(struct lvm_assembly *as)
{
	free(as->lv_names);
	free(as->pv_names);
	free(as->lvs);
	free(as->visited);
	lvm_text_free(as->text);
}

/* Gives the group's PVs their spaces, and says of those spaces that they are assembled. */
static void match_pvs(struct map *map, struct lvm_text *text)
{
	for (size_t i = 0; i < text->pvs.n; i++) {
		for (size_t j = 0; j < map->build->lvm->pvs.n; j++) {
			struct lvm_pv *pv = &map->build->lvm->pvs.at[j];

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

/* The newest text of the group that a text belongs to, among all PVs; `parsed` is what it was parsed from. */
static struct lvm_text *newest_text(struct map *map, struct lvm_text *text, const char *parsed)
{
	struct err why;

	for (size_t i = 0; i < map->build->lvm->pvs.n; i++) {
		const char *bytes = map->build->lvm->pvs.at[i].text;
		struct lvm_text *other =
		    bytes != NULL && strcmp(bytes, parsed) != 0 ? lvm_text_parse(bytes, &why) : NULL;

		if (other != NULL && strcmp(other->id, text->id) == 0 && other->seqno > text->seqno) {
			lvm_text_free(text);
			text = other;
		} else {
			lvm_text_free(other);
		}
	}
	return text;
}

/* A PV that its group has put away, as a newer text says: no volume uses it. */
static void claim_put_away(struct space *space, const struct lvm_text *text)
{
	for (size_t i = 0; i < text->pvs.n; i++)
		if (text->pvs.at[i].space == space)
			return;
	space_claim_as(space, (struct claim){
				  .count = space->sectors,
				  .rank = RANK_REST,
				  .kind = KIND_LVM_PADDING,
				  .owner = 1,
			      });
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
	as.text = newest_text(map, as.text, pv->text);
	match_pvs(map, as.text);
	claim_put_away(pv->space, as.text);
	result = assemble(&as, err);
	free_assembly(&as);
	return result;
}

/* The text that the user gave goes before what the PVs hold. */
static int assemble_given(struct map *map, struct err *err)
{
	struct lvm_assembly as = {.map = map, .pv = map->build->lvm->pvs.at[0].space};
	int result = 0;

	map->build->lvm->given_used = true;
	as.text = lvm_text_parse(map->build->lvm_metadata, err);
	if (as.text == NULL)
		return err_prefix(err, "--lvm-metadata: ");
	match_pvs(map, as.text);
	result = assemble(&as, err);
	free_assembly(&as);
	return result;
}

int lvm_assemble(struct map *map, struct err *err)
{
	if (map->build->lvm == NULL)
		return 0;
	if (map->build->lvm_metadata != NULL && !map->build->lvm->given_used && map->build->lvm->pvs.n > 0 &&
	    assemble_given(map, err) != 0)
		return -1;
	for (size_t i = 0; i < map->build->lvm->pvs.n; i++) {
		struct lvm_pv *pv = &map->build->lvm->pvs.at[i];

		if (pv->text != NULL && !pv->assembled && assemble_from(map, pv, err) != 0)
			return -1;
	}
	return 0;
}
