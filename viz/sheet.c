/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sheet's panels, one below the other; those without data give their room away and say so in a line. */
#include "viz/sheet.h"

#include "viz/palette.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define GAP 14.0

/* What is not there, and why. */
static double draw_missing(struct sheet *sheet, double y)
{
	struct type type = {.size = 11, .colour = INK_SOFT, .room = SHEET_WIDTH - 2 * PICTURE_MARGIN};
	struct text words = {0};
	const struct {
		bool there;
		const char *words;
	} needs[] = {
	    {sheet->heat->has_time, "times: the trace has none"},
	    {sheet->has_latency, "latencies: the trace has none"},
	    {sheet->has_process, "processes: the trace has none"},
	    {sheet->has_journal, "the journal: no transaction was written that is known"},
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (!needs[i].there)
			text_printf(&words, "%s%s", words.n ? "; " : "Not shown: ", needs[i].words);
	if (words.n > 0)
		scene_text(sheet->scene, PICTURE_MARGIN, y, &type, words.at);
	y += words.n > 0 ? 20 : 0;
	sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
	return y;
}

/* Two panels beside each other, or the one that there is. */
static double draw_middle(struct sheet *sheet, double y)
{
	double left = PICTURE_MARGIN, right = SHEET_WIDTH - PICTURE_MARGIN, middle = SHEET_WIDTH / 2;
	double end = y;

	if (sheet->has_journal)
		end = sheet_journal(sheet, left, sheet->has_latency ? middle - GAP : right, y);
	if (sheet->has_latency)
		end = fmax(end, sheet_latencies(sheet, sheet->has_journal ? middle + GAP : left, right, y));
	return end + (end > y ? GAP : 0);
}

static void draw(struct sheet *sheet)
{
	double y;
	char what[200];

	snprintf(what, sizeof(what),
		 "Numbers equal those of analyze; colours stand for structures, red for what is unaligned");
	if (!heat_is_exact(sheet->heat))
		snprintf(what, sizeof(what),
			 "The sentence and the numbers beside the rows are of all accesses, all else is of "
			 "the first %zu; "
			 "red is unaligned",
			 sheet->heat->kept.n);
	y = picture_title(sheet->scene, sheet->picture, what, SHEET_WIDTH) + 4;

	if (sheet->heat->accesses > 0) {
		y = sheet_sentence(sheet, y) + 8;
		y = sheet_ribbons(sheet, y) + GAP;
		y = draw_middle(sheet, y);
		y = sheet_flow(sheet, y);
		y = draw_missing(sheet, y);
	}
	sheet->scene->width = SHEET_WIDTH;
	sheet->scene->height = y + PICTURE_MARGIN;
}

int scene_of_sheet(struct scene *scene, const struct picture *picture, struct err *err)
{
	struct sheet sheet = {.picture = picture, .heat = picture->heat, .scene = scene};
	int status = sheet_collect(&sheet);

	if (status == 0)
		status = sheet_measure(&sheet);
	if (status == 0)
		status = sheet_choose(&sheet);
	if (status == 0)
		draw(&sheet);
	sheet_done(&sheet);
	return status == 0 ? 0 : err_nomem(err);
}
