/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page: one HTML file that needs nothing else. */
#ifndef VIZ_PAGE_H
#define VIZ_PAGE_H

#include "viz/picture.h"
#include "viz/scene.h"
#include "viz/write.h"

/* `scene` is the still picture on it, also for print; `notes` are the report's sentences. */
int write_page(struct text *out, const struct picture *picture, const struct scene *scene,
	       const struct source *source, const char *const *notes, size_t nnotes, struct err *err);

/* The document that the page's script reads (page_data.c). */
int page_data(struct text *out, const struct picture *picture, const char *const *notes, size_t nnotes,
	      struct err *err);

#endif
