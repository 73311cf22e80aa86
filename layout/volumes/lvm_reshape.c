/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAID volumes that have room for reshaping: their data begin in each image where the superblocks in the
   metadata images say.  Facts: Linux drivers/md/dm-raid.c, struct dm_raid_superblock (little-endian), and
   super_validate, which reads it when such a volume is activated. */
#include "layout/volumes/lvm.h"

#include "base/bytes.h"
#include "base/size.h"

#include <inttypes.h>

#define MAGIC 0x64526d44 /* "DmRd" */
#define HAS_RESHAPE_FIELDS 0x1
#define RESHAPE_ACTIVE 0x1

/* Checks that a superblock is of this volume as its text has it, and that nothing is being moved. */
static int check_super(const uint8_t *super, uint32_t image, const struct segment *segment, struct err *err)
{
	if (le32(super) != MAGIC || !(le32(super + 4) & HAS_RESHAPE_FIELDS))
		return err_set(err, "RAID superblock %" PRIu32 " is none that knows of reshaping", image);
	if ((le32(super + 0x3c) & RESHAPE_ACTIVE) || le32(super + 0x54) != 0 ||
	    le32(super + 0x30) != le32(super + 0x48) || le32(super + 0x34) != le32(super + 0x4c) ||
	    le32(super + 0x38) != le32(super + 0x50) || le64(super + 0x60) != le64(super + 0x68))
		return err_set(err, "it is being reshaped");
	if (le32(super + 8) != segment->nareas || le32(super + 12) != image ||
	    (segment->type != SEGMENT_MIRROR && le32(super + 0x38) != segment->chunk))
		return err_set(err, "RAID superblock %" PRIu32 " is of another layout", image);
	return 0;
}

static const struct space *meta_space(const struct lvm_assembly *as, const struct lvm_text_segment *named,
				      uint32_t image)
{
	long lv = image < named->metas.n ? lvm_find_lv(as, named->metas.at[image].name) : -1;

	return lv < 0 ? NULL : as->lvs[lv];
}

/* Where the data begin: all superblocks that can be read must say the same. */
static bool find_offset(const struct lvm_assembly *as, const struct lvm_text_segment *named,
			const struct segment *segment, uint64_t *offset, struct err *why)
{
	uint8_t super[SECTOR_SIZE];
	bool found = false;

	err_set(why, "no RAID superblock says where its data begin");
	for (uint32_t i = 0; i < segment->nareas; i++) {
		const struct space *meta = meta_space(as, named, i);
		struct err missing;

		if (meta == NULL || space_read(meta, 0, super, sizeof(super), &missing) != 0)
			continue;
		if (check_super(super, i, segment, why) != 0)
			return false;
		if (found && *offset != le64(super + 0x60)) {
			err_set(why, "its RAID superblocks do not agree where its data begin");
			return false;
		}
		*offset = le64(super + 0x60);
		found = true;
	}
	return found;
}

bool lvm_follow_reshape(const struct lvm_assembly *as, const struct lvm_text_segment *named,
			struct segment *segment, struct err *why)
{
	uint64_t offset;

	if (!find_offset(as, named, segment, &offset, why))
		return false;
	for (uint32_t i = 0; i < segment->nareas; i++) {
		const struct space *image = segment->areas[i].space;

		if (image != NULL &&
		    (offset > image->sectors || segment_area_sectors(segment) > image->sectors - offset)) {
			err_set(why, "its data leave image %" PRIu32, i);
			return false;
		}
		segment->areas[i].start += offset;
	}
	return true;
}
