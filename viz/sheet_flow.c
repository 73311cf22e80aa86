/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who read and wrote what, on which device: bars as wide as their bytes, and between them what goes from one to the
   next. Discards move no bytes and are told in words. */
#include "trace/trace.h"
#include "viz/font.h"
#include "viz/palette.h"
#include "viz/sheet.h"

#include <math.h>
#include <string.h>

#define WHO 7 /* the last stands for all others */
#define DEVICES 4
#define BAR 14.0
#define TOTAL 150.0

struct flow {
	struct sheet *sheet;
	uint32_t comm[WHO];
	unsigned nwho;
	const struct space *device[DEVICES]; /* the last one may stand for others */
	unsigned ndevices;
	uint64_t who_what[WHO][STRUCTURES], what_where[STRUCTURES][DEVICES];
	uint64_t who[WHO], what[STRUCTURES], where[DEVICES], all;
};

static bool moves(const struct heat_kept *kept)
{
	return kept->access.op == ACCESS_READ || kept->access.op == ACCESS_WRITE;
}

/* The commands with most bytes have a bar each. */
static int choose(struct flow *flow)
{
	const struct sheet *sheet = flow->sheet;
	VEC(uint64_t) sums = {0};

	for (size_t i = 0; i < sheet->pieces.n; i++) {
		const struct heat_kept *kept = &sheet->heat->kept.at[sheet->pieces.at[i].access];

		while (sums.n <= kept->access.comm)
			if (VEC_PUSH(&sums, 0) != 0) {
				VEC_FREE(&sums);
				return -1;
			}
		sums.at[kept->access.comm] += moves(kept) ? sheet->pieces.at[i].sectors : 0;
	}
	while (flow->nwho < WHO - 1) {
		size_t best = sums.n;

		for (size_t i = 0; i < sums.n; i++)
			if (sums.at[i] > 0 && (best == sums.n || sums.at[i] > sums.at[best]))
				best = i;
		if (best == sums.n)
			break;
		sums.at[best] = 0;
		flow->comm[flow->nwho++] = (uint32_t)best;
	}
	VEC_FREE(&sums);
	return 0;
}

static unsigned who_of(const struct flow *flow, uint32_t comm)
{
	for (unsigned i = 0; i < flow->nwho; i++)
		if (flow->comm[i] == comm)
			return i;
	return WHO - 1;
}

static unsigned where_of(struct flow *flow, const struct space *device)
{
	for (unsigned i = 0; i < flow->ndevices; i++)
		if (flow->device[i] == device)
			return i;
	if (flow->ndevices == DEVICES - 1)
		return DEVICES - 1;
	flow->device[flow->ndevices] = device;
	return flow->ndevices++;
}

static void fill(struct flow *flow)
{
	const struct sheet *sheet = flow->sheet;

	for (size_t i = 0; i < sheet->pieces.n; i++) {
		const struct sheet_piece *piece = &sheet->pieces.at[i];
		const struct heat_kept *kept = &sheet->heat->kept.at[piece->access];
		unsigned who, where;

		if (!moves(kept))
			continue;
		who = who_of(flow, kept->access.comm);
		where = where_of(flow, piece->device);
		flow->who_what[who][piece->structure] += piece->sectors;
		flow->what_where[piece->structure][where] += piece->sectors;
		flow->who[who] += piece->sectors;
		flow->what[piece->structure] += piece->sectors;
		flow->where[where] += piece->sectors;
		flow->all += piece->sectors;
	}
}

/* --- drawing --- */

struct column {
	double x, y[WHO + 1], out[WHO + 1], in[WHO + 1]; /* tops; where the next ribbon leaves and arrives */
};

static double size_of(const struct flow *flow, uint64_t sectors)
{
	return sectors == 0 ? 0 : fmax(2, TOTAL * (double)sectors / (double)flow->all);
}

/* Bars below each other; each has at least the height of its name. */
static double place(const struct flow *flow, struct column *column, const uint64_t *sums, unsigned n,
		    double y)
{
	for (unsigned i = 0; i < n; i++) {
		column->y[i] = column->out[i] = column->in[i] = y;
		if (sums[i] > 0)
			y += fmax(17, size_of(flow, sums[i]) + 4);
	}
	return y;
}

static void draw_bar(const struct flow *flow, const struct column *column, unsigned i, uint64_t sectors,
		     const char *name, uint32_t colour, enum anchor anchor)
{
	struct type type = {.size = 11.5, .colour = INK, .room = 250, .anchor = anchor};
	double h = size_of(flow, sectors), x = anchor == ANCHOR_END ? column->x - 8 : column->x + BAR + 8;
	struct text words = {0};

	if (sectors == 0)
		return;
	text_printf(&words, "%s  ", name);
	sheet_bytes(&words, sectors);
	scene_rect(flow->sheet->scene, column->x, column->y[i], BAR, h, colour);
	scene_text(flow->sheet->scene, x, column->y[i] + fmin(h / 2, 10) + 4, &type,
		   words.at ? words.at : "");
	flow->sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

/* From one bar to another, in strips that bend. */
static void draw_stream(const struct flow *flow, struct column *from, unsigned i, struct column *to,
			unsigned j, uint64_t sectors, uint32_t colour)
{
	double h = TOTAL * (double)sectors / (double)flow->all, x = from->x + BAR, wide = to->x - x;
	int strips = (int)(wide / 2);

	if (sectors == 0)
		return;
	for (int s = 0; s < strips; s++) {
		double t = (s + 0.5) / strips, bend = t * t * (3 - 2 * t);

		scene_rect(flow->sheet->scene, x + wide * s / strips,
			   from->out[i] + (to->in[j] - from->out[i]) * bend, wide / strips, fmax(h, 1),
			   colour_mix(colour, PAPER, 0.45));
	}
	from->out[i] += h;
	to->in[j] += h;
}

static void draw_who(struct flow *flow, struct column *who, struct column *what)
{
	const struct trace *trace = flow->sheet->picture->analysis->trace;

	for (unsigned i = 0; i < WHO; i++) {
		const char *name = i == WHO - 1         ? "others"
				   : flow->comm[i] == 0 ? "unknown process"
							: trace->comms.at[flow->comm[i]];

		draw_bar(flow, who, i, flow->who[i], i < flow->nwho || i == WHO - 1 ? name : "", INK_SOFT,
			 ANCHOR_END);
		for (unsigned s = 0; s < STRUCTURES; s++)
			draw_stream(flow, who, i, what, s, flow->who_what[i][s],
				    structure_colour((enum structure)s));
	}
}

static void draw_what(struct flow *flow, struct column *what, struct column *where)
{
	for (unsigned s = 0; s < STRUCTURES; s++)
		for (unsigned d = 0; d < DEVICES; d++)
			draw_stream(flow, what, s, where, d, flow->what_where[s][d],
				    structure_colour((enum structure)s));
	for (unsigned s = 0; s < STRUCTURES; s++)
		draw_bar(flow, what, s, flow->what[s], structure_name((enum structure)s),
			 structure_colour((enum structure)s), ANCHOR_START);
	for (unsigned d = 0; d < DEVICES; d++)
		draw_bar(flow, where, d, flow->where[d],
			 d < flow->ndevices ? flow->device[d]->name : "others", INK_SOFT, ANCHOR_START);
}

double sheet_flow(struct sheet *sheet, double y)
{
	struct flow flow = {.sheet = sheet};
	struct column who = {.x = 240}, what = {.x = sheet->has_process ? 620 : 240}, where = {.x = 1020};
	double end;

	if (sheet->has_process && choose(&flow) != 0)
		sheet->scene->short_of_memory = true;
	fill(&flow);
	if (flow.all == 0)
		return y;
	sheet_heading(sheet, PICTURE_MARGIN, y, sheet->has_process ? "Who, what, where" : "What, where",
		      "as wide as the bytes that were read and written");
	y += 14;
	end =
	    fmax(place(&flow, &what, flow.what, STRUCTURES, y), place(&flow, &where, flow.where, DEVICES, y));
	if (sheet->has_process) {
		end = fmax(end, place(&flow, &who, flow.who, WHO, y));
		draw_who(&flow, &who, &what);
	}
	draw_what(&flow, &what, &where);
	return end + 18;
}
