/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access for people. */
#include "reports/access_text.h"

#include "analyzer/counter.h"
#include "analyzer/access_walk.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "     1.234567  read     4358+8      !"; an extent that is not the first has neither time nor word. */
static void add_heading(struct text *out, const struct access_view *view, const struct access_walk *walk,
			bool first)
{
	const struct access *access = &walk->extent;
	bool off = access->op != ACCESS_FLUSH && access_is_unaligned(access, view->unit_sectors);
	char span[48] = "";

	if (access->time_ns != ACCESS_NO_TIME && first)
		text_printf(out, "%12.6f ", (double)access->time_ns / 1e9);
	else if (access->time_ns != ACCESS_NO_TIME)
		text_printf(out, "%13s", "");
	if (walk->on->type != SPACE_DISK)
		snprintf(span, sizeof(span), "nowhere+%" PRIu64, access->count);
	else if (access->op != ACCESS_FLUSH)
		snprintf(span, sizeof(span), "%" PRIu64 "+%" PRIu64, access->start, access->count);
	text_printf(out, "%-7s %-16s %c ", first ? access_name(access) : "", span, off ? '!' : ' ');
}

/* The extent's regions, a line each; the first goes on behind the heading. */
static void add_labels(struct text *out, const struct access_view *view, struct access_walk *walk,
		       size_t margin)
{
	struct region region;
	struct place place;
	size_t indent = 0;

	while (access_walk_place(walk, &place)) {
		region_describe(view->map, &place, &region);
		text_printf(out, "%*s", (int)indent, "");
		indent = margin;
		region_label(out, &region);
		if (place.count < view->access->count)
			text_printf(out, " (%" PRIu64 " sectors)", place.count);
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

static void end_line(struct text *out, size_t begin)
{
	while (out->n > begin && out->at[out->n - 1] == ' ')
		out->n--;
	text_char(out, '\n');
}

void access_text(struct text *out, const struct access_view *view, bool tree)
{
	struct access_walk walk;
	bool first = true;

	access_walk_init(&walk, view->map, view->base, view->access, view->unit_sectors);
	for (; access_walk_extent(&walk); first = false) {
		size_t begin = out->n;

		add_heading(out, view, &walk, first);
		if (tree || view->access->count == 0)
			end_line(out, begin);
		if (tree)
			add_trees(out, view, &walk);
		else
			add_labels(out, view, &walk, out->n - begin);
	}
}
