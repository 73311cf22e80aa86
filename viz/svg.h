/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pieces of an SVG, for the file and for the page. */
#ifndef VIZ_SVG_H
#define VIZ_SVG_H

#include "viz/scene.h"

/* The <svg> element. */
void svg_element(struct text *out, const struct scene *scene);

/* Text between tags or in an attribute: any bytes become well-formed XML that shows them. */
void xml_escape(struct text *out, const char *bytes);

#endif
