/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Putting shapes into a scene, and a scene into words. */
#include "viz/scene.h"

#include "viz/font.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void scene_free(struct scene *scene)
{
	VEC_FREE(&scene->shapes);
	text_free(&scene->strings);
	text_free(&scene->title);
	text_free(&scene->summary);
}

static void add(struct scene *scene, const struct shape *shape)
{
	if (VEC_PUSH(&scene->shapes, *shape) != 0)
		scene->short_of_memory = true;
}

static void add_box(struct scene *scene, enum shape_type type, double x, double y, double w, double h,
		    uint32_t colour)
{
	struct shape shape = {.type = (uint8_t)type, .colour = colour, .x = x, .y = y, .w = w, .h = h};

	add(scene, &shape);
}

void scene_rect(struct scene *scene, double x, double y, double w, double h, uint32_t colour)
{
	add_box(scene, SHAPE_RECT, x, y, w, h, colour);
}

void scene_triangle(struct scene *scene, double x, double y, double w, double h, uint32_t colour)
{
	add_box(scene, SHAPE_TRIANGLE, x, y, w, h, colour);
}

void scene_frame(struct scene *scene, double x, double y, double w, double h, double width, uint32_t colour)
{
	struct shape shape = {
	    .type = SHAPE_FRAME, .colour = colour, .x = x, .y = y, .w = w, .h = h, .width = width};

	add(scene, &shape);
}

void scene_line(struct scene *scene, double x, double y, double to_x, double to_y, double width,
		uint32_t colour)
{
	struct shape shape = {.type = SHAPE_LINE,
			      .colour = colour,
			      .x = x,
			      .y = y,
			      .w = to_x - x,
			      .h = to_y - y,
			      .width = width};

	add(scene, &shape);
}

double scene_text(struct scene *scene, double x, double y, const struct type *type, const char *text)
{
	struct shape shape = {
	    .type = SHAPE_TEXT,
	    .anchor = (uint8_t)type->anchor,
	    .bold = type->bold,
	    .upright = type->upright,
	    .colour = type->colour,
	    .x = x,
	    .y = y,
	    .h = type->size,
	    .text = scene->strings.n,
	};

	shape.w = font_fit(&scene->strings, text, type->size, type->bold, type->room);
	text_char(&scene->strings, '\0');
	add(scene, &shape);
	return shape.w;
}

double scene_number(struct scene *scene, double x, double y, const struct type *type, uint64_t number)
{
	struct type fitting = *type;
	char words[24];
	double width;

	snprintf(words, sizeof(words), "%" PRIu64, number);
	width = font_width(words, type->size, type->bold);
	if (type->room > 0 && width > type->room)
		fitting.size *= type->room / width;
	fitting.room = 0;
	return scene_text(scene, x, y, &fitting, words);
}

const char *scene_string(const struct scene *scene, const struct shape *shape)
{
	return scene->strings.at == NULL ? "" : scene->strings.at + shape->text;
}

void text_coordinate(struct text *out, double value)
{
	int64_t tenths = (int64_t)floor(value * 10 + 0.5);

	if (tenths < 0) {
		text_char(out, '-');
		tenths = -tenths;
	}
	text_u64(out, (uint64_t)tenths / 10);
	if (tenths % 10 != 0) {
		text_char(out, '.');
		text_char(out, (char)('0' + tenths % 10));
	}
}

static void dump_shape(struct text *out, const struct scene *scene, const struct shape *shape)
{
	static const char *const names[] = {"rect", "frame", "triangle", "line", "text"};
	static const char *const anchors[] = {"start", "middle", "end"};
	const double numbers[] = {shape->x, shape->y, shape->w, shape->h};

	text_str(out, names[shape->type]);
	for (unsigned i = 0; i < 4; i++) {
		text_char(out, ' ');
		text_coordinate(out, numbers[i]);
	}
	text_printf(out, " #%06" PRIx32, shape->colour);
	if (shape->type == SHAPE_TEXT)
		text_printf(out, " %s%s%s \"%s\"", anchors[shape->anchor], shape->bold ? " bold" : "",
			    shape->upright ? " upright" : "", scene_string(scene, shape));
	text_char(out, '\n');
}

void scene_dump(struct text *out, const struct scene *scene)
{
	text_str(out, "scene ");
	text_coordinate(out, scene->width);
	text_char(out, ' ');
	text_coordinate(out, scene->height);
	text_printf(out, "\ntitle %s\n", scene->title.at ? scene->title.at : "");
	for (size_t i = 0; i < scene->shapes.n; i++)
		dump_shape(out, scene, &scene->shapes.at[i]);
	out->short_of_memory |= scene->short_of_memory || scene->strings.short_of_memory;
}
