/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands above every picture: warnings, title, what was counted, and the key of the classes. */
#include "base/size.h"
#include "viz/font.h"
#include "viz/labels.h"
#include "viz/palette.h"
#include "viz/picture.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define KEY_LINE 18.0

const char *path_base(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

/* How long the path of one of its files is that a text begins with, or 0; *base is its last part. */
static size_t path_at(const struct picture *picture, const char *text, const char **base)
{
	const char *const paths[] = {picture->disk_path, picture->trace_path};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		size_t len = paths[i] != NULL ? strlen(paths[i]) : 0;

		*base = path_base(paths[i]);
		if (len > 0 && *base != paths[i] && strncmp(text, paths[i], len) == 0)
			return len;
	}
	return 0;
}

void picture_sentence(struct text *out, const struct picture *picture, const char *sentence)
{
	const char *base;

	for (size_t len; *sentence != '\0'; sentence += len) {
		len = path_at(picture, sentence, &base);
		if (len > 0)
			text_str(out, base);
		else
			text_char(out, sentence[len++]);
	}
}

static void add_source(struct text *out, const struct picture *picture)
{
	if (picture->title != NULL) {
		text_str(out, picture->title);
		return;
	}
	text_str(out, path_base(picture->trace_path));
	if (picture->device != NULL) {
		text_str(out, " (");
		text_str(out, picture->device);
		text_char(out, ')');
	}
	if (picture->disk_path == NULL)
		return;
	text_str(out, " on ");
	text_str(out, path_base(picture->disk_path));
}

static void add_summary(struct text *out, const struct picture *picture)
{
	const struct counters *totals = &picture->analysis->usage.totals;
	uint64_t sectors = map_disk(picture->map)->sectors;
	char size[32];

	text_printf(out, "%" PRIu64 " access%s", picture->analysis->accesses,
		    picture->analysis->accesses == 1 ? "" : "es");
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		if (totals->op[op].requests > 0)
			text_printf(out, ", %" PRIu64 " sector%s %s", totals->op[op].sectors,
				    totals->op[op].sectors == 1 ? "" : "s",
				    op == ACCESS_READ      ? "read"
				    : op == ACCESS_WRITE   ? "written"
				    : op == ACCESS_DISCARD ? "discarded"
							   : "zeroed");
	if (picture->analysis->past > 0)
		text_printf(out, "; %" PRIu64 " beyond the end not shown", picture->analysis->past);
	if (picture->analysis->outside > 0)
		text_printf(out, "; %" PRIu64 " more outside the marks not shown",
			    picture->analysis->outside);
	if (picture->disk_path != NULL)
		text_printf(out, "; disk of %" PRIu64 " sectors (%s)", sectors,
			    size_human(sectors << SECTOR_SHIFT, size, sizeof(size)));
}

static uint64_t class_requests(const struct picture *picture, unsigned class)
{
	const struct counter *counter = &picture->analysis->usage.totals.op[class / 2];

	return class % 2 ? counter->unaligned : counter->requests - counter->unaligned;
}

/* One entry of the key; begins a new line where the last one is full. */
static void draw_key_entry(struct scene *scene, int class, const char *words, bool any, double width,
			   double *x, double *y)
{
	struct type type = {.size = 11, .colour = any ? INK : INK_FAINT};
	double wide = font_width(words, type.size, false) + 18;

	if (*x > PICTURE_MARGIN && *x + wide > width - PICTURE_MARGIN) {
		*x = PICTURE_MARGIN;
		*y += KEY_LINE;
	}
	if (class < 0)
		scene_text(scene, *x, *y, &type, words);
	else if (class % 2)
		scene_triangle(scene, *x, *y - 10, 12, 11, class_colour((unsigned)class));
	else
		scene_rect(scene, *x, *y - 10, 12, 11, class_colour((unsigned)class));
	if (class >= 0)
		scene_text(scene, *x + 18, *y, &type, words);
	*x += wide + 22;
}

/* The key: reads and writes always, the rarer classes when there are any.  Returns its last line. */
static double draw_key(struct scene *scene, const struct picture *picture, double y, double width)
{
	static const unsigned order[HEAT_CLASSES] = {2, 3, 0, 1, 4, 5, 6, 7};
	struct text words = {0};
	double x = PICTURE_MARGIN;

	for (unsigned i = 0; i < HEAT_CLASSES; i++) {
		uint64_t requests = class_requests(picture, order[i]);

		if (requests == 0 && i >= 4)
			continue;
		text_clear(&words);
		text_printf(&words, "%s: %" PRIu64, class_name(order[i]), requests);
		draw_key_entry(scene, (int)order[i], words.at ? words.at : "", requests > 0, width, &x, &y);
	}
	if (picture->heat->flushes > 0) {
		text_clear(&words);
		text_printf(&words, "flushes: %" PRIu64, picture->heat->flushes);
		draw_key_entry(scene, -1, words.at ? words.at : "", true, width, &x, &y);
	}
	scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
	return y;
}

/* How many bytes of a text fit into a line: up to a blank, where there is one. */
static size_t line_bytes(const char *text, double size, double room)
{
	size_t fits = 0, n = 0;
	char part[512];

	while (text[n] != '\0' && n + 1 < sizeof(part)) {
		n++;
		if (text[n] != ' ' && text[n] != '\0')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)n, text);
		if (fits > 0 && font_width(part, size, true) > room)
			break;
		fits = n;
	}
	return fits > 0 ? fits : n;
}

/* Warnings, each in as many lines as it takes; returns how much room they took. */
static double draw_warnings(struct scene *scene, const struct picture *picture, double width)
{
	struct type type = {.size = 12, .colour = WARNING, .bold = true, .room = width - 2 * PICTURE_MARGIN};
	double y = PICTURE_MARGIN;

	for (size_t i = 0; i < picture->nwarnings; i++) {
		struct text text = {0};

		text_str(&text, "warning: ");
		picture_sentence(&text, picture, picture->warnings[i]);
		for (const char *at = text.at; at != NULL && *at != '\0'; y += 16) {
			size_t n = line_bytes(at, type.size, type.room);
			char part[512];

			snprintf(part, sizeof(part), "%.*s", (int)n, at);
			scene_text(scene, PICTURE_MARGIN, y + 4, &type, part);
			at += n + (at[n] == ' ');
		}
		scene->short_of_memory |= text.short_of_memory;
		text_free(&text);
	}
	return picture->nwarnings > 0 ? y - PICTURE_MARGIN : 0;
}

/* Its numbers are worth a smaller size, rather than an ellipsis. */
static void draw_summary(struct scene *scene, struct type type, double y)
{
	const char *words = scene->summary.at ? scene->summary.at : "";
	double wide = font_width(words, type.size, false);

	if (wide > type.room)
		type.size = fmax(8, floor(10 * type.size * type.room / wide) / 10);
	scene_text(scene, PICTURE_MARGIN, y, &type, words);
}

double picture_title(struct scene *scene, const struct picture *picture, const char *what, double width)
{
	struct type title = {.size = 18, .colour = INK, .bold = true, .room = width - 2 * PICTURE_MARGIN};
	struct type line = {.size = 11, .colour = INK_SOFT, .room = width - 2 * PICTURE_MARGIN};

	double top;

	scene_rect(scene, 0, 0, width, 1, PAPER);
	top = draw_warnings(scene, picture, width);
	add_source(&scene->title, picture);
	add_summary(&scene->summary, picture);
	scene_text(scene, PICTURE_MARGIN, top + 34, &title, scene->title.at ? scene->title.at : "");
	draw_summary(scene, line, top + 54);
	if (picture->analysis->accesses == 0)
		what = "No access was counted, so nothing is shown";
	scene_text(scene, PICTURE_MARGIN, top + 70, &line, what);
	return top + 94;
}

double picture_header(struct scene *scene, const struct picture *picture, const char *what, double width)
{
	return draw_key(scene, picture, picture_title(scene, picture, what, width), width) + 18;
}
