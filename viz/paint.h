/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A scene on a surface of cairo's. */
#ifndef VIZ_PAINT_H
#define VIZ_PAINT_H

#include "viz/scene.h"

#include <cairo.h>

/* A pixel of the scene is `scale` units of the surface. Errors are the context's. */
void paint_scene(cairo_t *cairo, const struct scene *scene, double scale);

#endif
