/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The legend. */
#include "viz/legend.h"

#include "viz/font.h"
#include "viz/labels.h"

#include <inttypes.h>
#include <math.h>

#define LINE 16.0
#define GUTTER 24.0

static void draw_entry(struct scene *scene, const struct name_table *names, uint32_t index, double x,
		       double right, double y)
{
	const struct name *name = &names->list.at[index];
	struct type type = {.size = 9.5, .colour = INK_SOFT, .anchor = ANCHOR_END};
	struct text words = {0};
	double width = 0;

	text_printf(&words, "%u", name->number);
	scene_text(scene, x + 22, y, &type, words.at ? words.at : "");
	scene_rect(scene, x + 28, y - 9, 12, 11, family_band(kind_family(name->kind)));
	text_clear(&words);
	counts_text(&words, &name->counters);
	if (words.n > 0)
		width = scene_text(scene, right, y, &type, words.at) + 10;
	type =
	    (struct type){.size = 10.5, .colour = words.n ? INK : INK_SOFT, .room = right - x - 46 - width};
	scene_text(scene, x + 46, y, &type, name_text(names, index));
	scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

/* What was left out has no more than what was shown (names_number). */
static double draw_rest(struct scene *scene, size_t left, double x, double y)
{
	struct type type = {.size = 10, .colour = INK_SOFT};
	struct text out = {0};

	if (left == 0)
		return y;
	text_printf(&out, "and %zu more without a number, with fewer accesses or none", left);
	scene_text(scene, x + 46, y, &type, out.at ? out.at : "");
	scene->short_of_memory |= out.short_of_memory;
	text_free(&out);
	return y + LINE;
}

/* The width of the widest entry that is not cut. */
static double widest(const struct name_table *names)
{
	struct text words = {0};
	double most = 0;

	for (uint32_t i = 0; i < names->list.n; i++) {
		if (names->list.at[i].number == 0)
			continue;
		text_clear(&words);
		counts_text(&words, &names->list.at[i].counters);
		most = fmax(most, 46 + font_width(name_text(names, i), 10.5, false) +
				      (words.n ? 10 + font_width(words.at, 9.5, false) : 0));
	}
	text_free(&words);
	return most;
}

double legend_draw(struct scene *scene, const struct name_table *names, double x, double right, double y)
{
	struct type type = {.size = 12, .colour = INK, .bold = true};
	unsigned columns = widest(names) > (right - x - GUTTER) / 2 ? 1 : 2;
	double width = (right - x - (columns - 1) * GUTTER) / columns;
	size_t shown = 0, left = 0, lines;

	for (size_t i = 0; i < names->list.n; i++) {
		shown += names->list.at[i].number > 0;
		left += names->list.at[i].number == 0 && names->list.at[i].sectors > 0;
	}
	if (shown == 0)
		return y;
	lines = (shown + columns - 1) / columns;
	scene_text(scene, x, y + 12, &type, "What is shown, in order of address");
	y += 34;
	for (uint32_t i = 0; i < names->list.n; i++) {
		size_t at = names->list.at[i].number;
		double from;

		if (at-- == 0)
			continue;
		from = x + (double)(at / lines) * (width + GUTTER);
		draw_entry(scene, names, i, from, from + width, y + (double)(at % lines) * LINE);
	}
	return draw_rest(scene, left, x, y + (double)lines * LINE);
}
