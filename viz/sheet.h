/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sheet: one picture that answers at a glance, of panels. What the panels share is worked out first: pieces of
   accesses with their labels, the rows, and time with its idle stretches folded.

   Numbers are of all accesses (the analysis). Marks are of the accesses that heat has kept, which is all of them up to
   HEAT_KEPT_MAX, and the sheet says where it is not. */
#ifndef VIZ_SHEET_H
#define VIZ_SHEET_H

#include "analyzer/heat.h"
#include "base/text.h"
#include "base/vec.h"
#include "viz/picture.h"
#include "viz/scene.h"
#include "viz/structure.h"

#define SHEET_ROWS 12
#define SHEET_WIDTH 1280.0

/* What an access has in one place. */
struct sheet_piece {
	uint32_t access;   /* index into heat->kept */
	uint8_t structure; /* enum structure */
	uint8_t row;       /* SHEET_ROWS: one of the rest */
	uint8_t kind;      /* enum kind */
	bool in_fs;
	uint64_t file; /* number of the file, or 0 */
	uint64_t sectors;
	const struct space *device;
};

/* A file, or a region of a device. */
struct sheet_row {
	char *label; /* owned */
	enum structure structure;
	struct counters counters;
	uint64_t file;              /* as of pieces; 0 of a region */
	const struct space *device; /* of a region */
	enum kind kind;
	bool in_fs;
};

struct sheet_latency {
	const struct space *device; /* NULL for flushes */
	enum kind kind;
	uint64_t requests, sum_ns;
	int64_t most_ns;
	enum access_op most_op;
	uint32_t seen; /* index of the last access that was counted, plus 1 */
};

struct sheet {
	const struct picture *picture;
	const struct heat *heat;
	struct scene *scene;
	struct sheet_row rows[SHEET_ROWS];
	unsigned nrows;
	struct counters rest; /* of what has no row; requests are not known and 0 */
	VEC(struct sheet_piece) pieces;
	VEC(struct sheet_latency) latencies; /* the slowest first */
	double *x;                           /* of each kept access, from 0 to 1 */
	VEC(double) folds;                   /* where idle time is left out */
	bool has_latency, has_process, has_journal;
	int64_t slow_ns; /* the slowest hundredth of accesses has at least this; INT64_MAX for none */
};

/* 0, or -1 without memory; sheet_done also after that. */
int sheet_collect(struct sheet *sheet);
int sheet_choose(struct sheet *sheet);  /* sheet_rows.c */
int sheet_measure(struct sheet *sheet); /* sheet_latency.c */
void sheet_done(struct sheet *sheet);

/* Panels: each draws from y on, between two edges, and returns where it ends. */
double sheet_sentence(struct sheet *sheet, double y);
double sheet_ribbons(struct sheet *sheet, double y);
double sheet_journal(struct sheet *sheet, double x, double right, double y);
double sheet_latencies(struct sheet *sheet, double x, double right, double y);
double sheet_flow(struct sheet *sheet, double y);

/* --- words --- */

/* A text cut in its middle where it is wider than `room`: the end of a path says most. */
void sheet_name(struct scene *scene, double x, double y, const struct type *type, const char *text);
void sheet_heading(struct sheet *sheet, double x, double y, const char *title, const char *what);
void sheet_duration(struct text *out, int64_t ns); /* "83.0 ms" */
void sheet_bytes(struct text *out, uint64_t sectors);
void sheet_count(struct text *out, uint64_t number); /* "1,234" */
const char *sheet_region(const struct sheet *sheet, const struct space *device, enum kind kind,
			 struct text *out);

#endif
