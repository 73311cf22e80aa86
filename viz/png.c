/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PNG writer: cairo paints (viz/paint.h), libpng writes, with chunks that say where the picture is from. */
#include "base/escape.h"
#include "viz/paint.h"
#include "viz/write.h"

#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

/* Pixels of the file for one of the scene; less where the picture would be larger than cairo draws. */
#define SCALE 1.5
#define PIXELS_MAX 30000.0

static cairo_surface_t *paint(const struct scene *scene, struct err *err)
{
	double most = scene->width > scene->height ? scene->width : scene->height;
	double wanted = scene->zoom > 0 ? scene->zoom : SCALE;
	double scale = most * wanted > PIXELS_MAX ? PIXELS_MAX / most : wanted;
	cairo_surface_t *surface =
	    cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(scene->width * scale - 1e-6),
				       (int)ceil(scene->height * scale - 1e-6));
	cairo_t *cairo = cairo_create(surface);

	paint_scene(cairo, scene, scale);
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
