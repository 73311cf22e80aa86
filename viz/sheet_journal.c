/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The anatomy of the journal: a column a transaction. Its blocks from the descriptor up to the commit, copies in the
   colour of what they are copies of; above, whether the commit was flushed and how long that took; below, how many of
   the copies were written home afterwards. */
#include "analyzer/access_walk.h"
#include "layout/region.h"
#include "viz/palette.h"
#include "viz/sheet.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 40
#define HEIGHT 150.0
#define BELOW 60.0

struct transaction {
	const struct space *space;
	uint32_t tid;
	uint64_t blocks, copies[STRUCTURES], others, commits, home[STRUCTURES];
	uint64_t flushes;
	int64_t flush_ns; /* of those beside the commit block */
};

struct home {
	uint64_t sector;
	uint32_t transaction, access;
	uint8_t structure;
	bool done;
};

struct anatomy {
	struct sheet *sheet;
	VEC(struct transaction) list;
	VEC(struct home) homes;
	uint64_t unknown; /* journal blocks whose transaction is not known any more */
	bool short_of_memory;
};

static struct transaction *find(struct anatomy *anatomy, const struct region *region)
{
	struct transaction fresh = {.space = region->space, .tid = region->log.tid};

	for (size_t i = anatomy->list.n; i-- > 0;)
		if (anatomy->list.at[i].tid == fresh.tid && anatomy->list.at[i].space == fresh.space)
			return &anatomy->list.at[i];
	if (VEC_PUSH(&anatomy->list, fresh) == 0)
		return &anatomy->list.at[anatomy->list.n - 1];
	anatomy->short_of_memory = true;
	return NULL;
}

static void add_copy(struct anatomy *anatomy, struct transaction *transaction, const struct region *region,
		     uint32_t access)
{
	struct home home = {.transaction = (uint32_t)(transaction - anatomy->list.at), .access = access};
	struct region at;

	if (!region_log_home(region, &at)) {
		transaction->copies[STRUCTURE_OTHER]++;
		return;
	}
	transaction->copies[structure_of(at.kind)]++;
	home.sector = at.start;
	home.structure = (uint8_t)structure_of(at.kind);
	if (at.on_disk && VEC_PUSH(&anatomy->homes, home) != 0)
		anatomy->short_of_memory = true;
}

/* A commit that has to be on the disk is a flush, the block and often another flush, one right behind the other. */
static void add_flushes(const struct anatomy *anatomy, struct transaction *transaction, uint32_t commit)
{
	const struct heat *heat = anatomy->sheet->heat;

	for (uint32_t i = commit > 0 ? commit - 1 : 0; i <= commit + 1 && i < heat->kept.n; i++) {
		const struct access *access = &heat->kept.at[i].access;

		if (access->op != ACCESS_FLUSH &&
		    (i != commit || (access->flags & (ACCESS_FUA | ACCESS_PREFLUSH)) == 0))
			continue;
		transaction->flushes++;
		transaction->flush_ns += access->latency_ns != ACCESS_NO_LATENCY ? access->latency_ns : 0;
	}
}

static void add_block(struct anatomy *anatomy, const struct region *region, uint32_t index)
{
	struct transaction *transaction;

	if (!region->has_log || !region->log.has_tid) {
		anatomy->unknown++;
		return;
	}
	transaction = find(anatomy, region);
	if (transaction == NULL)
		return;
	transaction->blocks++;
	if (region->log.type == LOG_DATA) {
		add_copy(anatomy, transaction, region, index);
	} else if (region->log.type == LOG_COMMIT) {
		transaction->commits++;
		add_flushes(anatomy, transaction, index);
	} else {
		transaction->others++;
	}
}

/* As -z tx counts: what was written to the journal, block by block. */
static void add_access(struct anatomy *anatomy, uint32_t index)
{
	const struct heat_kept *kept = &anatomy->sheet->heat->kept.at[index];
	uint64_t end = kept->access.start + kept->access.count;
	struct place place;
	struct region region;

	for (uint64_t at = kept->access.start, step; at < end; at += step) {
		map_find(anatomy->sheet->picture->map, at, &place);
		step = place.count < end - at ? place.count : end - at;
		if (place.kind != KIND_JOURNAL || place.space->fs == NULL)
			continue;
		step = fs_block_sectors(place.space->fs) < step ? fs_block_sectors(place.space->fs) : step;
		place.count = step;
		access_date_place(&kept->access, &place);
		region_describe(anatomy->sheet->picture->map, &place, &region);
		if (step > 0)
			add_block(anatomy, &region, index);
		step = step > 0 ? step : end - at;
	}
}

static int compare_homes(const void *left, const void *right)
{
	const struct home *a = left, *b = right;

	if (a->sector != b->sector)
		return a->sector < b->sector ? -1 : 1;
	return a->access < b->access ? -1 : a->access > b->access;
}

/* A write to where a copy belongs, behind the copy: it was written home. */
static void write_home(struct anatomy *anatomy, uint32_t index)
{
	const struct access *access = &anatomy->sheet->heat->kept.at[index].access;
	size_t low = 0, high = anatomy->homes.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (anatomy->homes.at[middle].sector < access->start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < anatomy->homes.n && anatomy->homes.at[low].sector < access->start + access->count;
	     low++) {
		struct home *home = &anatomy->homes.at[low];

		if (home->done || home->access >= index)
			continue;
		home->done = true;
		anatomy->list.at[home->transaction].home[home->structure]++;
	}
}

static void collect(struct anatomy *anatomy)
{
	const struct heat *heat = anatomy->sheet->heat;

	for (size_t i = 0; i < anatomy->sheet->pieces.n; i++) {
		const struct sheet_piece *piece = &anatomy->sheet->pieces.at[i];
		bool again = i > 0 && piece[-1].access == piece->access && piece[-1].kind == KIND_JOURNAL;

		if (piece->kind == KIND_JOURNAL && !again &&
		    heat->kept.at[piece->access].access.op == ACCESS_WRITE)
			add_access(anatomy, piece->access);
	}
	if (anatomy->homes.n > 0)
		qsort(anatomy->homes.at, anatomy->homes.n, sizeof(*anatomy->homes.at), compare_homes);
	for (size_t i = 0; i < heat->kept.n; i++)
		if (heat->kept.at[i].access.op == ACCESS_WRITE)
			write_home(anatomy, (uint32_t)i);
}

/* --- drawing --- */

static double part(struct scene *scene, double x, double y, double w, double h, uint32_t colour)
{
	if (h <= 0)
		return y;
	h = fmax(h, 2);
	scene_rect(scene, x, y - h, w, h, colour);
	return y - h;
}

static void draw_column(const struct anatomy *anatomy, const struct transaction *of, double x, double w,
			double y, double unit)
{
	struct scene *scene = anatomy->sheet->scene;
	struct type type = {.size = 11, .colour = INK_SOFT, .anchor = ANCHOR_START, .upright = true};
	struct text words = {0};
	double below = y + 2;
	double top = part(scene, x, y, w, (double)of->others * unit, INK_FAINT);

	for (int s = 0; s < STRUCTURES; s++)
		top =
		    part(scene, x, top, w, (double)of->copies[s] * unit, structure_colour((enum structure)s));
	top = part(scene, x, top, w, (double)of->commits * unit, INK);
	if (of->flushes > 0)
		scene_triangle(scene, x + w / 2 - 4, top - 10, 8, 7, INK);
	if (of->flush_ns > 0) {
		sheet_duration(&words, of->flush_ns);
		scene_text(scene, x + w / 2 + 4, top - 14, &type, words.at ? words.at : "");
	}
	for (int s = 0; s < STRUCTURES; s++) {
		double h = of->home[s] > 0 ? fmax(2, (double)of->home[s] * unit / 3) : 0;

		if (h > 0)
			scene_rect(scene, x, below, w, h, structure_colour((enum structure)s));
		below += h;
	}
	scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static void draw_words(const struct anatomy *anatomy, double x, double y, double room)
{
	struct type type = {.size = 11, .colour = INK_SOFT, .room = room};
	uint64_t blocks = 0, copies = 0, home = 0;
	struct text words = {0};

	for (size_t i = 0; i < anatomy->list.n; i++) {
		blocks += anatomy->list.at[i].blocks;
		for (int s = 0; s < STRUCTURES; s++) {
			copies += anatomy->list.at[i].copies[s];
			home += anatomy->list.at[i].home[s];
		}
	}
	sheet_count(&words, anatomy->list.n);
	text_str(&words, anatomy->list.n == 1 ? " transaction, " : " transactions, ");
	sheet_count(&words, blocks);
	text_str(&words, " blocks, ");
	sheet_count(&words, copies);
	text_str(&words, " copies; written home afterwards: ");
	sheet_count(&words, home);
	if (anatomy->list.n > COLUMNS)
		text_printf(&words, "; the %d with most blocks are shown", COLUMNS);
	if (anatomy->unknown > 0)
		text_printf(&words, "; %" PRIu64 " block%s of none that is known", anatomy->unknown,
			    anatomy->unknown == 1 ? "" : "s");
	scene_text(anatomy->sheet->scene, x, y, &type, words.at ? words.at : "");
	anatomy->sheet->scene->short_of_memory |= words.short_of_memory;
	text_free(&words);
}

static int compare_blocks(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a > b ? -1 : a < b;
}

/* So many blocks has the smallest transaction that is shown. */
static uint64_t least_blocks(const struct anatomy *anatomy)
{
	uint64_t *blocks = calloc(anatomy->list.n + 1, sizeof(*blocks)), least;

	if (blocks == NULL)
		return 0;
	for (size_t i = 0; i < anatomy->list.n; i++)
		blocks[i] = anatomy->list.at[i].blocks;
	qsort(blocks, anatomy->list.n, sizeof(*blocks), compare_blocks);
	least = anatomy->list.n > COLUMNS ? blocks[COLUMNS - 1] : 0;
	free(blocks);
	return least;
}

static void draw_columns(const struct anatomy *anatomy, double x, double right, double y)
{
	size_t n = anatomy->list.n < COLUMNS ? anatomy->list.n : COLUMNS, shown = 0;
	uint64_t least = least_blocks(anatomy), most = 1;
	double step = fmin(40, (right - x) / (double)(n ? n : 1));
	struct type type = {.size = 11, .colour = INK_SOFT, .anchor = ANCHOR_END, .upright = true};
	double free_from = 0;

	for (size_t i = 0; i < anatomy->list.n; i++)
		most = anatomy->list.at[i].blocks > most ? anatomy->list.at[i].blocks : most;
	scene_line(anatomy->sheet->scene, x, y, x + step * (double)n, y, 0.8, INK_SOFT);
	for (size_t i = 0; i < anatomy->list.n && shown < COLUMNS; i++) {
		const struct transaction *of = &anatomy->list.at[i];
		double at = x + step * (double)shown;
		char number[16];

		if (of->blocks < least)
			continue;
		draw_column(anatomy, of, at + 1, step - 2, y, (HEIGHT - 75) / (double)most);
		shown++;
		if (at < free_from)
			continue;
		snprintf(number, sizeof(number), "%" PRIu32, of->tid);
		scene_text(anatomy->sheet->scene, at + step / 2 + 4, y + BELOW - 14, &type, number);
		free_from = at + 13;
	}
}

double sheet_journal(struct sheet *sheet, double x, double right, double y)
{
	struct anatomy anatomy = {.sheet = sheet};

	collect(&anatomy);
	sheet_heading(sheet, x, y, "What the journal costs", "a column a transaction, by its number");
	draw_words(&anatomy, x, y + 17, right - x);
	draw_columns(&anatomy, x, right, y + 24 + HEIGHT);
	{
		struct type type = {.size = 11, .colour = INK_SOFT, .room = right - x};

		y += 24 + HEIGHT + BELOW + 12;
		scene_text(sheet->scene, x, y, &type,
			   "grey: descriptors and revokes; colours: copies of what; black: commit, with a "
			   "triangle where flushes lie");
		scene_text(sheet->scene, x, y + 15, &type,
			   "beside it, and how long these took; below the line, a third as high: copies that "
			   "were written home later");
	}
	sheet->scene->short_of_memory |= anatomy.short_of_memory;
	VEC_FREE(&anatomy.list);
	VEC_FREE(&anatomy.homes);
	return y + 28;
}
