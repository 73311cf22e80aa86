/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A picture before it is a file: shapes with places and colours, in pixels from the top left corner, painted
   in their order.  Views make scenes, writers make files of them, and neither knows the other.

   A scene depends on nothing but what it shows: text is measured with a table of our own, so the same map and
   trace give the same scene on every machine. */
#ifndef VIZ_SCENE_H
#define VIZ_SCENE_H

#include "base/err.h"
#include "base/text.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shape_type {
	SHAPE_RECT,     /* filled */
	SHAPE_FRAME,    /* the outline of a rectangle */
	SHAPE_TRIANGLE, /* filled, on its base, in the rectangle */
	SHAPE_LINE,     /* from x, y to x + w, y + h */
	SHAPE_TEXT, /* its baseline begins (or ends, or has its middle) at x, y; w is the width it takes */
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

/* Colours are 0xRRGGBB. */
struct shape {
	uint8_t type;   /* enum shape_type */
	uint8_t anchor; /* enum anchor */
	bool bold;
	bool upright; /* text from the bottom up */
	uint32_t colour;
	double x, y, w, h; /* h of a text is its size; of a line, and of a frame's, `width` is the stroke */
	double width;
	size_t text; /* offset in the scene's strings */
};

struct scene {
	double width, height;
	double zoom; /* units of the file for one of the scene; 0: as the writer does by itself */
	VEC(struct shape) shapes;
	struct text strings; /* NUL-terminated, valid UTF-8 without control characters */
	struct text title;   /* what the whole picture is, one line */
	struct text summary; /* and what it shows, in words, for who cannot see it */
	bool short_of_memory;
};

void scene_free(struct scene *scene);

void scene_rect(struct scene *scene, double x, double y, double w, double h, uint32_t colour);
void scene_frame(struct scene *scene, double x, double y, double w, double h, double width, uint32_t colour);
void scene_triangle(struct scene *scene, double x, double y, double w, double h, uint32_t colour);
void scene_line(struct scene *scene, double x, double y, double to_x, double to_y, double width,
		uint32_t colour);

/* How a text is set. */
struct type {
	double size;
	uint32_t colour;
	enum anchor anchor;
	bool bold, upright;
	double room; /* cut with an ellipsis when it is wider; 0 for no limit */
};

/* Any bytes: what is not printable is shown as \xNN.  Returns the width it takes. */
double scene_text(struct scene *scene, double x, double y, const struct type *type, const char *text);

/* A number, set smaller where it would be wider than type->room: a number that is cut is another one. */
double scene_number(struct scene *scene, double x, double y, const struct type *type, uint64_t number);

const char *scene_string(const struct scene *scene, const struct shape *shape);

/* The scene as lines of text, a shape each, for tests. */
void scene_dump(struct text *out, const struct scene *scene);

/* A coordinate with at most one decimal, in no locale. */
void text_coordinate(struct text *out, double value);

#endif
