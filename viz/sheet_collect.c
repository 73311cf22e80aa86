/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pieces of the accesses, and time without its idle stretches. */
#include "analyzer/access_walk.h"
#include "layout/region.h"
#include "viz/sheet.h"

#include <stdlib.h>

/* An idle stretch takes no more room than this part of the whole; of few accesses, than some of them would. */
#define FOLD_PART 60

struct moment {
	uint64_t when;
	size_t index;
};

/* A write to a journal whose transaction is known: there is something to draw. */
static bool is_written_log(const struct sheet *sheet, uint32_t access, const struct region *region)
{
	return region->kind == KIND_JOURNAL && region->has_log && region->log.has_tid &&
	       sheet->heat->kept.at[access].access.op == ACCESS_WRITE;
}

static int add_place(struct sheet *sheet, uint32_t access, const struct place *place)
{
	struct sheet_piece piece = {.access = access, .row = SHEET_ROWS, .sectors = place->count};
	struct region region;

	region_describe(sheet->picture->map, place, &region);
	piece.kind = (uint8_t)region.kind;
	piece.structure = (uint8_t)structure_of(region.kind);
	piece.device = region.device;
	piece.in_fs = region.fs_type != NULL;
	if (usage_is_of_inode(place))
		piece.file = (uint64_t)place->space->id << 32 | place->extent->owner;
	sheet->has_journal |= is_written_log(sheet, access, &region);
	return VEC_PUSH(&sheet->pieces, piece);
}

static int add_access(struct sheet *sheet, uint32_t index)
{
	const struct heat_kept *kept = &sheet->heat->kept.at[index];
	struct access_walk walk;
	struct place place;

	sheet->has_latency |= kept->access.latency_ns != ACCESS_NO_LATENCY;
	sheet->has_process |= kept->access.comm != 0 || kept->access.pid != ACCESS_NO_PID;
	if (kept->access.op == ACCESS_FLUSH)
		return 0;
	access_walk_init(&walk, sheet->picture->map, map_disk(sheet->picture->map), &kept->access,
			 sheet->heat->unit_sectors);
	while (access_walk_extent(&walk))
		while (access_walk_place(&walk, &place))
			if (add_place(sheet, index, &place) != 0)
				return -1;
	return 0;
}

static int compare_moments(const void *left, const void *right)
{
	const struct moment *a = left, *b = right;

	if (a->when != b->when)
		return a->when < b->when ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* How much room gaps take when none takes more than `most`. */
static double folded(const struct moment *moments, size_t n, double most)
{
	double sum = 0;

	for (size_t i = 1; i < n; i++) {
		double gap = (double)(moments[i].when - moments[i - 1].when);

		sum += gap < most ? gap : most;
	}
	return sum;
}

/* The longest gap that is not cut: a small part of what is left of all. */
static double longest(const struct moment *moments, size_t n)
{
	double part = n / 4.0 + 1 < FOLD_PART ? n / 4.0 + 1 : FOLD_PART;
	double most = n > 1 ? (double)(moments[n - 1].when - moments[0].when) : 0;

	while (most > 1 && most > folded(moments, n, most) / part)
		most *= 0.9;
	return most;
}

static int place_moments(struct sheet *sheet, const struct moment *moments, size_t n)
{
	double most = longest(moments, n), whole = folded(moments, n, most), at = 0;

	for (size_t i = 0; i < n; i++) {
		double gap = i > 0 ? (double)(moments[i].when - moments[i - 1].when) : 0;

		at += gap < most ? gap : most;
		sheet->x[moments[i].index] = whole > 0 ? at / whole : 0;
		if (gap > 4 * most && whole > 0 && VEC_PUSH(&sheet->folds, (at - most / 2) / whole) != 0)
			return -1;
	}
	return 0;
}

static int fold_time(struct sheet *sheet)
{
	size_t n = sheet->heat->kept.n;
	struct moment *moments = calloc(n + 1, sizeof(*moments));
	int status;

	sheet->x = calloc(n + 1, sizeof(*sheet->x));
	if (moments == NULL || sheet->x == NULL) {
		free(moments);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		moments[i] = (struct moment){sheet->heat->kept.at[i].when, i};
	qsort(moments, n, sizeof(*moments), compare_moments);
	status = place_moments(sheet, moments, n);
	free(moments);
	return status;
}

int sheet_collect(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->heat->kept.n; i++)
		if (add_access(sheet, (uint32_t)i) != 0)
			return -1;
	return fold_time(sheet);
}

void sheet_done(struct sheet *sheet)
{
	for (unsigned i = 0; i < sheet->nrows; i++)
		free(sheet->rows[i].label);
	VEC_FREE(&sheet->pieces);
	VEC_FREE(&sheet->latencies);
	VEC_FREE(&sheet->folds);
	free(sheet->x);
}
