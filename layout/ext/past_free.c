/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When blocks were free, by the versions of the block bitmaps: of blocks whose bit ever changes. */
#include "layout/ext/past.h"

#include <stdlib.h>
#include <string.h>

/* A group's bitmap as it goes from version to version. */
struct bits {
	uint64_t first;    /* block of the group */
	uint32_t n, begun; /* bits; the state of the first version */
	uint8_t *now;
	uint32_t *since; /* by bit: the state in which it became what it is */
	bool *changed;
};

static bool is_free(const uint8_t *bitmap, uint32_t bit)
{
	return (bitmap[bit >> 3] >> (bit & 7) & 1) == 0;
}

static void add_free(struct past *past, const struct bits *bits, uint32_t bit, uint32_t n, uint32_t from,
		     uint32_t to, bool guessed)
{
	const struct ext *ext = past->ext;
	uint64_t first = bits->first + (uint64_t)bit * ext->cluster_blocks;
	uint64_t end = first + (uint64_t)n * ext->cluster_blocks;
	struct history_label label = {.from = from, .guessed = guessed};

	if (end > ext->blocks)
		end = ext->blocks;
	label.start = first * ext->fs.block_sectors;
	label.count = (end - first) * ext->fs.block_sectors;
	label.extent = (struct extent){.start = label.start, .kind = KIND_FREE, .owner = NO_LIFE};
	past_add_label(past, label, to);
}

/* Bits that were free since the same state, from `bit` on, where `wanted` says so. */
static void end_free(struct past *past, struct bits *bits, uint32_t bit, uint32_t n, uint32_t to)
{
	if (bits->since[bit] == bits->begun)
		add_free(past, bits, bit, n, 0, bits->begun, true);
	add_free(past, bits, bit, n, bits->since[bit], to, false);
}

static bool flips(const struct bits *bits, const uint8_t *next, uint32_t bit)
{
	return is_free(bits->now, bit) != is_free(next, bit);
}

static void take_version(struct past *past, struct bits *bits, const uint8_t *next, uint32_t state)
{
	uint32_t end;

	for (uint32_t bit = 0; bit < bits->n; bit = end) {
		end = bit + 1;
		if ((bit & 7) == 0 && bits->now[bit >> 3] == next[bit >> 3]) {
			end = bit + 8;
			continue;
		}
		if (!flips(bits, next, bit))
			continue;
		while (end < bits->n && flips(bits, next, end) &&
		       is_free(bits->now, end) == is_free(bits->now, bit) &&
		       bits->since[end] == bits->since[bit])
			end++;
		if (is_free(bits->now, bit))
			end_free(past, bits, bit, end - bit, state);
		for (uint32_t i = bit; i < end; i++) {
			bits->since[i] = state;
			bits->changed[i] = true;
		}
	}
	memcpy(bits->now, next, past->ext->block_size);
}

static void end_bits(struct past *past, struct bits *bits)
{
	uint32_t end;

	for (uint32_t bit = 0; bit < bits->n; bit = end) {
		end = bit + 1;
		if (!bits->changed[bit] || !is_free(bits->now, bit))
			continue;
		while (end < bits->n && bits->changed[end] && is_free(bits->now, end) &&
		       bits->since[end] == bits->since[bit])
			end++;
		end_free(past, bits, bit, end - bit, past_end(past));
	}
}

static void map_versions(struct past *past, struct bits *bits, const struct version *versions, size_t n)
{
	bool begun = false;

	for (size_t i = 0; i < n && past_may_spend(past, 0, past->ext->block_size); i++) {
		if (version_read(&past->versions, &versions[i], past->block) != 0)
			continue;
		if (begun) {
			take_version(past, bits, past->block, versions[i].state);
			continue;
		}
		begun = true;
		bits->begun = versions[i].state;
		memcpy(bits->now, past->block, past->ext->block_size);
		for (uint32_t bit = 0; bit < bits->n; bit++)
			bits->since[bit] = bits->begun;
	}
	if (begun)
		end_bits(past, bits);
}

static void map_group(struct past *past, uint32_t group, const struct version *versions, size_t n)
{
	const struct ext *ext = past->ext;
	struct bits bits = {.first = ext2fs_group_first_block2(ext->lib, group)};
	uint64_t blocks = ext2fs_group_last_block2(ext->lib, group) - bits.first + 1;

	bits.n = (uint32_t)((blocks + ext->cluster_blocks - 1) / ext->cluster_blocks);
	if (bits.n > ext->block_size * 8)
		return;
	bits.now = malloc(ext->block_size);
	bits.since = calloc(bits.n, sizeof(*bits.since));
	bits.changed = calloc(bits.n, sizeof(*bits.changed));
	if (bits.now != NULL && bits.since != NULL && bits.changed != NULL)
		map_versions(past, &bits, versions, n);
	else
		past->failed = true;
	free(bits.now);
	free(bits.since);
	free(bits.changed);
}

void past_map_free(struct past *past)
{
	const struct space *space = past->ext->fs.space;
	size_t n;

	for (size_t i = 0; !past->failed && i < past->versions.sorted.n; i += n) {
		const struct version *first = &past->versions.sorted.at[i];
		uint64_t sector = first->home * past->ext->fs.block_sectors, end;
		const struct extent *extent;

		versions_of(&past->versions, first->home, &n);
		if (sector >= space->sectors)
			continue;
		extent = extents_find(&space->extents, space->sectors, sector, &end);
		if (extent->kind != KIND_BLOCK_BITMAP)
			continue;
		/* Bitmaps of several groups that lie side by side are one extent only if they are one
		   group's. */
		for (uint32_t group = extent->owner; group < past->ext->groups; group++)
			if (ext2fs_block_bitmap_loc(past->ext->lib, group) == first->home) {
				map_group(past, group, first, n);
				break;
			}
	}
}
