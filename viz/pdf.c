/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PDF writer: one page of the scene's size, text as text; with a fixed date, so that the same input gives the same
   bytes. */
#include "base/escape.h"
#include "viz/paint.h"
#include "viz/write.h"

#include <cairo-pdf.h>

/* A pixel of 1/96 inch in points of 1/72. */
#define POINTS 0.75
#define DATE "2000-01-01T00:00:00Z"

static cairo_status_t put_bytes(void *out, const unsigned char *bytes, unsigned len)
{
	struct text *text = out;

	text_add(text, (const char *)bytes, len);
	return text->short_of_memory ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

/* Any bytes, shown as UTF-8. */
static void set_words(cairo_surface_t *surface, cairo_pdf_metadata_t key, const struct text *words)
{
	struct text clean = {0};

	escape_terminal(&clean, words->at ? words->at : "", words->n);
	cairo_pdf_surface_set_metadata(surface, key, clean.at ? clean.at : "");
	text_free(&clean);
}

/* Where it comes from, as the chunks of a PNG say it. */
static void describe(cairo_surface_t *surface, const struct scene *scene, const struct source *source)
{
	struct text subject = {0};

	text_printf(
	    &subject, "trace: %s, disk: %s, options: %s", source->trace != NULL ? source->trace : "none",
	    source->disk != NULL ? source->disk : "none", source->options != NULL ? source->options : "none");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, DATE);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, source->program);
	set_words(surface, CAIRO_PDF_METADATA_TITLE, &scene->title);
	set_words(surface, CAIRO_PDF_METADATA_SUBJECT, &subject);
	text_free(&subject);
}

int write_pdf(struct text *out, const struct scene *scene, const struct source *source, struct err *err)
{
	double scale = POINTS * (scene->zoom > 0 ? scene->zoom : 1);
	cairo_surface_t *surface =
	    cairo_pdf_surface_create_for_stream(put_bytes, out, scene->width * scale, scene->height * scale);
	cairo_t *cairo = cairo_create(surface);
	cairo_status_t status;

	describe(surface, scene, source);
	paint_scene(cairo, scene, scale);
	status = cairo_status(cairo);
	cairo_destroy(cairo);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (out->short_of_memory)
		return err_nomem(err);
	return status == CAIRO_STATUS_SUCCESS
		   ? 0
		   : err_set(err, "cannot draw: %s", cairo_status_to_string(status));
}
