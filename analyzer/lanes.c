/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remembering lanes. */
#include "analyzer/lanes.h"

#include "layout/fs.h"

#include <string.h>

void lanes_init(struct lanes *lanes, uint64_t disk_sectors)
{
	memset(lanes, 0, sizeof(*lanes));
	while (disk_sectors >> lanes->shift >= LANES)
		lanes->shift++;
}

void lanes_learn(struct lanes *lanes, const struct place *place)
{
	struct lane lane = {place->start, place->start + place->reach, place->inner, place->space, false};
	struct lane *known = &lanes->at[(place->start >> lanes->shift) % LANES];
	uint64_t fs = place->space->fs != NULL ? place->space->fs->sectors : 0;

	if (place->reach == 0 || place->kind != (enum kind)place->extent->kind)
		return;
	lane.in_ext = lane.inner < fs;
	if (lane.in_ext && fs - lane.inner < place->reach)
		lane.end = lane.start + (fs - lane.inner);
	*known = lane;
}
