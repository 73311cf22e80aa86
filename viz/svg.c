/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SVG writer.  Text stays text, so that names can be searched, copied and read aloud; shapes of one
   colour that follow each other become one path. */
#include "viz/svg.h"

#include "base/escape.h"
#include "viz/font.h"
#include "viz/write.h"

#include <inttypes.h>
#include <string.h>

/* What has no meaning in XML but that of the text itself. */
static void xml_quote(struct text *out, const char *bytes)
{
	for (const char *at = bytes; *at != '\0'; at++) {
		switch (*at) {
		case '<':
			text_str(out, "&lt;");
			break;
		case '>':
			text_str(out, "&gt;");
			break;
		case '&':
			text_str(out, "&amp;");
			break;
		case '"':
			text_str(out, "&quot;");
			break;
		case '\'':
			text_str(out, "&#39;");
			break;
		default:
			text_char(out, *at);
		}
	}
}

void xml_escape(struct text *out, const char *bytes)
{
	struct text clean = {0};

	escape_terminal(&clean, bytes, strlen(bytes));
	xml_quote(out, clean.at ? clean.at : "");
	out->short_of_memory |= clean.short_of_memory;
	text_free(&clean);
}

static void add_pair(struct text *out, char letter, double x, double y)
{
	text_char(out, letter);
	text_coordinate(out, x);
	text_char(out, ' ');
	text_coordinate(out, y);
}

static void add_number(struct text *out, char letter, double value)
{
	text_char(out, letter);
	text_coordinate(out, value);
}

static void add_path(struct text *out, const struct shape *shape)
{
	switch (shape->type) {
	case SHAPE_RECT:
	case SHAPE_FRAME:
		add_pair(out, 'M', shape->x, shape->y);
		add_number(out, 'h', shape->w);
		add_number(out, 'v', shape->h);
		add_number(out, 'h', -shape->w);
		text_char(out, 'z');
		break;
	case SHAPE_TRIANGLE:
		add_pair(out, 'M', shape->x, shape->y + shape->h);
		add_number(out, 'h', shape->w);
		add_pair(out, 'l', -shape->w / 2, -shape->h);
		text_char(out, 'z');
		break;
	default:
		add_pair(out, 'M', shape->x, shape->y);
		add_pair(out, 'l', shape->w, shape->h);
	}
}

static bool is_stroke(const struct shape *shape)
{
	return shape->type == SHAPE_LINE || shape->type == SHAPE_FRAME;
}

static bool same_paint(const struct shape *a, const struct shape *b)
{
	return b->type != SHAPE_TEXT && a->colour == b->colour && is_stroke(a) == is_stroke(b) &&
	       a->width == b->width;
}

/* One path for shapes from `at` on; returns the first that it did not take. */
static size_t add_paths(struct text *out, const struct scene *scene, size_t at)
{
	const struct shape *first = &scene->shapes.at[at];

	text_str(out, "<path ");
	if (is_stroke(first)) {
		text_printf(out, "fill=\"none\" stroke=\"#%06" PRIx32 "\" stroke-width=\"", first->colour);
		text_coordinate(out, first->width);
		text_str(out, "\" d=\"");
	} else {
		text_printf(out, "fill=\"#%06" PRIx32 "\" d=\"", first->colour);
	}
	for (; at < scene->shapes.n && same_paint(first, &scene->shapes.at[at]); at++)
		add_path(out, &scene->shapes.at[at]);
	text_str(out, "\"/>\n");
	return at;
}

static void add_place(struct text *out, const struct shape *shape)
{
	if (shape->upright) {
		text_str(out, "transform=\"translate(");
		text_coordinate(out, shape->x);
		text_char(out, ' ');
		text_coordinate(out, shape->y);
		text_str(out, ") rotate(-90)\"");
		return;
	}
	text_str(out, "x=\"");
	text_coordinate(out, shape->x);
	text_str(out, "\" y=\"");
	text_coordinate(out, shape->y);
	text_char(out, '"');
}

static bool is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static void add_text(struct text *out, const struct scene *scene, const struct shape *shape)
{
	static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
	const char *words = scene_string(scene, shape);

	text_str(out, "<text ");
	add_place(out, shape);
	text_str(out, " font-size=\"");
	text_coordinate(out, shape->h);
	text_printf(out, "\" fill=\"#%06" PRIx32 "\"%s%s", shape->colour, anchors[shape->anchor],
		    shape->bold ? " font-weight=\"bold\"" : "");
	/* Scripts whose width was only guessed are set in the room that was kept for them. */
	if (!is_ascii(words)) {
		text_str(out, " lengthAdjust=\"spacingAndGlyphs\" textLength=\"");
		text_coordinate(out, shape->w);
		text_char(out, '"');
	}
	text_char(out, '>');
	xml_quote(out, words); /* the scene has escaped its texts */
	text_str(out, "</text>\n");
}

void svg_element(struct text *out, const struct scene *scene)
{
	double zoom = scene->zoom > 0 ? scene->zoom : 1;

	text_str(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" direction=\"ltr\" "
		      "font-family=\"" FONT_FAMILIES "\" width=\"");
	text_coordinate(out, scene->width * zoom);
	text_str(out, "\" height=\"");
	text_coordinate(out, scene->height * zoom);
	text_str(out, "\" viewBox=\"0 0 ");
	text_coordinate(out, scene->width);
	text_char(out, ' ');
	text_coordinate(out, scene->height);
	text_str(out, "\">\n<title>");
	xml_escape(out, scene->title.at ? scene->title.at : "");
	text_str(out, "</title>\n<desc>");
	xml_escape(out, scene->summary.at ? scene->summary.at : "");
	text_str(out, "</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
	for (size_t i = 0; i < scene->shapes.n;) {
		if (scene->shapes.at[i].type == SHAPE_TEXT)
			add_text(out, scene, &scene->shapes.at[i++]);
		else
			i = add_paths(out, scene, i);
	}
	text_str(out, "</svg>\n");
}

static void add_source(struct text *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	text_printf(out, "  %s: ", key);
	/* A comment must not hold two dashes in a row. */
	for (const char *at = value; *at != '\0'; at++) {
		char one[2] = {*at, '\0'};

		if (at[0] == '-' && at > value && at[-1] == '-')
			text_char(out, ' ');
		text_str(out, (unsigned char)one[0] < 0x20 || (unsigned char)one[0] >= 0x7f ? "?" : one);
	}
	text_char(out, '\n');
}

int write_svg(struct text *out, const struct scene *scene, const struct source *source, struct err *err)
{
	text_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--\n");
	add_source(out, "program", source->program);
	add_source(out, "trace", source->trace);
	add_source(out, "disk", source->disk);
	add_source(out, "options", source->options);
	text_str(out, "-->\n");
	svg_element(out, scene);
	return out->short_of_memory ? err_nomem(err) : 0;
}
