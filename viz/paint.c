/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Painting a scene with cairo and pango, whatever the surface. */
#include "viz/paint.h"

#include "viz/font.h"

#include <math.h>
#include <pango/pangocairo.h>

static void set_colour(cairo_t *cairo, uint32_t colour)
{
	cairo_set_source_rgb(cairo, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
			     (colour & 0xff) / 255.0);
}

/* Its left end at the anchor, no wider than what the scene counted on. */
static void paint_text(cairo_t *cairo, PangoLayout *layout, const struct scene *scene,
		       const struct shape *shape)
{
	PangoFontDescription *font = pango_font_description_from_string(FONT_FAMILY);
	double shift = shape->anchor == ANCHOR_START ? 0 : shape->anchor == ANCHOR_MIDDLE ? 0.5 : 1, squeeze;
	int width;

	pango_font_description_set_absolute_size(font, shape->h * PANGO_SCALE);
	pango_font_description_set_weight(font, shape->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_text(layout, scene_string(scene, shape), -1);
	pango_layout_get_size(layout, &width, NULL);
	squeeze = width > shape->w * PANGO_SCALE && width > 0 ? shape->w * PANGO_SCALE / width : 1;
	cairo_save(cairo);
	cairo_translate(cairo, shape->x, shape->y);
	if (shape->upright)
		cairo_rotate(cairo, -M_PI / 2);
	cairo_scale(cairo, squeeze, 1);
	cairo_move_to(cairo, -shift * width / PANGO_SCALE,
		      -pango_layout_get_baseline(layout) / (double)PANGO_SCALE);
	pango_cairo_show_layout(cairo, layout);
	cairo_restore(cairo);
	pango_font_description_free(font);
}

static void paint_shape(cairo_t *cairo, PangoLayout *layout, const struct scene *scene,
			const struct shape *shape)
{
	switch (shape->type) {
	case SHAPE_RECT:
		cairo_rectangle(cairo, shape->x, shape->y, shape->w, shape->h);
		cairo_fill(cairo);
		break;
	case SHAPE_FRAME:
		cairo_set_line_width(cairo, shape->width);
		cairo_rectangle(cairo, shape->x, shape->y, shape->w, shape->h);
		cairo_stroke(cairo);
		break;
	case SHAPE_TRIANGLE:
		cairo_move_to(cairo, shape->x, shape->y + shape->h);
		cairo_rel_line_to(cairo, shape->w, 0);
		cairo_rel_line_to(cairo, -shape->w / 2, -shape->h);
		cairo_close_path(cairo);
		cairo_fill(cairo);
		break;
	case SHAPE_LINE:
		cairo_set_line_width(cairo, shape->width);
		cairo_move_to(cairo, shape->x, shape->y);
		cairo_rel_line_to(cairo, shape->w, shape->h);
		cairo_stroke(cairo);
		break;
	default:
		paint_text(cairo, layout, scene, shape);
	}
}

/* Glyphs that do not depend on the screen or on the user's settings. */
static PangoLayout *make_layout(cairo_t *cairo)
{
	PangoLayout *layout = pango_cairo_create_layout(cairo);
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
	pango_cairo_context_set_resolution(pango_layout_get_context(layout), 96);
	/* Paths read from left to right, whatever the script of their names. */
	pango_context_set_base_dir(pango_layout_get_context(layout), PANGO_DIRECTION_LTR);
	pango_layout_set_auto_dir(layout, FALSE);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	pango_layout_context_changed(layout);
	cairo_font_options_destroy(options);
	return layout;
}

void paint_scene(cairo_t *cairo, const struct scene *scene, double scale)
{
	PangoLayout *layout = make_layout(cairo);

	cairo_scale(cairo, scale, scale);
	set_colour(cairo, 0xffffff);
	cairo_paint(cairo);
	for (size_t i = 0; i < scene->shapes.n; i++) {
		/* A source is a pattern that cairo makes anew. */
		if (i == 0 || scene->shapes.at[i].colour != scene->shapes.at[i - 1].colour)
			set_colour(cairo, scene->shapes.at[i].colour);
		paint_shape(cairo, layout, scene, &scene->shapes.at[i]);
	}
	g_object_unref(layout);
}
