/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How writes were aligned, as JSON. */
#include "base/json.h"
#include "reports/shown.h"

static void add_causes(struct text *out, const struct device_result *device)
{
	const char *comma = "";

	text_str(out, ",\"causes\":[");
	for (int cause = 0; cause < CAUSES; cause++) {
		if (device->causes[cause].requests == 0)
			continue;
		text_str(out, comma);
		comma = ",";
		json_string(out, "{\"cause\":", cause_name((enum cause)cause));
		json_u64(out, ",\"requests\":", device->causes[cause].requests);
		json_string(out, ",\"detail\":", device->causes[cause].detail);
		text_char(out, '}');
	}
	text_str(out, "]}");
}

void alignment_json(struct json_sink *sink, const struct results *results, const struct statistic *asked)
{
	struct text *out = sink->out;

	(void)asked;
	json_u64(out, " \"alignment\":{\"unit\":", results->unit_sectors * 512);
	text_str(out, ",\"devices\":[");
	for (size_t i = 0; i < results->alignment.devices.n; i++) {
		const struct device_result *device = &results->alignment.devices.at[i];

		json_item(out, i);
		json_string(out, "{\"device\":", device->name);
		json_u64(out, ",\"writes\":", device->writes);
		json_u64(out, ",\"unaligned\":", device->unaligned);
		json_u64(out, ",\"partial_blocks\":", device->partial_blocks);
		add_causes(out, device);
	}
	text_str(out, "]},\n");
}
