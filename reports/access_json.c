/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access as one JSON object. */
#include "reports/access_json.h"

#include "analyzer/counter.h"
#include "analyzer/access_walk.h"
#include "base/json.h"
#include "reports/region_json.h"

#include <inttypes.h>

static void add_optional(struct text *out, const struct access_view *view)
{
	const struct access *access = view->access;

	if (access->time_ns != ACCESS_NO_TIME)
		json_seconds(out, ",\"time\":", access->time_ns);
	if (access->latency_ns != ACCESS_NO_LATENCY)
		json_microseconds(out, ",\"latency_us\":", access->latency_ns);
	if (view->trace->devices.n > 0)
		json_string(out, ",\"device_name\":", view->trace->devices.at[access->device]);
	if (access->pid != ACCESS_NO_PID)
		text_printf(out, ",\"pid\":%" PRIu32, access->pid);
	if (access->comm != 0)
		json_string(out, ",\"comm\":", view->trace->comms.at[access->comm]);
	if (access->flags & ACCESS_FUA)
		text_str(out, ",\"fua\":true");
	if (access->flags & ACCESS_UNCERTAIN)
		text_str(out, ",\"uncertain\":true");
}

static void add_regions(struct text *out, const struct access_view *view, struct access_walk *walk)
{
	const char *comma = "";
	struct region region;
	struct place place;

	text_str(out, ",\"regions\":[");
	while (access_walk_extent(walk))
		while (access_walk_place(walk, &place)) {
			text_str(out, comma);
			comma = ",";
			region_describe(view->map, &place, &region);
			region_json(out, &region, NULL);
		}
	text_char(out, ']');
}

/* Where it lies on the disk, and where on what the trace is of. */
static void add_place(struct text *out, const struct access_view *view, const struct access_walk *walk)
{
	const struct access *access = view->access;
	bool of_disk = view->base == map_disk(view->map);

	if (walk->whole_on->type == SPACE_DISK) {
		json_u64(out, ",\"start\":", walk->whole.start);
	}
	json_u64(out, ",\"sectors\":", access->count);
	if (of_disk)
		return;
	json_string(out, ",\"relative_to\":", view->base->name);
	json_u64(out, ",\"relative_start\":", access->start);
}

void access_json(struct text *out, const struct access_view *view)
{
	const struct access *access = view->access;
	struct access_walk walk;

	access_walk_init(&walk, view->map, view->base, access, view->unit_sectors);
	json_u64(out, "{\"index\":", view->index);
	json_string(out, ",\"op\":", access_name(access));
	add_place(out, view, &walk);
	text_str(out, access_is_unaligned(&walk.whole, view->unit_sectors) ? ",\"aligned\":false"
									   : ",\"aligned\":true");
	add_optional(out, view);
	add_regions(out, view, &walk);
	text_str(out, "}\n");
}
