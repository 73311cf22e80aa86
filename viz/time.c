/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time view: when each place was accessed.  Columns are stretches of time (or of the sequence, where a
   trace has no times), bands are what was touched; in a slot of both, writes are left and reads right. */
#include "viz/bands.h"
#include "viz/labels.h"
#include "viz/legend.h"
#include "viz/palette.h"

#include <inttypes.h>
#include <math.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define LEFT 116.0
#define WIDTH 860.0
#define TICKS 8         /* at most one more */
#define COLUMNS_MAX 143 /* or as many as there are time bins */
#define COLUMN_MIN 6.0
#define SLOT 6.0
#define BAND_GAP 3.0
#define LABELS_WIDTH 330.0
#define BAND_SLOTS_MIN 3
#define BAND_SLOTS_MAX 24
#define SLOTS_MAX 288 /* of all bands together */

struct chart {
	struct scene *scene;
	const struct picture *picture;
	struct bands bands;
	unsigned columns, slots; /* slots of all bands together */
	double top, bottom, column;
	uint64_t *sums; /* (slot * columns + column) * HEAT_CLASSES + class: sectors */
	uint64_t most;
};

/* The more the larger it is; where only tiles are known, one a tile. */
static unsigned slots_for(const struct band *band, const struct heat *heat, size_t most)
{
	uint64_t span = band->end - band->start;
	double more =
	    heat_is_exact(heat) ? log2(1 + (double)span / 8) * 2 : (double)(span >> heat->place_shift) + 1;

	if (heat_is_exact(heat) && most > BAND_SLOTS_MAX)
		most = BAND_SLOTS_MAX;
	return more > (double)most ? (unsigned)most : more < BAND_SLOTS_MIN ? BAND_SLOTS_MIN : (unsigned)more;
}

/* Gives each band its slots, fewer where there are many bands. */
static void share_slots(struct bands *bands, const struct heat *heat)
{
	size_t fair = bands->list.n ? SLOTS_MAX / bands->list.n : 1;

	for (size_t i = 0; i < bands->list.n; i++)
		bands->list.at[i].slots = slots_for(&bands->list.at[i], heat, fair);
}

static void place_bands(struct chart *chart)
{
	double y = chart->top;

	share_slots(&chart->bands, chart->picture->heat);
	for (size_t i = 0; i < chart->bands.list.n; i++) {
		struct band *band = &chart->bands.list.at[i];

		band->y = y;
		band->height = band->slots * SLOT;
		chart->slots += band->slots;
		y += band->height + BAND_GAP;
	}
	chart->bottom = y;
}

/* --- filling --- */

/* Shares `sectors` out over the slots of a band that [start, end) covers. */
static void add_to_band(struct chart *chart, const struct band *band, unsigned first_slot, uint64_t start,
			uint64_t end, unsigned column, unsigned class, uint64_t sectors)
{
	double span = (double)(band->end - band->start);
	unsigned slots = band->slots, from, to;

	start = start > band->start ? start - band->start : 0;
	end = (end < band->end ? end : band->end) - band->start;
	from = (unsigned)((double)start / span * slots);
	to = (unsigned)ceil((double)end / span * slots);
	to = to > slots ? slots : to <= from ? from + 1 : to;
	for (unsigned slot = from; slot < to && slot < slots; slot++) {
		uint64_t *sum =
		    &chart->sums[((size_t)(first_slot + slot) * chart->columns + column) * HEAT_CLASSES +
				 class];

		*sum += sectors / (to - from) + 1;
		chart->most = *sum > chart->most ? *sum : chart->most;
	}
}

static void add(struct chart *chart, uint64_t start, uint64_t end, uint64_t when, unsigned class,
		uint64_t sectors)
{
	const struct heat *heat = chart->picture->heat;
	unsigned column = heat_is_exact(heat)
			      ? (unsigned)((double)when / ((double)heat->last + 1) * chart->columns)
			      : (unsigned)((when + heat->time_skew) >> heat->time_shift);
	unsigned slot = 0;

	column = column < chart->columns ? column : chart->columns - 1;
	for (size_t i = 0; i < chart->bands.list.n; i++) {
		const struct band *band = &chart->bands.list.at[i];

		if (band->start < end && band->end > start)
			add_to_band(chart, band, slot, start, end, column, class, sectors);
		slot += band->slots;
	}
}

static int fill(struct chart *chart)
{
	const struct heat *heat = chart->picture->heat;

	chart->sums = calloc((size_t)chart->slots * chart->columns * HEAT_CLASSES + 1, sizeof(*chart->sums));
	if (chart->sums == NULL)
		return -1;
	for (size_t i = 0; heat_is_exact(heat) && i < heat->kept.n; i++) {
		const struct heat_kept *kept = &heat->kept.at[i];

		if (kept->access.op != ACCESS_FLUSH)
			add(chart, kept->access.start, kept->access.start + kept->access.count, kept->when,
			    heat_class((enum access_op)kept->access.op, kept->unaligned), kept->access.count);
	}
	for (size_t i = 0; !heat_is_exact(heat) && i < heat->tiles.n; i++) {
		const struct heat_cell *tile = &heat->tiles.at[i];
		uint64_t start = heat_tile_start(heat, tile);

		add(chart, start, start + ((uint64_t)1 << heat->place_shift), heat_tile_when(heat, tile),
		    heat_tile_class(tile), tile->sectors);
	}
	return 0;
}

/* --- drawing --- */

static bool has_op(const uint64_t *sums, enum access_op op)
{
	return sums[heat_class(op, false)] > 0 || sums[heat_class(op, true)] > 0;
}

static void draw_half(const struct chart *chart, const uint64_t *sums, unsigned op, double x, double y,
		      double w, uint32_t ground)
{
	unsigned aligned = heat_class((enum access_op)op, false),
		 unaligned = heat_class((enum access_op)op, true);
	bool both = sums[aligned] > 0 && sums[unaligned] > 0;
	double h = both ? SLOT / 2 : SLOT - 0.6;

	for (unsigned class = aligned; class <= unaligned; class ++) {
		double part = 0.45 + 0.55 * log2(1 + (double)sums[class]) / log2(1 + (double)chart->most);
		uint32_t colour = colour_mix(class_colour(class), ground, part);

		if (sums[class] == 0)
			continue;
		if (class == aligned)
			scene_rect(chart->scene, x, y, w, h, colour);
		else
			scene_triangle(chart->scene, x, both ? y + h : y, w, h, colour);
	}
}

/* The ops of a slot share its width, so none hides another. */
static void draw_slot(const struct chart *chart, unsigned slot, double y, uint32_t ground)
{
	static const enum access_op order[] = {ACCESS_WRITE, ACCESS_DISCARD, ACCESS_ZERO, ACCESS_READ};
	double wide = chart->column > 15 ? 15 : chart->column;

	for (unsigned column = 0; column < chart->columns; column++) {
		const uint64_t *sums = &chart->sums[((size_t)slot * chart->columns + column) * HEAT_CLASSES];
		double x = LEFT + column * chart->column + (chart->column - wide) / 2, part;
		unsigned ops = 0;

		for (unsigned i = 0; i < 4; i++)
			ops += has_op(sums, order[i]);
		part = ops > 0 ? wide / ops : wide;
		for (unsigned i = 0; i < 4; i++) {
			if (!has_op(sums, order[i]))
				continue;
			draw_half(chart, sums, order[i], x + 0.4, y, part - 0.8, ground);
			x += part;
		}
	}
}

/* Whether another band shows more of the same place: the counts are those of all. */
static bool has_more_bands(const struct chart *chart, const struct band *band)
{
	for (size_t i = 0; i < chart->bands.list.n; i++)
		if (&chart->bands.list.at[i] != band && chart->bands.list.at[i].name == band->name)
			return true;
	return false;
}

static void draw_label(const struct chart *chart, const struct band *band)
{
	const struct name *name = &chart->bands.names.list.at[band->name];
	bool loud = kind_family(name->kind) == FAMILY_JOURNAL;
	struct type type = {.size = loud ? 13 : 10.5, .colour = INK, .bold = loud, .room = LABELS_WIDTH};
	double x = LEFT + WIDTH + 26, y = band->y + band->height / 2 + 4;
	struct text words = {0};

	text_str(&words, name_text(&chart->bands.names, band->name));
	if (band->others > 0)
		text_printf(&words, " and %u more", band->others);
	x += scene_text(chart->scene, x, y, &type, words.at ? words.at : "") + 7;
	if (band->others == 0)
		counts_draw(chart->scene, x, y, LEFT + WIDTH + 26 + LABELS_WIDTH - x,
			    has_more_bands(chart, band) ? "in all " : "", &name->counters);
	chart->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static void draw_band(const struct chart *chart, const struct band *band, unsigned slot)
{
	struct type type = {.size = 9, .colour = INK_SOFT, .anchor = ANCHOR_END, .room = LEFT - 32};
	enum family family = name_family(&chart->bands.names, band->name);

	scene_rect(chart->scene, LEFT, band->y, WIDTH, band->height, family_tint(family));
	scene_rect(chart->scene, LEFT + WIDTH + 4, band->y, 14, band->height, family_band(family));
	scene_number(chart->scene, LEFT - 28, band->y + 9, &type, band->start);
	for (unsigned i = 0; i < band->slots; i++)
		draw_slot(chart, slot + i, band->y + i * SLOT, family_tint(family));
	draw_label(chart, band);
}

/* A bar for each run of bands in one device, with its name; a band of several has none. */
static void draw_devices(const struct chart *chart)
{
	const struct bands *bands = &chart->bands;

	for (size_t i = 0, j; i < bands->list.n; i = j) {
		const struct space *device = bands->names.list.at[bands->list.at[i].name].device;
		struct type type = {
		    .size = 9.5, .colour = 0x3d4a5c, .anchor = ANCHOR_MIDDLE, .bold = true, .upright = true};
		double y = bands->list.at[i].y, end;

		if (bands->list.at[i].mixed) {
			j = i + 1;
			continue;
		}
		for (j = i + 1; j < bands->list.n; j++)
			if (bands->list.at[j].mixed ||
			    bands->names.list.at[bands->list.at[j].name].device != device)
				break;
		end = bands->list.at[j - 1].y + bands->list.at[j - 1].height;
		scene_rect(chart->scene, LEFT - 22, y, 15, end - y, 0xdfe5ec);
		scene_frame(chart->scene, LEFT - 22, y, 15, end - y, 0.8, 0x3d4a5c);
		type.room = end - y - 4;
		if (type.room > 24)
			scene_text(chart->scene, LEFT - 11, (y + end) / 2, &type, device->name);
		if (i > 0)
			scene_line(chart->scene, LEFT, y - BAND_GAP / 2, LEFT + WIDTH, y - BAND_GAP / 2, 1.6,
				   0x2b3645);
	}
}

/* Where the middle of an access's column is. */
static double axis_x(const struct chart *chart, uint64_t when)
{
	const struct heat *heat = chart->picture->heat;
	double units =
	    heat_is_exact(heat) ? (double)heat->last + 1 : ldexp(chart->columns, (int)heat->time_shift);
	double skew = heat_is_exact(heat) ? 0 : (double)heat->time_skew;

	return LEFT + WIDTH * ((double)when + skew + 0.5) / units;
}

/* 1, 2 or 5 times a power of ten, not below n. */
static uint64_t round_step(uint64_t n)
{
	uint64_t ten = 1;

	while (ten < n / 10)
		ten *= 10;
	for (;; ten *= 10)
		for (unsigned times = 1; times <= 5; times += times == 2 ? 3 : 1)
			if (ten * times >= n)
				return ten * times;
}

/* Nanoseconds in the largest unit of which the axis has one, with no more decimals than are needed. */
static void time_words(uint64_t ns, uint64_t last, char *words, size_t len)
{
	static const char *const units[] = {"ns", "\302\265s", "ms", "s"};
	unsigned unit = last == 0 ? 3 : 0;
	uint64_t one = last == 0 ? 1000000000 : 1;
	int used;

	for (; unit < 3 && last / one >= 1000; unit++)
		one *= 1000;
	used = snprintf(words, len, "%" PRIu64, ns / one);
	if (ns % one != 0 && used > 0)
		used += snprintf(words + used, len - (size_t)used, ".");
	for (uint64_t rest = ns % one; rest != 0 && used > 0; rest = rest * 10 % one)
		used += snprintf(words + used, len - (size_t)used, "%" PRIu64, rest * 10 / one);
	snprintf(words + used, len - (size_t)used, " %s", units[unit]);
}

static void draw_tick(const struct chart *chart, uint64_t when, const char *words)
{
	struct type type = {.size = 9.5, .colour = INK_SOFT, .anchor = ANCHOR_MIDDLE};
	double x = axis_x(chart, when);

	scene_line(chart->scene, x, chart->bottom, x, chart->bottom + 5, 0.8, INK_SOFT);
	scene_text(chart->scene, x, chart->bottom + 17, &type, words);
}

/* Round times; or the first access, and those with round numbers. */
static void draw_axis(const struct chart *chart)
{
	const struct heat *heat = chart->picture->heat;
	uint64_t step = round_step(heat->last / TICKS + 1);
	char words[64];

	if (!heat->has_time)
		draw_tick(chart, 0, "access 1");
	for (uint64_t at = heat->has_time ? 0 : step; at <= heat->last + !heat->has_time; at += step) {
		if (!heat->has_time && at == 1)
			continue;
		if (heat->has_time)
			time_words(at, heat->last, words, sizeof(words));
		else
			snprintf(words, sizeof(words), "%" PRIu64, at);
		draw_tick(chart, at - !heat->has_time, words);
	}
}

static void draw(struct chart *chart)
{
	unsigned slot = 0;

	for (size_t i = 0; i < chart->bands.list.n; i++) {
		draw_band(chart, &chart->bands.list.at[i], slot);
		slot += chart->bands.list.at[i].slots;
	}
	draw_devices(chart);
	if (chart->bands.list.n > 0)
		draw_axis(chart);
}

int scene_of_time(struct scene *scene, const struct picture *picture, struct err *err)
{
	struct chart chart = {.scene = scene, .picture = picture};
	double width = LEFT + WIDTH + 26 + LABELS_WIDTH + PICTURE_MARGIN;
	uint64_t last = picture->heat->last;
	int status = bands_of(&chart.bands, picture, err);

	chart.columns = !heat_is_exact(picture->heat)                    ? heat_time_bins(picture->heat)
			: last == 0                                      ? 1
			: picture->heat->has_time || last >= COLUMNS_MAX ? COLUMNS_MAX
									 : (unsigned)last + 1;
	chart.column = WIDTH / chart.columns;
	if (status == 0) {
		chart.top =
		    picture_header(
			scene, picture,
			picture->heat->has_time
			    ? "Time runs to the right; a band is a place that was accessed, in order of "
			      "address; writes left, reads right in each column"
			    : "The sequence of accesses runs to the right (the trace has no times); a band "
			      "is a place that was accessed, in order of address",
			width) +
		    6;
		place_bands(&chart);
		status = fill(&chart) == 0 ? 0 : err_nomem(err);
	}
	if (status == 0) {
		draw(&chart);
		scene->width = width;
		scene->height = legend_draw(scene, &chart.bands.names, PICTURE_MARGIN, width - PICTURE_MARGIN,
					    chart.bottom + 40) +
				PICTURE_MARGIN;
	}
	free(chart.sums);
	bands_done(&chart.bands);
	return status;
}
