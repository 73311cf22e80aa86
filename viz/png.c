/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PNG writer: cairo and pango paint, libpng writes, with chunks that say where the picture is from. */
#include "base/escape.h"
#include "viz/font.h"
#include "viz/write.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

/* Pixels of the file for one of the scene; less where the picture would be larger than cairo draws. */
#define SCALE 1.5
#define PIXELS_MAX 30000.0

/* --- painting --- */

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

static cairo_surface_t *paint(const struct scene *scene, struct err *err)
{
	double most = scene->width > scene->height ? scene->width : scene->height;
	double scale = most * SCALE > PIXELS_MAX ? PIXELS_MAX / most : SCALE;
	cairo_surface_t *surface = cairo_image_surface_create(
	    CAIRO_FORMAT_RGB24, (int)ceil(scene->width * scale), (int)ceil(scene->height * scale));
	cairo_t *cairo = cairo_create(surface);
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
	if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS) {
		err_set(err, "cannot draw: %s", cairo_status_to_string(cairo_status(cairo)));
		cairo_destroy(cairo);
		cairo_surface_destroy(surface);
		return NULL;
	}
	cairo_destroy(cairo);
	cairo_surface_flush(surface);
	return surface;
}

/* --- the file --- */

static void put_bytes(png_structp png, png_bytep bytes, png_size_t len)
{
	text_add(png_get_io_ptr(png), (const char *)bytes, len);
}

static void put_nothing(png_structp png)
{
	(void)png;
}

/* libpng reports through a jump; the text is kept on the way. */
static void keep_error(png_structp png, png_const_charp text)
{
	err_set(png_get_error_ptr(png), "cannot write PNG: %s", text);
	longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

struct chunks {
	png_text list[8];
	struct text values[8];
	int n;
};

/* Plain ASCII goes into tEXt, anything else into iTXt, which is UTF-8. */
static void add_chunk(struct chunks *chunks, char *key, const char *value)
{
	struct text *clean = &chunks->values[chunks->n];
	png_text *chunk = &chunks->list[chunks->n];
	bool ascii = true;

	if (value == NULL || *value == '\0')
		return;
	escape_terminal(clean, value, strlen(value));
	if (clean->at == NULL)
		return;
	for (const char *at = clean->at; *at != '\0'; at++)
		ascii = ascii && (unsigned char)*at < 0x80;
	chunk->key = key;
	chunk->text = clean->at;
	chunk->compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
	if (ascii)
		chunk->text_length = clean->n;
	else
		chunk->itxt_length = clean->n;
	chunks->n++;
}

static void add_chunks(struct chunks *chunks, const struct scene *scene, const struct source *source)
{
	add_chunk(chunks, "Title", scene->title.at);
	add_chunk(chunks, "Description", scene->summary.at);
	add_chunk(chunks, "Software", source->program);
	add_chunk(chunks, "Trace", source->trace);
	add_chunk(chunks, "Disk", source->disk);
	add_chunk(chunks, "Options", source->options);
}

/* A row of cairo's native-endian 0x00RRGGBB as R, G, B. */
static void pack_row(uint8_t *to, const uint32_t *from, int width)
{
	for (int x = 0; x < width; x++) {
		*to++ = (uint8_t)(from[x] >> 16);
		*to++ = (uint8_t)(from[x] >> 8);
		*to++ = (uint8_t)from[x];
	}
}

static void put_image(png_structp png, png_infop info, cairo_surface_t *surface, uint8_t *row)
{
	int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);
	const uint8_t *data = cairo_image_surface_get_data(surface);

	png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = 0; y < height; y++) {
		const uint8_t *line = data + (size_t)y * (size_t)cairo_image_surface_get_stride(surface);

		pack_row(row, (const uint32_t *)(const void *)line, width);
		png_write_row(png, row);
	}
	png_write_end(png, info);
}

static int encode(struct text *out, cairo_surface_t *surface, struct chunks *chunks, struct err *err)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, err, keep_error, ignore_warning);
	png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
	uint8_t *row = malloc((size_t)cairo_image_surface_get_width(surface) * 3);
	volatile int status = -1;

	if (info == NULL || row == NULL) {
		err_nomem(err);
	} else if (setjmp(png_jmpbuf(png)) == 0) {
		png_set_write_fn(png, out, put_bytes, put_nothing);
		png_set_compression_level(png, 1);
		png_set_filter(png, PNG_FILTER_TYPE_BASE,
			       PNG_FILTER_NONE); /* flat colours: quicker and smaller */
		png_set_text(png, info, chunks->list, chunks->n);
		put_image(png, info, surface, row);
		status = 0;
	}
	free(row);
	png_destroy_write_struct(&png, &info);
	return status;
}

int write_png(struct text *out, const struct scene *scene, const struct source *source, struct err *err)
{
	struct chunks chunks = {0};
	cairo_surface_t *surface = paint(scene, err);
	int status;

	if (surface == NULL)
		return -1;
	add_chunks(&chunks, scene, source);
	status = encode(out, surface, &chunks, err);
	for (int i = 0; i < chunks.n; i++)
		text_free(&chunks.values[i]);
	cairo_surface_destroy(surface);
	return status == 0 && out->short_of_memory ? err_nomem(err) : status;
}
