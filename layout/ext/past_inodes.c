/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the inodes whose tables were logged have had, state by state.  An inode is parsed again only where its
   bytes, or blocks of its map, have changed; what goes on from one state to the next stays one label. */
#include "layout/ext/past.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* A run of blocks that an inode has. */
struct piece {
	struct claim claim; /* in sectors */
	uint32_t life, from;
	bool guessed;
};

/* The place of an inode in its table, and what it is now. */
struct slot {
	uint32_t number, life;
	uint8_t *raw;       /* as it was parsed last; zeroes before */
	uint32_t next_node; /* the next state in which a block of its map changes */
	bool begun;
	VEC(struct piece) pieces; /* by start */
	struct past_entries entries;
};

void past_add_label(struct past *past, struct history_label label, uint32_t to)
{
	label.to = to;
	/* It is there twice while labels are put into runs. */
	if (label.count > 0 && label.from < to && past_may_spend(past, 2 * sizeof(label), sizeof(label)) &&
	    VEC_PUSH(&past->history->labels, label) != 0)
		past->failed = true;
}

static void end_piece(struct past *past, const struct piece *piece, uint64_t count, uint32_t to)
{
	struct history_label label = {
	    .start = piece->claim.start,
	    .count = count,
	    .extent = {.start = piece->claim.start,
		       .kind = piece->claim.kind,
		       .flags = piece->claim.flags,
		       .owner = piece->life,
		       .arg = piece->claim.arg},
	    .from = piece->from,
	    .guessed = piece->guessed,
	};

	past_add_label(past, label, to);
}

/* Takes `count` sectors off the front. */
static void cut_front(const struct past *past, struct piece *piece, uint64_t count)
{
	piece->claim.start += count;
	piece->claim.count -= count;
	if (kind_has_offset((enum kind)piece->claim.kind) && piece->claim.arg != NO_PLACE)
		piece->claim.arg += (uint32_t)(count / past->ext->fs.block_sectors);
}

static bool says_same(const struct piece *a, const struct piece *b)
{
	return a->claim.kind == b->claim.kind && a->claim.flags == b->claim.flags &&
	       a->claim.arg == b->claim.arg && a->life == b->life && a->guessed == b->guessed;
}

static uint64_t min_sectors(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void keep(struct past *past, struct slot *slot, const struct piece *piece, uint64_t count,
		 uint32_t from)
{
	struct piece kept = *piece;

	kept.claim.count = count;
	kept.from = from;
	if (VEC_PUSH(&slot->pieces, kept) != 0)
		past->failed = true;
}

/* The slot has `now` (by start) from `state` on: what is new there begins, what is no more ends. */
static void update_pieces(struct past *past, struct slot *slot, struct piece *now, size_t nnow,
			  uint32_t state)
{
	struct piece *old = slot->pieces.at;
	size_t nold = slot->pieces.n, i = 0, j = 0;

	memset(&slot->pieces, 0, sizeof(slot->pieces));
	while (i < nold || j < nnow) {
		uint64_t old_start = i < nold ? old[i].claim.start : UINT64_MAX;
		uint64_t new_start = j < nnow ? now[j].claim.start : UINT64_MAX;
		uint64_t old_part = 0, new_part = 0;

		if (old_start <= new_start)
			old_part = min_sectors(old[i].claim.count,
					       new_start > old_start ? new_start - old_start : UINT64_MAX);
		if (new_start <= old_start)
			new_part = min_sectors(now[j].claim.count,
					       old_start > new_start ? old_start - new_start : UINT64_MAX);
		if (old_part > 0 && new_part > 0)
			old_part = new_part = min_sectors(old_part, new_part);
		if (old_part > 0 && new_part > 0 && says_same(&old[i], &now[j])) {
			keep(past, slot, &old[i], old_part, old[i].from);
		} else {
			if (old_part > 0)
				end_piece(past, &old[i], old_part, state);
			if (new_part > 0)
				keep(past, slot, &now[j], new_part, state);
		}
		if (old_part > 0) {
			cut_front(past, &old[i], old_part);
			i += old[i].claim.count == 0;
		}
		if (new_part > 0) {
			cut_front(past, &now[j], new_part);
			j += now[j].claim.count == 0;
		}
	}
	free(old);
}

static int compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;

	return a->claim.start < b->claim.start ? -1 : a->claim.start > b->claim.start;
}

/* Two claims of one inode for the same sectors: the first stays. */
static void cut_overlaps(const struct past *past, struct piece *pieces, size_t *n)
{
	uint64_t end = 0;
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		if (pieces[i].claim.start < end)
			cut_front(past, &pieces[i],
				  min_sectors(pieces[i].claim.count, end - pieces[i].claim.start));
		if (pieces[i].claim.count == 0)
			continue;
		end = pieces[i].claim.start + pieces[i].claim.count;
		pieces[kept++] = pieces[i];
	}
	*n = kept;
}

static bool is_map_block(const struct claim *claim)
{
	return claim->kind == KIND_EXTENT_NODE || claim->kind == KIND_INDIRECT_BLOCK;
}

/* What was found becomes pieces, and the slot's next_node is found. */
static struct piece *take_pieces(struct past *past, struct slot *slot, bool guessed, size_t *n)
{
	struct claims *claims = &past->found.claims;
	struct piece *pieces = malloc((claims_count(claims) + 1) * sizeof(*pieces));

	*n = 0;
	slot->next_node = past_end(past);
	if (pieces == NULL) {
		past->failed = true;
		return NULL;
	}
	for (size_t chunk = 0; chunk < claims->chunks.n; chunk++)
		for (size_t i = 0; i < claims->chunks.at[chunk].n; i++) {
			const struct claim *claim = &claims->chunks.at[chunk].at[i];
			uint32_t next;

			pieces[(*n)++] = (struct piece){*claim, slot->life, 0, guessed};
			if (!is_map_block(claim))
				continue;
			next = versions_next(&past->versions, claim->start / past->ext->fs.block_sectors,
					     past->versions.state);
			if (next < slot->next_node)
				slot->next_node = next;
		}
	if (*n > 1)
		qsort(pieces, *n, sizeof(*pieces), compare_pieces);
	cut_overlaps(past, pieces, n);
	return pieces;
}

static void update_life(struct past *past, struct slot *slot, const struct ext_inode *inode, bool used,
			uint32_t state)
{
	struct history *history = past->history;
	struct history_life life = {
	    .inode = slot->number,
	    .generation = le32(inode->raw + 100),
	    .from = slot->begun ? state : 0,
	    .to = past_end(past),
	};

	if (slot->life != NO_LIFE && (!used || history->lives.at[slot->life].generation != life.generation)) {
		history->lives.at[slot->life].to = state;
		slot->life = NO_LIFE;
	}
	if (!used || slot->life != NO_LIFE)
		return;
	slot->life = (uint32_t)history->lives.n;
	if (VEC_PUSH(&history->lives, life) != 0) {
		slot->life = NO_LIFE;
		past->failed = true;
	}
}

/* Reads the inode as its bytes and its map are in a state. */
static void parse(struct past *past, struct slot *slot, uint32_t state)
{
	struct ext_inode inode;
	struct piece *pieces;
	struct err why;
	bool guessed;
	size_t n;

	past->versions.state = state;
	past->versions.guessed = false;
	ext_parse_inode(past->ext, slot->raw, slot->number, &inode);
	if (inode.mode != 0 && ext_map_inode(&past->parse, &inode, &why) != 0)
		past->failed = true;
	guessed = past->versions.guessed || past->found.notes.n > 0;
	update_life(past, slot, &inode, inode.links != 0 || claims_count(&past->found.claims) > 0, state);
	pieces = take_pieces(past, slot, guessed, &n);
	if (pieces != NULL && slot->life != NO_LIFE) {
		for (size_t i = 0; i < n; i++)
			pieces[i].life = slot->life;
		update_pieces(past, slot, pieces, n, state);
	} else {
		update_pieces(past, slot, NULL, 0, state);
	}
	past_entries_update(past, &slot->entries, slot->number, state, guessed);
	free(pieces);
	ext_found_free(&past->found);
	memset(&past->found, 0, sizeof(past->found));
}

/* Before its first copy nobody knows what the inode was: probably what it is there. */
static void guess(struct past *past, struct slot *slot, uint32_t until)
{
	for (size_t i = 0; i < slot->pieces.n; i++) {
		struct piece before = slot->pieces.at[i];

		before.from = 0;
		before.guessed = true;
		end_piece(past, &before, before.claim.count, until);
	}
	past_entries_guess(past, &slot->entries, slot->number, until);
}

/* The map's own changes before a state. */
static void parse_until(struct past *past, struct slot *slot, uint32_t state)
{
	while (slot->begun && slot->next_node < state)
		parse(past, slot, slot->next_node);
}

static void take_version(struct past *past, struct slot *slot, const uint8_t *raw, uint32_t state)
{
	parse_until(past, slot, state);
	if (slot->begun && memcmp(slot->raw, raw, past->ext->inode_size) == 0 && slot->next_node > state)
		return;
	memcpy(slot->raw, raw, past->ext->inode_size);
	parse(past, slot, state);
	if (!slot->begun)
		guess(past, slot, state);
	slot->begun = true;
}

static void end_slot(struct past *past, struct slot *slot)
{
	parse_until(past, slot, past_end(past));
	update_pieces(past, slot, NULL, 0, past_end(past));
	past_entries_update(past, &slot->entries, slot->number, past_end(past), false);
	VEC_FREE(&slot->pieces);
	VEC_FREE(&slot->entries.at);
	free(slot->raw);
}

/* Inodes that are not files have no history here. */
static bool is_followed(const struct past *past, uint32_t number)
{
	return number == EXT2_ROOT_INO || number >= EXT2_FIRST_INO(past->ext->lib->super);
}

/* The inodes from `number` on that lie in a block of a table. */
static struct slot *make_slots(struct past *past, uint32_t number, uint32_t n)
{
	struct slot *slots = calloc(n, sizeof(*slots));

	for (uint32_t i = 0; slots != NULL && i < n; i++) {
		slots[i] = (struct slot){.number = number + i, .life = NO_LIFE};
		slots[i].raw = calloc(1, past->ext->inode_size);
		past->failed |= slots[i].raw == NULL;
	}
	past->failed |= slots == NULL;
	return slots;
}

static void map_block(struct past *past, const struct version *versions, size_t nversions, uint32_t number,
		      uint32_t n)
{
	struct slot *slots = make_slots(past, number, n);

	for (size_t i = 0; !past->failed && i < nversions; i++) {
		if (!past_may_spend(past, 0, past->ext->block_size) ||
		    version_read(&past->versions, &versions[i], past->block) != 0)
			continue;
		for (uint32_t j = 0; j < n; j++)
			if (is_followed(past, slots[j].number))
				take_version(past, &slots[j], past->block + (size_t)j * past->ext->inode_size,
					     versions[i].state);
	}
	for (uint32_t j = 0; slots != NULL && j < n; j++)
		end_slot(past, &slots[j]);
	free(slots);
}

/* An inode whose own bytes were never logged, but blocks of its map were. */
static void map_by_nodes(struct past *past, uint32_t number)
{
	struct slot slot = {.number = number, .life = NO_LIFE, .begun = true};
	struct ext_inode inode;

	slot.raw = calloc(1, past->ext->inode_size);
	if (slot.raw == NULL)
		past->failed = true;
	else if (is_followed(past, number) && ext_read_inode(past->ext, number, slot.raw, &inode) == 0)
		parse(past, &slot, 0);
	end_slot(past, &slot);
}

static uint64_t table_of(const struct past *past, uint32_t number)
{
	const struct ext *ext = past->ext;
	uint32_t group = (number - 1) / ext->inodes_per_group, index = (number - 1) % ext->inodes_per_group;

	return ext2fs_inode_table_loc(ext->lib, group) + (uint64_t)index * ext->inode_size / ext->block_size;
}

static int compare_numbers(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* The block `home`, of which there are versions, by what the map has there. */
static void map_home(struct past *past, uint64_t home, const struct version *versions, size_t n,
		     const struct extent *extent)
{
	const struct ext *ext = past->ext;
	uint32_t per_block = ext->block_size / ext->inode_size;
	uint64_t into = extent->arg + (home - extent->start / ext->fs.block_sectors);
	uint64_t index = into * per_block;

	if (index >= ext->inodes_per_group)
		return;
	if (per_block > ext->inodes_per_group - index)
		per_block = (uint32_t)(ext->inodes_per_group - index);
	map_block(past, versions, n, (uint32_t)(extent->owner * ext->inodes_per_group + index + 1),
		  per_block);
}

void past_map_inodes(struct past *past)
{
	const struct space *space = past->ext->fs.space;
	VEC(uint32_t) others = {0};
	uint64_t end;
	size_t n;

	for (size_t i = 0; !past->failed && i < past->versions.sorted.n; i += n) {
		const struct version *first = &past->versions.sorted.at[i];
		uint64_t sector = first->home * past->ext->fs.block_sectors;
		const struct extent *extent;

		versions_of(&past->versions, first->home, &n);
		if (sector >= space->sectors)
			continue;
		extent = extents_find(&space->extents, space->sectors, sector, &end);
		if (extent->kind == KIND_INODE_TABLE)
			map_home(past, first->home, first, n, extent);
		else if ((extent->kind == KIND_EXTENT_NODE || extent->kind == KIND_INDIRECT_BLOCK) &&
			 extent->owner != 0 && extent->owner <= past->ext->inodes &&
			 VEC_PUSH(&others, extent->owner) != 0)
			past->failed = true;
	}
	if (others.n > 1)
		qsort(others.at, others.n, sizeof(*others.at), compare_numbers);
	for (size_t i = 0; !past->failed && i < others.n; i++) {
		if (i > 0 && others.at[i] == others.at[i - 1])
			continue;
		versions_of(&past->versions, table_of(past, others.at[i]), &n);
		if (n == 0)
			map_by_nodes(past, others.at[i]);
	}
	VEC_FREE(&others);
}
