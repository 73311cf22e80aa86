/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access for people. */
#include "reports/access_text.h"

#include "analyzer/counter.h"
#include "analyzer/access_walk.h"
#include "base/escape.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "     1.234567 read    4358+8           ! "; the mark of what goes on with the access above is '+'. */
static void add_heading(struct text *out, const struct access *access, const struct space *on, char mark)
{
	char span[48] = "";

	if (access->time_ns != ACCESS_NO_TIME)
		text_printf(out, "%12.6f ", (double)access->time_ns / 1e9);
	if (on->type != SPACE_DISK)
		snprintf(span, sizeof(span), "nowhere+%" PRIu64, access->count);
	else if (access->op != ACCESS_FLUSH)
		snprintf(span, sizeof(span), "%" PRIu64 "+%" PRIu64, access->start, access->count);
	text_printf(out, "%-7s %-16s %c ", access_name(access), span, mark);
}

static char mark_of(const struct access_view *view, const struct access *extent, bool first)
{
	if (!first)
		return '+';
	return extent->op != ACCESS_FLUSH && access_is_unaligned(extent, view->unit_sectors) ? '!' : ' ';
}

/* " 0.120 ms, jbd2/sda1-8/311": how long it took and who did it, where the trace tells. */
static void add_circumstances(struct text *out, const struct access_view *view)
{
	const struct access *access = view->access;

	if (access->latency_ns != ACCESS_NO_LATENCY)
		text_printf(out, "  %.3f ms", (double)access->latency_ns / 1e6);
	if (access->comm == 0 && access->pid == ACCESS_NO_PID)
		return;
	text_str(out, "  ");
	if (access->comm != 0)
		escape_terminal(out, view->trace->comms.at[access->comm],
				strlen(view->trace->comms.at[access->comm]));
	if (access->pid != ACCESS_NO_PID)
		text_printf(out, "/%" PRIu32, access->pid);
}

static void end_line(struct text *out, size_t begin)
{
	while (out->n > begin && out->at[out->n - 1] == ' ')
		out->n--;
	text_char(out, '\n');
}

/* The extent's regions, a line each, of which each says its own place; the first goes on behind the heading. */
static void add_labels(struct text *out, const struct access_view *view, struct access_walk *walk)
{
	struct access piece = walk->extent;
	struct region region;
	struct place place;
	bool first = true;

	while (access_walk_place(walk, &place)) {
		region_describe(view->map, &place, &region);
		piece.start = place.start;
		piece.count = place.count;
		if (!first)
			add_heading(out, &piece, walk->on, '+');
		first = false;
		region_label(out, &region);
		if (place.count < view->access->count)
			text_printf(out, " (%" PRIu64 " sectors)", place.count);
		add_circumstances(out, view);
		text_char(out, '\n');
	}
}

static void add_trees(struct text *out, const struct access_view *view, struct access_walk *walk)
{
	struct region region;
	struct place place;

	while (access_walk_place(walk, &place)) {
		region_describe(view->map, &place, &region);
		region_tree(out, &place, &region, "    ");
	}
}

void access_text(struct text *out, const struct access_view *view, bool tree)
{
	struct access_walk walk;
	bool first = true;

	access_walk_init(&walk, view->map, view->base, view->access, view->unit_sectors);
	for (; access_walk_extent(&walk); first = false) {
		size_t begin = out->n;

		add_heading(out, &walk.extent, walk.on, mark_of(view, &walk.extent, first));
		if (tree || view->access->count == 0) {
			add_circumstances(out, view);
			end_line(out, begin);
		}
		if (tree)
			add_trees(out, view, &walk);
		else
			add_labels(out, view, &walk);
	}
}
