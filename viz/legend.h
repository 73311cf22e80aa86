/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of all names below a picture, with numbers, colours and counts. */
#ifndef VIZ_LEGEND_H
#define VIZ_LEGEND_H

#include "viz/names.h"
#include "viz/scene.h"

/* Draws it from y on between x and right; returns where it ends. */
double legend_draw(struct scene *scene, const struct name_table *names, double x, double right, double y);

#endif
