/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The legend. */
#include "viz/legend.h"

#include "viz/labels.h"

#include <inttypes.h>

#define LINE 16.0
#define COLUMNS 2
#define GUTTER 24.0
#define ENTRIES_MAX 120

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

static double draw_rest(struct scene *scene, size_t left, double x, double y)
{
	struct type type = {.size = 10, .colour = INK_SOFT};
	struct text out = {0};

	if (left == 0)
		return y;
	text_printf(&out, "and %zu more, all smaller or untouched", left);
	scene_text(scene, x + 46, y, &type, out.at ? out.at : "");
	text_free(&out);
	return y + LINE;
}

double legend_draw(struct scene *scene, const struct name_table *names, double x, double right, double y)
{
	struct type type = {.size = 12, .colour = INK, .bold = true};
	double width = (right - x - (COLUMNS - 1) * GUTTER) / COLUMNS;
	size_t numbered = 0, shown, lines, at = 0;

	for (size_t i = 0; i < names->list.n; i++)
		numbered += names->list.at[i].number > 0;
	shown = numbered < ENTRIES_MAX ? numbered : ENTRIES_MAX;
	lines = (shown + COLUMNS - 1) / COLUMNS;
	scene_text(scene, x, y + 12, &type, "What is shown, in order of address");
	y += 34;
	for (uint32_t i = 0; i < names->list.n; i++) {
		size_t place = names->list.at[i].number;

		if (place == 0 || place > shown)
			continue;
		at = place - 1;
		draw_entry(scene, names, i, x + (double)(at / lines) * (width + GUTTER),
			   x + (double)(at / lines) * (width + GUTTER) + width,
			   y + (double)(at % lines) * LINE);
	}
	return draw_rest(scene, numbered - shown, x, y + (double)lines * LINE);
}
