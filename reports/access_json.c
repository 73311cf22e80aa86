/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access as one JSON object. */
#include "reports/access_json.h"

#include "analyzer/counter.h"
#include "analyzer/access_walk.h"
#include "base/escape.h"
#include "reports/region_json.h"

#include <inttypes.h>
#include <string.h>

static void add_string(struct text *out, const char *key, const char *value)
{
	text_str(out, key);
	escape_json(out, value, strlen(value));
}

/* Nanoseconds as seconds, exactly. */
static void add_seconds(struct text *out, int64_t ns)
{
	uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	text_printf(out, ",\"time\":%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "", magnitude / 1000000000,
		    magnitude % 1000000000);
}

/* Nanoseconds as microseconds, exactly. */
static void add_latency(struct text *out, int64_t ns)
{
	text_printf(out, ",\"latency_us\":%" PRIi64, ns / 1000);
	if (ns % 1000 > 0)
		text_printf(out, ".%03" PRIi64, ns % 1000);
}

static void add_optional(struct text *out, const struct access_view *view)
{
	const struct access *access = view->access;

	if (access->time_ns != ACCESS_NO_TIME)
		add_seconds(out, access->time_ns);
	if (access->latency_ns != ACCESS_NO_LATENCY)
		add_latency(out, access->latency_ns);
	if (view->trace->devices.n > 0)
		add_string(out, ",\"device_name\":", view->trace->devices.at[access->device]);
	if (access->pid != ACCESS_NO_PID)
		text_printf(out, ",\"pid\":%" PRIu32, access->pid);
	if (access->comm != 0)
		add_string(out, ",\"comm\":", view->trace->comms.at[access->comm]);
	if (access->flags & ACCESS_FUA)
		text_str(out, ",\"fua\":true");
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
		text_str(out, ",\"start\":");
		text_u64(out, walk->whole.start);
	}
	text_str(out, ",\"sectors\":");
	text_u64(out, access->count);
	if (of_disk)
		return;
	add_string(out, ",\"relative_to\":", view->base->name);
	text_str(out, ",\"relative_start\":");
	text_u64(out, access->start);
}

void access_json(struct text *out, const struct access_view *view)
{
	const struct access *access = view->access;
	struct access_walk walk;

	access_walk_init(&walk, view->map, view->base, access, view->unit_sectors);
	text_str(out, "{\"index\":");
	text_u64(out, view->index);
	add_string(out, ",\"op\":", access_op_name((enum access_op)access->op));
	add_place(out, view, &walk);
	text_str(out, access_is_unaligned(&walk.whole, view->unit_sectors) ? ",\"aligned\":false"
									   : ",\"aligned\":true");
	add_optional(out, view);
	add_regions(out, view, &walk);
	text_str(out, "}\n");
}
