/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access together with what is needed to say what it means. */
#ifndef REPORTS_ACCESS_VIEW_H
#define REPORTS_ACCESS_VIEW_H

#include "layout/region.h"
#include "trace/trace.h"

struct access_view {
	uint64_t index; /* among those that are shown, from 0 */
	const struct access *access;
	const struct trace *trace;
	const struct map *map;
	const struct space *base; /* what the access's sectors count from: the disk, unless it was said */
	uint64_t unit_sectors;
};

#endif
