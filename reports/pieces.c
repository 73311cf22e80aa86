/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Segments for people. */
#include "reports/pieces.h"

#include "base/escape.h"

#include <inttypes.h>
#include <string.h>

static const char *const types[] = {
    [SEGMENT_LINEAR] = "linear",         [SEGMENT_STRIPED] = "striped",
    [SEGMENT_MIRROR] = "mirror",         [SEGMENT_RAID4] = "raid4",
    [SEGMENT_RAID5_LA] = "raid5-la",     [SEGMENT_RAID5_RA] = "raid5-ra",
    [SEGMENT_RAID5_LS] = "raid5-ls",     [SEGMENT_RAID5_RS] = "raid5-rs",
    [SEGMENT_RAID5_N] = "raid5-n",       [SEGMENT_RAID6_LA] = "raid6-la",
    [SEGMENT_RAID6_LS] = "raid6-ls",     [SEGMENT_RAID6_RS] = "raid6-rs",
    [SEGMENT_RAID6_0] = "raid6-0",       [SEGMENT_RAID6_ZR] = "raid6-zr",
    [SEGMENT_RAID6_NR] = "raid6-nr",     [SEGMENT_RAID6_NC] = "raid6-nc",
    [SEGMENT_RAID6_LA_6] = "raid6-la-6", [SEGMENT_RAID6_RA_6] = "raid6-ra-6",
    [SEGMENT_RAID6_LS_6] = "raid6-ls-6", [SEGMENT_RAID6_RS_6] = "raid6-rs-6",
    [SEGMENT_RAID6_0_6] = "raid6-0-6",   [SEGMENT_RAID6_N_6] = "raid6-n-6",
    [SEGMENT_RAID10] = "raid10",         [SEGMENT_ZERO] = "zero",
    [SEGMENT_NONE] = "not known",
};

/* Whether a segment goes on where the one before ends. */
static bool goes_on(const struct segment *before, const struct segment *segment)
{
	if (before->type != SEGMENT_LINEAR || segment->type != SEGMENT_LINEAR || before->nareas != 1 ||
	    segment->nareas != 1)
		return false;
	return before->areas[0].space == segment->areas[0].space &&
	       before->areas[0].start + before->count == segment->areas[0].start;
}

uint64_t pieces_count(const struct space *space)
{
	uint64_t n = 0;

	for (size_t i = 0; i < space->segments.n; i++)
		n += i == 0 || !goes_on(&space->segments.at[i - 1], &space->segments.at[i]);
	return n;
}

static void add_area(struct text *out, const struct area *area)
{
	if (area->space == NULL) {
		text_str(out, "missing");
		return;
	}
	escape_terminal(out, area->space->name, strlen(area->space->name));
	text_printf(out, " from %" PRIu64, area->start);
}

void pieces_segment(struct text *out, const struct segment *segment)
{
	text_str(out, types[segment->type]);
	if (segment->nareas > 1)
		text_printf(out, " of %" PRIu32, segment->nareas);
	if (segment->nareas > 1 && segment->chunk > 0)
		text_printf(out, ", chunk %" PRIu32, segment->chunk);
	for (uint32_t i = 0; i < segment->nareas; i++) {
		text_str(out, i > 0 ? ", " : segment->nareas > 1 ? ": " : " in ");
		add_area(out, &segment->areas[i]);
	}
}
