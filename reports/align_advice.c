/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tools accept: fdisk and sgdisk any start; pvcreate(8) --dataalignment any multiple of 512 bytes, and
   vgcreate(8) --physicalextentsize multiples of 128 KiB; mdadm(8) --data-offset kibibytes; mke2fs(8) blocks
   up to the page size, and with bigalloc clusters of powers of two up to 256 MiB. */
#include "reports/align_advice.h"

#include "base/size.h"
#include "layout/fs.h"

#include <inttypes.h>
#include <string.h>

#define MIB_SECTORS 2048
#define EXTENT_SECTORS 8192 /* LVM2's default extent */
#define PAGE_BYTES 4096
#define CLUSTER_MAX (UINT64_C(256) << 20)

static uint64_t common_multiple(uint64_t a, uint64_t b)
{
	uint64_t x = a, y = b;

	while (y != 0) {
		uint64_t rest = x % y;

		x = y;
		y = rest;
	}
	return a / x * b;
}

/* Where the space lies on its disk that a layer's start counts from. */
static uint64_t outer_start(const struct space *space)
{
	uint64_t start = 0;

	for (int steps = 0; space != NULL && !space->is_disk && steps <= MAP_DEPTH_MAX; steps++) {
		if (space->segments.n == 0 || space->segments.at[0].nareas == 0)
			break;
		start += space->segments.at[0].areas[0].start;
		space = space->segments.at[0].areas[0].space;
	}
	return start;
}

/* Starts count from what holds the partition table; that has advice of its own where it is off. */
static void advise_partition(struct text *out, const struct blame *blame, uint64_t unit)
{
	uint64_t outer = outer_start(blame->space->parent), start = blame->start - blame->inner - outer;
	uint64_t better = (start + unit - 1) / unit * unit, round = common_multiple(unit, MIB_SECTORS);
	char size[32];

	text_printf(out, "to change: start %s at a multiple of %" PRIu64 " sectors, such as %" PRIu64,
		    blame->space->name, unit, better);
	if (round != better)
		text_printf(out, " or %" PRIu64 " (%s)", round,
			    size_human(round << SECTOR_SHIFT, size, sizeof(size)));
	text_char(out, '\n');
}

static void advise_volume(struct text *out, const struct blame *blame, uint64_t unit)
{
	uint64_t extent = common_multiple(unit, EXTENT_SECTORS), offset = common_multiple(unit, MIB_SECTORS);

	if (strncmp(blame->space->name, "md/", 3) == 0) {
		text_printf(out,
			    "to change: make the array anew with mdadm --data-offset=%" PRIu64
			    "K, and chunks in multiples of %" PRIu64 " bytes\n",
			    offset / 2, unit << SECTOR_SHIFT);
		return;
	}
	text_printf(out, "to change: make the PV anew with pvcreate --dataalignment %" PRIu64 "b, and ",
		    unit << SECTOR_SHIFT);
	if (extent == EXTENT_SECTORS)
		text_str(out, "extents in multiples of that\n");
	else
		text_printf(out, "the volume group with vgcreate --physicalextentsize %" PRIu64 "k\n",
			    extent / 2);
}

static void advise_fs(struct text *out, const struct blame *blame, uint64_t unit)
{
	uint64_t bytes = unit << SECTOR_SHIFT;

	if (strncmp(blame->space->fs->type, "ext", 3) != 0)
		text_str(out, "to change: a file system with blocks of that size\n");
	else if ((bytes & (bytes - 1)) != 0)
		text_printf(
		    out,
		    "to change: nothing in ext4, whose blocks and clusters are powers of two; no such is a "
		    "multiple of %" PRIu64 " bytes\n",
		    bytes);
	else if (fs_data_sectors(blame->space->fs) % unit == 0)
		text_str(out,
			 "to change: nothing; clusters keep files aligned, the file system's own blocks are "
			 "smaller\n");
	else if (bytes <= PAGE_BYTES)
		text_printf(out,
			    "to change: make the file system with blocks of %" PRIu64
			    " bytes (mke2fs -b %" PRIu64 ")\n",
			    bytes, bytes);
	else if (bytes <= CLUSTER_MAX)
		text_printf(out,
			    "to change: make the file system with clusters of %" PRIu64
			    " bytes (mke2fs -O bigalloc -C %" PRIu64 ")\n",
			    bytes, bytes);
	else
		text_str(out, "to change: nothing in ext4, whose clusters have at most 256 MiB\n");
}

void align_advice(struct text *out, const struct blame *blame, uint64_t unit_sectors)
{
	switch (blame->cause) {
	case CAUSE_PARTITION:
		advise_partition(out, blame, unit_sectors);
		break;
	case CAUSE_LVM:
		advise_volume(out, blame, unit_sectors);
		break;
	case CAUSE_FS_BLOCK:
		advise_fs(out, blame, unit_sectors);
		break;
	default:
		text_printf(out,
			    "to change: the program's requests; sizes and offsets in multiples of %" PRIu64
			    " bytes\n",
			    unit_sectors << SECTOR_SHIFT);
	}
}
