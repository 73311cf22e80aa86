/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which files and structures have a row: those with most bytes, and the file with most unaligned accesses. */
#include "base/keys.h"
#include "layout/fs.h"
#include "viz/sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t sum_of(const struct counters *counters, bool unaligned)
{
	uint64_t sum = 0;

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		sum += unaligned ? counters->op[op].unaligned : counters->op[op].sectors;
	return sum;
}

/* Where a row belongs, the most first; takes the place of the last one when all are taken. */
static void insert(struct sheet *sheet, const struct sheet_row *row)
{
	unsigned at = sheet->nrows;

	if (sum_of(&row->counters, false) == 0)
		return;
	while (at > 0 && sum_of(&row->counters, false) > sum_of(&sheet->rows[at - 1].counters, false))
		at--;
	if (at == SHEET_ROWS)
		return;
	sheet->nrows += sheet->nrows < SHEET_ROWS;
	memmove(&sheet->rows[at + 1], &sheet->rows[at], (sheet->nrows - 1 - at) * sizeof(*row));
	sheet->rows[at] = *row;
}

/* What belongs to files has their rows; the journal and directories are each one thing. */
static bool is_row(enum kind kind)
{
	return !kind_has(kind, KIND_HAS_OWNER) || kind == KIND_JOURNAL || kind == KIND_DIRECTORY;
}

static void add_regions(struct sheet *sheet)
{
	const struct usage *usage = &sheet->picture->analysis->usage;

	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		struct sheet_row row = {.structure = structure_of(region->kind),
					.counters = region->counters,
					.device = region->device,
					.kind = region->kind,
					.in_fs = region->fs != NULL};

		if (is_row(region->kind))
			insert(sheet, &row);
	}
}

/* Directories are one row, whichever of them it is: their numbers, plus 1. */
static int find_directories(const struct sheet *sheet, struct keys *keys)
{
	for (size_t i = 0; i < sheet->pieces.n; i++) {
		const struct sheet_piece *piece = &sheet->pieces.at[i];
		size_t *slot;

		if (piece->file == 0 || piece->kind != KIND_DIRECTORY)
			continue;
		slot = keys_get(keys, piece->file);
		if (slot == NULL)
			return -1;
		*slot = 1;
	}
	return 0;
}

static int add_files(struct sheet *sheet, struct keys *directories)
{
	const struct usage *usage = &sheet->picture->analysis->usage;
	struct sheet_row worst = {.file = 0};

	for (size_t i = 0; i < usage->files.n; i++) {
		const struct usage_file *file = &usage->files.at[i];
		struct sheet_row row = {.structure = STRUCTURE_DATA,
					.file = (uint64_t)file->space->id << 32 | file->inode,
					.device = file->space,
					.kind = KIND_FILE_DATA};
		size_t *slot = keys_get(directories, row.file);

		if (slot == NULL)
			return -1;
		if (*slot != 0)
			continue;
		usage_counters(usage, file, &row.counters);
		if (sum_of(&row.counters, true) > sum_of(&worst.counters, true))
			worst = row;
		insert(sheet, &row);
	}
	for (unsigned i = 0; i < sheet->nrows; i++)
		if (sheet->rows[i].file == worst.file && worst.file != 0)
			return 0;
	if (worst.file != 0) {
		sheet->nrows -= sheet->nrows == SHEET_ROWS;
		sheet->rows[sheet->nrows++] = worst;
	}
	return 0;
}

static char *label_of(const struct sheet *sheet, const struct sheet_row *row)
{
	char path[FS_PATH_MAX];
	struct text words = {0};

	if (row->file == 0)
		sheet_region(sheet, row->device, row->kind, &words);
	else if (fs_path(row->device->fs, (uint32_t)row->file, path, sizeof(path)))
		text_str(&words, path);
	else
		text_printf(&words, "<%" PRIu64 ">", fs_number(row->device->fs, (uint32_t)row->file));
	if (words.short_of_memory)
		text_free(&words);
	return words.at;
}

/* The rest: what is in no row; of sectors and of unaligned accesses, for one access may lie in several rows. */
static void count_rest(struct sheet *sheet)
{
	const struct counters *totals = &sheet->picture->analysis->usage.totals;

	for (int op = 0; op < ACCESS_OPS; op++) {
		uint64_t shown = 0;

		for (unsigned i = 0; i < sheet->nrows; i++)
			shown += sheet->rows[i].counters.op[op].sectors;
		if (totals->op[op].sectors > shown)
			sheet->rest.op[op].sectors = totals->op[op].sectors - shown;
	}
}

static bool is_in(const struct sheet_row *row, const struct sheet_piece *piece)
{
	if (row->file != 0)
		return row->file == piece->file;
	return row->device == piece->device && row->kind == piece->kind && row->in_fs == piece->in_fs;
}

int sheet_choose(struct sheet *sheet)
{
	struct keys directories = {0};
	int status = find_directories(sheet, &directories);

	add_regions(sheet);
	if (status == 0)
		status = add_files(sheet, &directories);
	keys_free(&directories);
	for (unsigned i = 0; i < sheet->nrows; i++) {
		sheet->rows[i].label = label_of(sheet, &sheet->rows[i]);
		if (sheet->rows[i].label == NULL)
			status = -1;
	}
	count_rest(sheet);
	for (size_t i = 0; i < sheet->pieces.n; i++)
		for (unsigned row = 0; row < sheet->nrows; row++)
			if (is_in(&sheet->rows[row], &sheet->pieces.at[i])) {
				sheet->pieces.at[i].row = (uint8_t)row;
				break;
			}
	return status;
}
