/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The few classes of structures that the sheet tells apart by colour, from the families of layout/kind_rows.h. */
#ifndef VIZ_STRUCTURE_H
#define VIZ_STRUCTURE_H

#include "layout/kind.h"

#include <stdint.h>

enum structure {
	STRUCTURE_DATA,
	STRUCTURE_JOURNAL,
	STRUCTURE_INODES,
	STRUCTURE_DIRECTORY,
	STRUCTURE_BITMAP,
	STRUCTURE_OTHER, /* other metadata, and what is unknown */
	STRUCTURE_FREE,
	STRUCTURES,
};

enum structure structure_of(enum kind kind);
const char *structure_name(enum structure structure);

/* With ALARM, of unaligned accesses, and PAPER the sheet's colours: tests/viz/sheet.test says how far apart. */
uint32_t structure_colour(enum structure structure);
#define ALARM 0xd82a0f

#endif
