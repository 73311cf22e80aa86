/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Free blocks, from the block bitmaps.  A bit is a cluster.  Where the bitmap was never written
   (BLOCK_UNINIT), all that the group's structure does not take is free. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"

#include <inttypes.h>

static void claim_free(struct ext *ext, uint64_t block, uint64_t count)
{
	ext_claim(ext, (struct claim){.rank = RANK_REST, .kind = KIND_FREE}, block, count);
}

static bool is_set(const uint8_t *bitmap, uint32_t bit)
{
	return bitmap[bit >> 3] >> (bit & 7) & 1;
}

/* The next bit from `bit` on that is as `wanted`, or n. */
static uint32_t next_bit(const uint8_t *bitmap, uint32_t bit, uint32_t n, bool wanted)
{
	uint8_t none = wanted ? 0x00 : 0xff;
	uint64_t none_of_64 = wanted ? 0 : UINT64_MAX;

	while (bit < n) {
		if ((bit & 7) == 0 && n - bit >= 64 && le64(bitmap + (bit >> 3)) == none_of_64)
			bit += 64;
		else if ((bit & 7) == 0 && n - bit >= 8 && bitmap[bit >> 3] == none)
			bit += 8;
		else if (is_set(bitmap, bit) == wanted)
			return bit;
		else
			bit++;
	}
	return n;
}

static void claim_clear_bits(struct ext *ext, const uint8_t *bitmap, uint64_t first, uint64_t blocks)
{
	uint32_t ratio = ext->cluster_blocks, n = (uint32_t)((blocks + ratio - 1) / ratio);
	uint32_t from, to = 0;

	while ((from = next_bit(bitmap, to, n, false)) < n) {
		uint64_t start = (uint64_t)from * ratio, end;

		to = next_bit(bitmap, from, n, true);
		end = (uint64_t)to * ratio < blocks ? (uint64_t)to * ratio : blocks;
		claim_free(ext, first + start, end - start);
	}
}

int ext_map_free(struct ext_scan *scan, uint32_t group)
{
	struct ext *ext = &scan->ext;
	uint64_t first = ext2fs_group_first_block2(ext->lib, group);
	uint64_t blocks = ext2fs_group_last_block2(ext->lib, group) - first + 1;
	struct err why;

	if (ext_is_full(ext) || !ext_group_is_known(ext, group))
		return 0;
	if (ext2fs_has_group_desc_csum(ext->lib) &&
	    ext2fs_bg_flags_test(ext->lib, group, EXT2_BG_BLOCK_UNINIT)) {
		claim_free(ext, first, blocks);
		return 0;
	}
	if (ext_read_blocks(ext, ext2fs_block_bitmap_loc(ext->lib, group), scan->bitmap, 1, &why) != 0) {
		ext_note(ext, "group %" PRIu32 ": its block bitmap cannot be read: %s", group, why.text);
		return 0;
	}
	ext_check_bitmap(ext, group, scan->bitmap, false);
	claim_clear_bits(ext, scan->bitmap, first, blocks);
	return 0;
}
