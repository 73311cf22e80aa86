/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The colours of all pictures.  Accesses have the strong ones, after Okabe and Ito, which stay apart for
   colour-blind readers; what lies on the disk has pale ones, a family of kinds each. */
#ifndef VIZ_PALETTE_H
#define VIZ_PALETTE_H

#include "analyzer/heat.h"
#include "layout/kind.h"

#include <stdint.h>

#define INK 0x1f2328
#define INK_SOFT 0x57606a
#define WARNING 0xa40e26
#define INK_FAINT 0x8c959f
#define RULE 0xd0d7de
#define PAPER 0xffffff

/* "file-system structure", for the page's search and the key. */
const char *family_name(enum family family);

/* Behind the accesses, and for bands. */
uint32_t family_tint(enum family family);
uint32_t family_band(enum family family);

/* The colour of a class of accesses (see heat_class), and its words ("unaligned write"). */
uint32_t class_colour(unsigned class);
const char *class_name(unsigned class);

/* `part` (0 to 1) of a colour on another one. */
uint32_t colour_mix(uint32_t colour, uint32_t ground, double part);

#endif
