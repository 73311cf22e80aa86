/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access for people. */
#include "reports/access_text.h"

#include "analyzer/counter.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "     1.234567890  read     4358+8      unaligned" */
static void add_heading(struct text *out, const struct access_view *view)
{
	const struct access *access = view->access;
	char span[48];

	if (access->time_ns != ACCESS_NO_TIME)
		text_printf(out, "%12.6f ", (double)access->time_ns / 1e9);
	snprintf(span, sizeof(span), "%" PRIu64 "+%" PRIu64, access->start, access->count);
	text_printf(out, "%-7s %-16s %c ", access_op_name((enum access_op)access->op),
		    access->op == ACCESS_FLUSH ? "" : span,
		    access->op != ACCESS_FLUSH && access_is_unaligned(access, view->unit_sectors) ? '!'
												  : ' ');
}

void access_text(struct text *out, const struct access_view *view, bool tree)
{
	uint64_t at = view->access->start, end = view->access->start + view->access->count;
	size_t begin = out->n, margin;
	struct region region;
	struct place place;

	add_heading(out, view);
	margin = out->n - begin;
	if (tree || at == end) {
		while (out->n > begin && out->at[out->n - 1] == ' ')
			out->n--;
		text_char(out, '\n');
	}
	for (; at < end; at += place.count) {
		map_find(view->map, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		region_describe(view->map, &place, &region);
		if (tree) {
			region_tree(out, &place, &region, "    ");
			continue;
		}
		if (at > view->access->start)
			text_printf(out, "%*s", (int)margin, "");
		region_label(out, &region);
		if (place.count < view->access->count)
			text_printf(out, " (%" PRIu64 " sectors)", place.count);
		text_char(out, '\n');
	}
}
