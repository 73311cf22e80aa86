/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long accesses took, by what they touched: a panel a structure, time to the right, latency upwards. */
#include "viz/palette.h"
#include "viz/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PANELS 7
#define PANEL 46.0
#define LABEL 190.0
#define CELL 3.0

static struct sheet_latency *latency_of(struct sheet *sheet, const struct space *device, enum kind kind)
{
	struct sheet_latency fresh = {.device = device, .kind = kind, .most_ns = -1};

	for (size_t i = 0; i < sheet->latencies.n; i++)
		if (sheet->latencies.at[i].device == device && sheet->latencies.at[i].kind == kind)
			return &sheet->latencies.at[i];
	return VEC_PUSH(&sheet->latencies, fresh) == 0 ? &sheet->latencies.at[sheet->latencies.n - 1] : NULL;
}

/* An access counts once for each structure that it touches, with all its latency, as in -z latency. */
static int count(struct sheet *sheet, uint32_t index, const struct space *device, enum kind kind)
{
	const struct access *access = &sheet->heat->kept.at[index].access;
	struct sheet_latency *latency;

	if (access->latency_ns == ACCESS_NO_LATENCY)
		return 0;
	latency = latency_of(sheet, device, kind);
	if (latency == NULL)
		return -1;
	if (latency->seen == index + 1)
		return 0;
	latency->seen = index + 1;
	latency->requests++;
	latency->sum_ns += access->latency_ns > 0 ? (uint64_t)access->latency_ns : 0;
	if (access->latency_ns > latency->most_ns) {
		latency->most_ns = access->latency_ns;
		latency->most_op = (enum access_op)access->op;
	}
	return 0;
}

static int compare_slowest(const void *left, const void *right)
{
	const struct sheet_latency *a = left, *b = right;

	if (a->most_ns != b->most_ns)
		return a->most_ns > b->most_ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->seen < b->seen ? -1 : a->seen > b->seen;
}

static int compare_ns(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* The slowest hundredth begins here; of few accesses none is slow. */
static int find_slow(struct sheet *sheet)
{
	int64_t *all = calloc(sheet->heat->kept.n + 1, sizeof(*all));
	size_t n = 0;

	sheet->slow_ns = INT64_MAX;
	if (all == NULL)
		return -1;
	for (size_t i = 0; i < sheet->heat->kept.n; i++)
		if (sheet->heat->kept.at[i].access.latency_ns != ACCESS_NO_LATENCY)
			all[n++] = sheet->heat->kept.at[i].access.latency_ns;
	if (n >= 100) {
		qsort(all, n, sizeof(*all), compare_ns);
		sheet->slow_ns = all[n - n / 100];
	}
	free(all);
	return 0;
}

int sheet_measure(struct sheet *sheet)
{
	int status = find_slow(sheet);

	for (size_t i = 0; i < sheet->pieces.n && status == 0; i++)
		status = count(sheet, sheet->pieces.at[i].access, sheet->pieces.at[i].device,
			       (enum kind)sheet->pieces.at[i].kind);
	for (size_t i = 0; i < sheet->heat->kept.n && status == 0; i++)
		if (sheet->heat->kept.at[i].access.op == ACCESS_FLUSH)
			status = count(sheet, (uint32_t)i, NULL, KIND_UNKNOWN);
	if (sheet->latencies.n > 0)
		qsort(sheet->latencies.at, sheet->latencies.n, sizeof(*sheet->latencies.at), compare_slowest);
	return status;
}

/* --- drawing --- */

struct panel {
	struct sheet *sheet;
	const struct sheet_latency *of;
	double x, y, width;
	double low, high; /* logarithms of nanoseconds */
	uint32_t *cells;  /* row * columns + column: accesses, twice plus one where one is unaligned */
	unsigned columns, rows;
	uint32_t last; /* index of the last access, plus 1 */
};

static double log_of(int64_t ns)
{
	return log10(ns > 1 ? (double)ns : 1);
}

static void add_mark(struct panel *panel, uint32_t index)
{
	const struct heat_kept *kept = &panel->sheet->heat->kept.at[index];
	double part = (log_of(kept->access.latency_ns) - panel->low) / (panel->high - panel->low);
	unsigned column = (unsigned)(panel->sheet->x[index] * (panel->columns - 1)),
		 row = (unsigned)((1 - part) * (panel->rows - 1));
	uint32_t *cell = &panel->cells[row * panel->columns + column];

	if (panel->last == index + 1 || kept->access.latency_ns == ACCESS_NO_LATENCY)
		return;
	panel->last = index + 1;
	*cell = (*cell + 2) | (*cell & 1) | kept->unaligned;
}

static void add_marks(struct panel *panel)
{
	const struct sheet *sheet = panel->sheet;

	for (size_t i = 0; panel->of->device == NULL && i < sheet->heat->kept.n; i++)
		if (sheet->heat->kept.at[i].access.op == ACCESS_FLUSH)
			add_mark(panel, (uint32_t)i);
	for (size_t i = 0; panel->of->device != NULL && i < sheet->pieces.n; i++)
		if (sheet->pieces.at[i].device == panel->of->device &&
		    sheet->pieces.at[i].kind == panel->of->kind)
			add_mark(panel, sheet->pieces.at[i].access);
}

static void draw_cells(const struct panel *panel, uint32_t colour)
{
	for (unsigned row = 0; row < panel->rows; row++)
		for (unsigned column = 0; column < panel->columns; column++) {
			uint32_t cell = panel->cells[row * panel->columns + column];

			if (cell > 0)
				scene_rect(panel->sheet->scene, panel->x + column * CELL,
					   panel->y + row * CELL, CELL, CELL, cell & 1 ? ALARM : colour);
		}
}

static void draw_label(const struct panel *panel, uint32_t colour)
{
	struct type type = {.size = 11.5, .colour = INK, .room = LABEL - 18};
	double left = panel->x - LABEL;
	struct text words = {0};

	scene_rect(panel->sheet->scene, left, panel->y + 4, 10, 12, colour);
	if (panel->of->device == NULL)
		text_str(&words, "flush");
	else
		sheet_region(panel->sheet, panel->of->device, panel->of->kind, &words);
	sheet_name(panel->sheet->scene, left + 16, panel->y + 14, &type, words.at ? words.at : "");
	text_clear(&words);
	sheet_count(&words, panel->of->requests);
	text_str(&words, ", slowest ");
	sheet_duration(&words, panel->of->most_ns);
	type.colour = INK_SOFT;
	type.size = 11;
	scene_text(panel->sheet->scene, left + 16, panel->y + 29, &type, words.at ? words.at : "");
	panel->sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static void draw_panel(struct panel *panel)
{
	uint32_t colour =
	    panel->of->device == NULL ? INK_SOFT : structure_colour(structure_of(panel->of->kind));

	panel->columns = (unsigned)(panel->width / CELL);
	panel->rows = (unsigned)((PANEL - 6) / CELL);
	panel->cells = calloc((size_t)panel->columns * panel->rows, sizeof(*panel->cells));
	if (panel->cells == NULL) {
		panel->sheet->scene->short_of_memory = true;
		return;
	}
	for (double power = ceil(panel->low); power <= panel->high; power++) {
		double y = panel->y + (panel->high - power) / (panel->high - panel->low) * (PANEL - 6 - CELL);

		scene_line(panel->sheet->scene, panel->x, y, panel->x + panel->width, y, 0.5, RULE);
	}
	add_marks(panel);
	draw_cells(panel, colour);
	draw_label(panel, colour);
	free(panel->cells);
}

static void draw_scale(struct sheet *sheet, double x, double y, double low, double high)
{
	struct type type = {.size = 11, .colour = INK_SOFT};
	struct text words = {0};

	text_str(&words, "each from ");
	sheet_duration(&words, (int64_t)(pow(10, low) + 0.5));
	text_str(&words, " (below) to ");
	sheet_duration(&words, (int64_t)(pow(10, high) + 0.5));
	text_str(&words, "; a rule a power of ten");
	if (sheet->latencies.n > PANELS)
		text_printf(&words, "; %zu more structures were quicker", sheet->latencies.n - PANELS);
	scene_text(sheet->scene, x, y, &type, words.at ? words.at : "");
	sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

double sheet_latencies(struct sheet *sheet, double x, double right, double y)
{
	double low = 20, high = 0;

	for (size_t i = 0; i < sheet->heat->kept.n; i++) {
		int64_t ns = sheet->heat->kept.at[i].access.latency_ns;

		if (ns == ACCESS_NO_LATENCY)
			continue;
		low = fmin(low, floor(log_of(ns)));
		high = fmax(high, ceil(log_of(ns)));
	}
	high = fmax(high, low + 1);
	sheet_heading(sheet, x, y, "What was slow", "latency of each access over time (log)");
	y += 12;
	for (size_t i = 0; i < sheet->latencies.n && i < PANELS; i++, y += PANEL) {
		struct panel panel = {.sheet = sheet,
				      .of = &sheet->latencies.at[i],
				      .x = x + LABEL,
				      .y = y,
				      .width = right - x - LABEL,
				      .low = low,
				      .high = high};

		draw_panel(&panel);
	}
	draw_scale(sheet, x, y + 10, low, high);
	return y + 22;
}
