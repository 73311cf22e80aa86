/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sheet's words, and the sentence above it. */
#include "base/size.h"
#include "viz/font.h"
#include "viz/palette.h"
#include "viz/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE 19.0

void sheet_duration(struct text *out, int64_t ns)
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	double value = (double)ns;
	unsigned unit = 0;

	for (; unit < 3 && value >= 999.5; unit++)
		value /= 1000;
	text_printf(out,
		    value >= 99.95 || unit == 0 ? "%.0f %s"
		    : value >= 9.995            ? "%.1f %s"
						: "%.2f %s",
		    value, units[unit]);
}

void sheet_bytes(struct text *out, uint64_t sectors)
{
	char size[32];

	text_str(out, size_human(sectors << SECTOR_SHIFT, size, sizeof(size)));
}

void sheet_count(struct text *out, uint64_t number)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			text_char(out, ',');
		text_char(out, digits[i]);
	}
}

const char *sheet_region(const struct sheet *sheet, const struct space *device, enum kind kind,
			 struct text *out)
{
	size_t fs = 0;

	for (size_t i = 0; i < sheet->picture->map->spaces.n; i++)
		fs += sheet->picture->map->spaces.at[i]->fs != NULL;
	if (fs > 1)
		text_printf(out, "%s: ", device->name);
	text_str(out, kind_name(kind));
	return out->at ? out->at : "";
}

static bool begins_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* The first and the last part of a text, together so many bytes or a few less. */
static void cut(struct text *out, const char *text, size_t len, size_t keep)
{
	size_t head = keep / 3, tail = len - (keep - keep / 3);

	while (head > 0 && !begins_character(text[head]))
		head--;
	while (tail < len && !begins_character(text[tail]))
		tail++;
	text_clear(out);
	text_printf(out, "%.*s...%s", (int)head, text, text + tail);
}

static double width_of(const char *text, const struct type *type)
{
	struct text shown = {0};
	double width = font_fit(&shown, text, type->size, type->bold, 0);

	text_free(&shown);
	return width;
}

void sheet_name(struct scene *scene, double x, double y, const struct type *type, const char *text)
{
	struct text fits = {0};
	size_t len = strlen(text), keep = len;

	text_str(&fits, text);
	while (keep > 4 && width_of(fits.at ? fits.at : "", type) > type->room)
		cut(&fits, text, len, --keep);
	scene_text(scene, x, y, type, fits.at ? fits.at : "");
	scene->short_of_memory |= fits.short_of_memory;
	text_free(&fits);
}

void sheet_heading(struct sheet *sheet, double x, double y, const char *title, const char *what)
{
	struct type type = {.size = 13, .colour = INK, .bold = true};

	x += scene_text(sheet->scene, x, y, &type, title) + 10;
	type = (struct type){.size = 11, .colour = INK_SOFT};
	scene_text(sheet->scene, x, y, &type, what);
}

/* --- the sentence --- */

/* "36 MiB written (data 33 MiB, journal 2 MiB)" */
static void add_bytes(struct text *out, const struct sheet *sheet, enum access_op op, const char *done)
{
	const struct usage *usage = &sheet->picture->analysis->usage;
	uint64_t sums[STRUCTURES] = {0};
	bool first = true;

	if (usage->totals.op[op].requests == 0)
		return;
	for (size_t i = 0; i < usage->regions.n; i++)
		sums[structure_of(usage->regions.at[i].kind)] += usage->regions.at[i].counters.op[op].sectors;
	text_str(out, "; ");
	sheet_bytes(out, usage->totals.op[op].sectors);
	text_printf(out, " %s", done);
	for (int s = 0; s < STRUCTURES; s++) {
		if (sums[s] == 0)
			continue;
		text_printf(out, "%s%s ", first ? " (" : ", ", structure_name((enum structure)s));
		sheet_bytes(out, sums[s]);
		first = false;
	}
	text_str(out, first ? "" : ")");
}

static const struct sheet_row *largest_file(const struct sheet *sheet)
{
	for (unsigned i = 0; i < sheet->nrows; i++)
		if (sheet->rows[i].file != 0)
			return &sheet->rows[i];
	return NULL;
}

static void add_largest(struct text *out, const struct sheet *sheet)
{
	const struct sheet_row *row = largest_file(sheet);

	if (row == NULL)
		return;
	text_printf(out, ". Most of a file: %s, ", row->label);
	sheet_bytes(out, row->counters.op[ACCESS_WRITE].sectors);
	text_str(out, " written, ");
	sheet_bytes(out, row->counters.op[ACCESS_READ].sectors);
	text_str(out, " read");
}

static void add_unaligned(struct text *out, const struct sheet *sheet)
{
	const struct counter *writes = &sheet->picture->analysis->usage.totals.op[ACCESS_WRITE];
	const struct sheet_row *worst = NULL;

	for (unsigned i = 0; i < sheet->nrows; i++)
		if (worst == NULL || sheet->rows[i].counters.op[ACCESS_WRITE].unaligned >
					 worst->counters.op[ACCESS_WRITE].unaligned)
			worst = &sheet->rows[i];
	if (writes->requests == 0)
		return;
	text_str(out, ". Unaligned: ");
	sheet_count(out, writes->unaligned);
	text_str(out, " of ");
	sheet_count(out, writes->requests);
	text_str(out, writes->requests == 1 ? " write" : " writes");
	if (worst == NULL || worst->counters.op[ACCESS_WRITE].unaligned == 0)
		return;
	text_str(out, ", ");
	sheet_count(out, worst->counters.op[ACCESS_WRITE].unaligned);
	text_printf(out, " of them in %s", worst->label);
}

static void add_slowest(struct text *out, const struct sheet *sheet)
{
	const struct sheet_latency *slowest = NULL;

	for (size_t i = 0; i < sheet->latencies.n && slowest == NULL; i++)
		if (sheet->latencies.at[i].device != NULL)
			slowest = &sheet->latencies.at[i];
	/* Of those that were not kept nobody knows. */
	if (slowest == NULL || !heat_is_exact(sheet->heat))
		return;
	text_str(out, ". Slowest: ");
	sheet_region(sheet, slowest->device, slowest->kind, out);
	text_printf(out, ", a %s of ", access_op_name(slowest->most_op));
	sheet_duration(out, slowest->most_ns);
}

/* Where a line of the sentence ends: at a blank, as late as there is room. */
static size_t line_end(const char *text, double room)
{
	size_t end = 0, n = 0;
	char part[1024];

	for (; text[n] != '\0' && n + 1 < sizeof(part); n++) {
		if (text[n] != ' ')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)n, text);
		if (end > 0 && font_width(part, 13.5, false) > room)
			return end;
		end = n;
	}
	snprintf(part, sizeof(part), "%.*s", (int)n, text);
	return end > 0 && font_width(part, 13.5, false) > room ? end : n;
}

double sheet_sentence(struct sheet *sheet, double y)
{
	struct type type = {.size = 13.5, .colour = INK, .room = SHEET_WIDTH - 2 * PICTURE_MARGIN};
	struct text words = {0};

	sheet_count(&words, sheet->picture->analysis->accesses);
	text_str(&words, sheet->picture->analysis->accesses == 1 ? " access" : " accesses");
	add_bytes(&words, sheet, ACCESS_WRITE, "written");
	add_bytes(&words, sheet, ACCESS_READ, "read");
	add_bytes(&words, sheet, ACCESS_DISCARD, "discarded");
	add_bytes(&words, sheet, ACCESS_ZERO, "zeroed");
	add_largest(&words, sheet);
	add_unaligned(&words, sheet);
	add_slowest(&words, sheet);
	text_char(&words, '.');
	for (const char *at = words.at ? words.at : ""; *at != '\0'; y += LINE) {
		size_t n = line_end(at, type.room);
		char part[1024];

		snprintf(part, sizeof(part), "%.*s", (int)n, at);
		scene_text(sheet->scene, PICTURE_MARGIN, y, &type, part);
		at += n + (at[n] == ' ');
	}
	sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
	return y;
}
