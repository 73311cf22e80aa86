/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A region in words, for people. */
#ifndef REPORTS_REGION_TEXT_H
#define REPORTS_REGION_TEXT_H

#include "base/text.h"
#include "layout/region.h"

/* "VG/LV ext4 file-data /hello +4096" */
void region_label(struct text *out, const struct region *region);

/* What only this place has, without the device: "block 1057 (group 0), inode 12 /hello, byte 0". */
void region_details(struct text *out, const struct region *region);

/* The layers from the disk to the file, one a line, each further in; `place` gives the addresses. */
void region_tree(struct text *out, const struct place *place, const struct region *region,
		 const char *indent);

#endif
