/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scene as the bytes of a file. */
#ifndef VIZ_WRITE_H
#define VIZ_WRITE_H

#include "base/err.h"
#include "base/text.h"
#include "viz/scene.h"

/* Where a picture comes from, for the file's own description; NULL where there is nothing to say.  Base names:
   a picture is shown to others, and where its files lie on this machine is nobody's business. */
struct source {
	const char *program; /* "blkmap 1.0" */
	const char *trace, *disk, *options;
};

/* Each appends to `out`; 0, or -1 with err set. */
int write_png(struct text *out, const struct scene *scene, const struct source *source, struct err *err);
int write_pdf(struct text *out, const struct scene *scene, const struct source *source, struct err *err);
int write_svg(struct text *out, const struct scene *scene, const struct source *source, struct err *err);

#endif
