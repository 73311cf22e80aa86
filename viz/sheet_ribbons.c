/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A row a file or structure, time to the right: writes up and reads down, the higher the more bytes. */
#include "viz/palette.h"
#include "viz/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEFT 250.0
#define PLOT 702.0
#define BIN 3.0
#define PLOT_BINS 234 /* PLOT / BIN, and one for the last access */
#define ROW 30.0
#define HALF 13.0

struct ribbon_bin {
	uint64_t sectors[ACCESS_OPS], unaligned[ACCESS_OPS];
	bool slow;
};

struct ribbons {
	struct sheet *sheet;
	struct ribbon_bin *bins; /* row * PLOT_BINS + bin */
	uint64_t most;
};

static void fill(struct ribbons *ribbons)
{
	const struct sheet *sheet = ribbons->sheet;

	for (size_t i = 0; i < sheet->pieces.n; i++) {
		const struct sheet_piece *piece = &sheet->pieces.at[i];
		const struct heat_kept *kept = &sheet->heat->kept.at[piece->access];
		unsigned row = piece->row == SHEET_ROWS ? sheet->nrows : piece->row, op = kept->access.op;
		struct ribbon_bin *bin =
		    &ribbons->bins[row * PLOT_BINS + (unsigned)(sheet->x[piece->access] * (PLOT_BINS - 1))];

		bin->sectors[op] += piece->sectors;
		bin->unaligned[op] += kept->unaligned ? piece->sectors : 0;
		bin->slow |= kept->access.latency_ns >= sheet->slow_ns;
		if (op <= ACCESS_WRITE && bin->sectors[op] > ribbons->most)
			ribbons->most = bin->sectors[op];
	}
}

static double height_of(const struct ribbons *ribbons, uint64_t sectors)
{
	double height = HALF * log2(1 + (double)sectors) / log2(1 + (double)ribbons->most);

	return sectors == 0 ? 0 : fmax(2, height);
}

static void draw_half(const struct ribbons *ribbons, const struct ribbon_bin *bin, enum access_op op,
		      double x, double middle, uint32_t colour)
{
	double all = height_of(ribbons, bin->sectors[op]), off = height_of(ribbons, bin->unaligned[op]);
	bool up = op == ACCESS_WRITE;

	if (all > 0)
		scene_rect(ribbons->sheet->scene, x, up ? middle - all : middle, BIN - 0.5, all, colour);
	if (off > 0)
		scene_rect(ribbons->sheet->scene, x, up ? middle - off : middle, BIN - 0.5, off, ALARM);
}

static void draw_bin(const struct ribbons *ribbons, const struct ribbon_bin *bin, double x, double middle,
		     uint32_t colour)
{
	struct scene *scene = ribbons->sheet->scene;
	double up = height_of(ribbons, bin->sectors[ACCESS_WRITE]),
	       down = height_of(ribbons, bin->sectors[ACCESS_READ]);

	/* Discards and zeroes are pale strokes behind: they move nothing. */
	if (bin->sectors[ACCESS_DISCARD] > 0 || bin->sectors[ACCESS_ZERO] > 0)
		for (double at = -HALF + 3; at <= HALF; at += 5)
			scene_line(scene, x - 0.5, middle + at, x + BIN, middle + at - 3, 1,
				   structure_colour(STRUCTURE_FREE));
	draw_half(ribbons, bin, ACCESS_WRITE, x, middle, colour);
	draw_half(ribbons, bin, ACCESS_READ, x, middle, colour);
	if (bin->slow)
		scene_frame(scene, x - 1, middle - up - 1, BIN + 1.5, fmax(up + down, 2) + 2, 1.2, INK);
}

static void add_op(struct text *out, const struct counters *counters, enum access_op op)
{
	static const char *const words[][2] = {
	    {"read", "reads"}, {"write", "writes"}, {"discard", "discards"}, {"zero", "zeroes"}};
	const struct counter *counter = &counters->op[op];

	if (counter->sectors == 0)
		return;
	text_str(out, out->n > 0 ? "; " : "");
	if (counter->requests > 0) {
		sheet_count(out, counter->requests);
		text_char(out, ' ');
	}
	text_printf(out, "%s ", words[op][counter->requests != 1]);
	sheet_bytes(out, counter->sectors);
}

/* Two lines: what moved bytes, and what did not; in either, behind it, what is wrong. */
static void draw_numbers(struct sheet *sheet, const struct counters *counters, double y)
{
	struct type type = {.size = 11, .colour = INK};
	double x = LEFT + PLOT + 14;
	bool two = counters->op[ACCESS_DISCARD].sectors > 0 || counters->op[ACCESS_ZERO].sectors > 0;
	struct text words = {0};
	uint64_t unaligned = 0;

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		unaligned += counters->op[op].unaligned;
	if (two) {
		add_op(&words, counters, ACCESS_DISCARD);
		add_op(&words, counters, ACCESS_ZERO);
		scene_text(sheet->scene, x, y + 7, &type, words.at ? words.at : "");
		text_clear(&words);
		y -= 6;
	}
	add_op(&words, counters, ACCESS_WRITE);
	add_op(&words, counters, ACCESS_READ);
	if (words.n > 0)
		x += scene_text(sheet->scene, x, y, &type, words.at) + 8;
	if (unaligned > 0) {
		text_clear(&words);
		sheet_count(&words, unaligned);
		text_str(&words, " unaligned");
		type.colour = ALARM;
		type.bold = true;
		scene_text(sheet->scene, x, y, &type, words.at ? words.at : "");
	}
	sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static void draw_row(const struct ribbons *ribbons, unsigned row, double y)
{
	struct sheet *sheet = ribbons->sheet;
	const struct sheet_row *shown = row < sheet->nrows ? &sheet->rows[row] : NULL;
	struct type type = {.size = 11.5, .colour = INK, .room = LEFT - PICTURE_MARGIN - 24};
	double middle = y + ROW / 2;
	uint32_t colour = shown != NULL ? structure_colour(shown->structure) : INK_SOFT;

	if (shown != NULL)
		scene_rect(sheet->scene, PICTURE_MARGIN, middle - 6, 10, 12, colour);
	sheet_name(sheet->scene, PICTURE_MARGIN + 16, middle + 4, &type,
		   shown != NULL ? shown->label : "everything else");
	scene_line(sheet->scene, LEFT, middle, LEFT + PLOT, middle, 0.6, RULE);
	for (unsigned bin = 0; bin < PLOT_BINS; bin++)
		draw_bin(ribbons, &ribbons->bins[row * PLOT_BINS + bin], LEFT + bin * BIN, middle, colour);
	draw_numbers(sheet, shown != NULL ? &shown->counters : &sheet->rest, middle + 4);
}

/* Where idle time is left out, and how long the whole is. */
static void draw_time(struct sheet *sheet, double top, double bottom)
{
	struct type type = {.size = 11, .colour = INK_SOFT};
	struct text words = {0};

	for (size_t i = 0; i < sheet->folds.n; i++)
		scene_line(sheet->scene, LEFT + sheet->folds.at[i] * (PLOT_BINS - 1) * BIN, top,
			   LEFT + sheet->folds.at[i] * (PLOT_BINS - 1) * BIN, bottom, 0.8, RULE);
	if (sheet->heat->has_time) {
		sheet_duration(&words, (int64_t)sheet->heat->last);
		text_str(&words, " from the first access to the last");
		if (sheet->folds.n > 0)
			text_printf(&words, "; idle time is folded at the %zu upright line%s", sheet->folds.n,
				    sheet->folds.n == 1 ? "" : "s");
	} else {
		text_str(&words, "the sequence of accesses: the trace has no times");
	}
	scene_text(sheet->scene, LEFT, bottom + 14, &type, words.at ? words.at : "");
	sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static bool has_rest(const struct sheet *sheet)
{
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		if (sheet->rest.op[op].sectors > 0)
			return true;
	return false;
}

double sheet_ribbons(struct sheet *sheet, double y)
{
	struct ribbons ribbons = {.sheet = sheet, .most = 1};
	double top;

	ribbons.bins = calloc((SHEET_ROWS + 1) * PLOT_BINS, sizeof(*ribbons.bins));
	if (ribbons.bins == NULL) {
		sheet->scene->short_of_memory = true;
		return y;
	}
	fill(&ribbons);
	sheet_heading(sheet, PICTURE_MARGIN, y, "Where the bytes went",
		      "writes up, reads down, the higher the more (log); red: unaligned; framed: the slowest "
		      "hundredth; hatched: discards");
	top = y + 8;
	y = top;
	for (unsigned row = 0; row < sheet->nrows + has_rest(sheet); row++, y += ROW)
		draw_row(&ribbons, row, y);
	draw_time(sheet, top, y);
	free(ribbons.bins);
	return y + 22;
}
