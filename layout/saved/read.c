/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the sections of a saved map to the map.  Here counts are held against the bytes that are there, and
   numbers of spaces against the spaces; saved_check.c looks at all the rest. */
#include "base/bytes.h"
#include "layout/fs.h"
#include "layout/saved/format.h"

#include <stdlib.h>
#include <string.h>

#define SPACE_BYTES 80 /* a space takes at least so many */
#define SEGMENT_BYTES 29
#define AREA_BYTES 12
#define LINK_BYTES 20
#define NOTE_BYTES 8
#define FINGERPRINT_BYTES 20

/* The space of that number, or NULL for none. */
static struct space *space_of_id(struct saved_in *in, uint32_t id)
{
	if (id == SAVED_NONE)
		return NULL;
	if (id >= in->map->spaces.n) {
		in->tree.bad = true;
		return NULL;
	}
	return in->map->spaces.at[id];
}

static struct space *get_space_id(struct saved_in *in)
{
	return space_of_id(in, unpack_u32(&in->tree));
}

static void get_far_copies(struct saved_in *in, struct segment *segment)
{
	segment->far_copies = unpack_u32(&in->tree);
	segment->far_set = unpack_u32(&in->tree);
	segment->far_stride = unpack_u64(&in->tree);
	segment->far_offset = unpack_u8(&in->tree) != 0;
}

static int get_segment(struct saved_in *in, struct space *space)
{
	struct segment segment = {.start = unpack_u64(&in->tree)};

	segment.count = unpack_u64(&in->tree);
	if (!saved_segment_type(unpack_u8(&in->tree), &segment.type))
		in->tree.bad = true;
	segment.chunk = unpack_u32(&in->tree);
	segment.copies = unpack_u32(&in->tree);
	if (in->version > 1)
		get_far_copies(in, &segment);
	segment.nareas = unpack_count(&in->tree, AREA_BYTES);
	segment.areas = calloc((size_t)segment.nareas + 1, sizeof(*segment.areas));
	if (segment.areas == NULL)
		return -1;
	for (uint32_t i = 0; i < segment.nareas; i++) {
		segment.areas[i].space = get_space_id(in);
		segment.areas[i].start = unpack_u64(&in->tree);
	}
	if (VEC_PUSH(&space->segments, segment) == 0)
		return 0;
	free(segment.areas);
	return -1;
}

static void get_claim(struct saved_in *in, const uint8_t *at, struct claim *claim)
{
	uint64_t first = le64(at), second = le64(at + 8);

	claim->start = first & EXTENT_SECTORS_MAX;
	claim->kind = saved_kind(in, first >> 48 & 255);
	claim->flags = first >> 56;
	claim->count = second & EXTENT_SECTORS_MAX;
	claim->rank = second >> 48 & 255;
	claim->owner = le32(at + 16);
	claim->arg = le32(at + 20);
}

static int get_overlaps(struct saved_in *in, struct extents *extents)
{
	uint64_t first = unpack_u64(&in->tree);
	uint64_t n = unpack_u64(&in->tree);
	const uint8_t *at = saved_items(in, SAVED_OVERLAPS, SAVED_OVERLAP, first, n);

	for (uint64_t i = 0; at != NULL && i < n; i++, at += SAVED_OVERLAP) {
		struct overlap overlap = {.start = le64(at + 48), .count = le64(at + 56)};

		get_claim(in, at, &overlap.winner);
		get_claim(in, at + 24, &overlap.loser);
		if (VEC_PUSH(&extents->overlaps, overlap) != 0)
			return -1;
	}
	return 0;
}

/* Whether all kinds of some extents have the numbers that they have here. */
static bool are_same_kinds(struct saved_in *in, const struct extent *at, uint64_t n)
{
	bool same = true;

	for (uint64_t i = 0; i < n; i++)
		same &= saved_kind(in, at[i].kind) == (enum kind)at[i].kind;
	return same;
}

/* Extents whose kinds have other numbers here are copied. */
static int copy_extents(struct saved_in *in, struct extents *extents)
{
	struct extent *copy = malloc((extents->n + 1) * sizeof(*copy));

	if (copy == NULL)
		return -1;
	for (size_t i = 0; i < extents->n; i++) {
		copy[i] = extents->at[i];
		copy[i].kind = saved_kind(in, extents->at[i].kind);
	}
	extents->at = copy;
	extents->borrowed = false;
	return 0;
}

static int get_extents(struct saved_in *in, struct extents *extents)
{
	uint64_t first = unpack_u64(&in->tree);
	uint64_t n = unpack_u64(&in->tree);
	const uint8_t *at = saved_items(in, SAVED_EXTENTS, sizeof(struct extent), first, n);

	extents->borrowed = true;
	extents->at = (struct extent *)at; // never written to once they are sealed
	extents->n = at ? n : 0;
	if (!in->same_kinds && !are_same_kinds(in, extents->at, extents->n) && copy_extents(in, extents) != 0)
		return -1;
	return get_overlaps(in, extents);
}

static int get_fs(struct saved_in *in, struct space *space)
{
	char name[32] = "ext";
	const struct fs_ops *ops;

	if (in->version == 1 && unpack_u8(&in->tree) == 0)
		return 0;
	if (in->version != 1)
		unpack_field(&in->tree, name, sizeof(name));
	if (in->tree.bad || name[0] == '\0')
		return 0;
	ops = fs_ops_named(name);
	if (ops == NULL || ops->load == NULL) {
		in->tree.bad = true;
		return 0;
	}
	space->fs = ops->load(in, space);
	return space->fs == NULL && !in->tree.bad ? -1 : 0;
}

static int get_space(struct saved_in *in, struct space *space)
{
	struct unpack *tree = &in->tree;

	space->type = unpack_u8(tree);
	space->is_disk = unpack_u8(tree) != 0;
	space->rest = saved_kind(in, unpack_u8(tree));
	space->parent = get_space_id(in);
	space->serves = get_space_id(in);
	space->depth = unpack_u32(tree);
	space->sector_size = unpack_u32(tree);
	space->sectors = unpack_u64(tree);
	free(space->name);
	space->name = unpack_str(tree);
	unpack_field(tree, space->about, sizeof(space->about));
	unpack_field(tree, space->content.type, sizeof(space->content.type));
	unpack_field(tree, space->content.label, sizeof(space->content.label));
	unpack_field(tree, space->content.uuid, sizeof(space->content.uuid));
	unpack_field(tree, space->content.detail, sizeof(space->content.detail));
	if (get_extents(in, &space->extents) != 0)
		return -1;
	for (uint32_t n = unpack_count(tree, SEGMENT_BYTES); n > 0 && !tree->bad; n--)
		if (get_segment(in, space) != 0)
			return -1;
	return get_fs(in, space);
}

/* All spaces before what they say of each other. */
static int get_spaces(struct saved_in *in)
{
	uint32_t n = unpack_count(&in->tree, SPACE_BYTES);
	struct err err;

	if (n == 0 || n > MAP_SPACES_MAX)
		in->tree.bad = true;
	for (uint32_t i = 0; i < n && !in->tree.bad; i++)
		if (map_add_space(in->map, NULL, "", 0, &err) == NULL)
			return -1;
	for (uint32_t i = 0; i < n && !in->tree.bad; i++)
		if (get_space(in, in->map->spaces.at[i]) != 0)
			return -1;
	return 0;
}

static int get_links(struct saved_in *in)
{
	for (uint32_t n = unpack_count(&in->tree, LINK_BYTES); n > 0 && !in->tree.bad; n--) {
		struct link link;

		link.inner = get_space_id(in);
		link.segment = unpack_u32(&in->tree);
		link.area = unpack_u32(&in->tree);
		link.outer_start = unpack_u64(&in->tree);
		if (VEC_PUSH(&in->map->links, link) != 0)
			return -1;
	}
	return 0;
}

static int get_notes(struct saved_in *in)
{
	struct notes *notes = &in->map->notes;
	uint32_t n;

	notes->left_out = unpack_u64(&in->tree);
	for (n = unpack_count(&in->tree, NOTE_BYTES); n > 0 && !in->tree.bad; n--) {
		uint32_t id = unpack_u32(&in->tree);
		struct note note = {.of_history = id != SAVED_NONE && (id & SAVED_OF_HISTORY) != 0};

		note.space = space_of_id(in, note.of_history ? id & ~SAVED_OF_HISTORY : id);
		note.text = unpack_str(&in->tree);
		if (note.text == NULL)
			return in->tree.bad ? 0 : -1;
		if (VEC_PUSH(notes, note) != 0) {
			free(note.text);
			return -1;
		}
	}
	return 0;
}

static int get_fingerprints(struct saved_in *in)
{
	for (uint32_t n = unpack_count(&in->tree, FINGERPRINT_BYTES); n > 0 && !in->tree.bad; n--) {
		struct fingerprint print;

		print.space = unpack_u32(&in->tree);
		print.offset = unpack_u64(&in->tree);
		print.len = unpack_u32(&in->tree);
		print.crc = unpack_u32(&in->tree);
		if (VEC_PUSH(&in->map->saved->fingerprints, print) != 0)
			return -1;
	}
	return 0;
}

int saved_get_map(struct saved_in *in, struct err *err)
{
	in->map->saved->of = unpack_str(&in->tree);
	saved_get_kinds(in);
	if (get_spaces(in) != 0 || get_links(in) != 0 || get_notes(in) != 0 || get_fingerprints(in) != 0)
		return err_nomem(err);
	return 0;
}
