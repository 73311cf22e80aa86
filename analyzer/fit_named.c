/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Traces whose sectors count from the device that is named, be it a partition (trace.own_sectors): where the disk has a
   partition that Linux would call so, that is what they are taken for.  No proof: it may be another disk's. */
#include "analyzer/fit_private.h"

#include "layout/device.h"

#include <stdio.h>

int fit_named(struct fitting *fitting, struct err *err)
{
	const char *device = fitting_device(fitting);
	const struct space *space;
	struct err ignored;
	char why[160];

	if (!fitting->trace->own_sectors || device[0] == '\0' || fitting->options->told != NULL ||
	    fitting->fit->base != map_disk(fitting->map))
		return 0;
	space = device_find(fitting->map, device, &ignored);
	if (space == NULL || space->type != SPACE_PARTITION)
		return 0;
	snprintf(why, sizeof(why), "the sectors of %.60s count from its own start", device);
	return fitting_choose(fitting, &space, 1, why, err);
}
