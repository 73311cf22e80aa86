/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disk as rows of cells: a cell is one sector (the cells view) or many (the disk view).  Rows that
   nothing touched may be folded away. */
#ifndef VIZ_GRID_H
#define VIZ_GRID_H

#include "base/vec.h"
#include "viz/names.h"
#include "viz/picture.h"

/* Part of a cell's accesses: sectors moved, by class. */
struct grid_cell {
	uint64_t sectors[HEAT_CLASSES];
	uint32_t name; /* the place that it shows */
};

struct grid_row {
	uint64_t start;     /* its first sector */
	uint64_t hidden;    /* rows folded away before it */
	double y;           /* where it is drawn */
	struct text folded; /* what lies in those rows, in words */
};

/* A run of one name through the rows, in order of address. */
struct grid_run {
	uint32_t name;
	const struct space *device;
	uint64_t start, end; /* sectors, of what the rows show */
	uint64_t touched;    /* sectors moved in it */
};

struct grid {
	const struct picture *picture;
	struct name_table names;
	uint64_t unit; /* sectors of a cell */
	unsigned columns;
	uint64_t sectors; /* where the disk ends, or the last access when that is beyond */
	VEC(struct grid_row) rows;
	VEC(struct grid_cell) cells; /* rows * columns */
	VEC(struct grid_run) runs;
	uint64_t hidden; /* rows folded away after the last one, and what lies in them */
	struct text folded;
	bool has_others;      /* discards or zeroes */
	uint64_t least, most; /* the sums of one class in a cell */
};

/* Rows of 64 sectors with something in them, and single blank rows between those. */
int grid_of_sectors(struct grid *grid, const struct picture *picture, struct err *err);

/* The whole disk in at most rows * columns cells. */
int grid_of_disk(struct grid *grid, const struct picture *picture, unsigned rows, unsigned columns,
		 struct err *err);
void grid_done(struct grid *grid);

/* Says of each fold what it hides; done by the functions above. */
void grid_tell_folds(struct grid *grid);

/* One cell's accesses: writes above reads, discards and zeroes below, each aligned beside unaligned. */
void grid_draw_cell(struct scene *scene, const struct grid *grid, const struct grid_cell *cell, double x,
		    double y, double w, double h);

/* In words, what is where in a cell. */
const char *grid_lanes(const struct grid *grid);

#endif
