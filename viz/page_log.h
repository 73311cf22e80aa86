/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page's knowledge of journals. */
#ifndef VIZ_PAGE_LOG_H
#define VIZ_PAGE_LOG_H

#include "viz/tracks.h"

/* The packed list; 0, or -1 without memory. */
int page_log(struct text *packed, const struct map *map, const struct tracks *tracks);

#endif
