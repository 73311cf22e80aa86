/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How writes were aligned, a line a device. */
#include "base/escape.h"
#include "base/size.h"
#include "reports/shown.h"

#include <inttypes.h>
#include <string.h>

static void causes(struct text *out, const struct device_result *device)
{
	for (int cause = 0; cause < CAUSES; cause++)
		if (device->causes[cause].requests > 0)
			text_printf(out, "    %s (%" PRIu64 "): %s\n", cause_name((enum cause)cause),
				    device->causes[cause].requests, device->causes[cause].detail);
}

int alignment_text(struct text *out, const struct results *results, const struct statistic *asked,
		   unsigned width, struct err *err)
{
	char unit[32];

	(void)asked;
	(void)width;
	(void)err;
	size_human(results->unit_sectors << SECTOR_SHIFT, unit, sizeof(unit));
	text_printf(out, "\nALIGNMENT of writes to %s\n", unit);
	if (results->alignment.devices.n == 0)
		text_str(out, "no writes\n");
	for (size_t i = 0; i < results->alignment.devices.n; i++) {
		const struct device_result *device = &results->alignment.devices.at[i];

		escape_terminal(out, device->name, strlen(device->name));
		if (device->unaligned == 0) {
			text_printf(out, ": %s%" PRIu64 " write%s aligned\n",
				    device->writes == 1 ? "" : "all ", device->writes,
				    device->writes == 1 ? " is" : "s are");
			continue;
		}
		text_printf(out,
			    ": %" PRIu64 " of %" PRIu64 " writes unaligned, %" PRIu64
			    " blocks of %s written in part\n",
			    device->unaligned, device->writes, device->partial_blocks, unit);
		causes(out, device);
	}
	return 0;
}
