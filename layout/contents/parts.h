/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of what libblkid names. */
#ifndef LAYOUT_CONTENTS_PARTS_H
#define LAYOUT_CONTENTS_PARTS_H

#include "layout/space.h"

/* Claims what space->content says the space is: its header, where that is known, and the rest as opaque. */
void parts_claim(struct space *space);

#endif
