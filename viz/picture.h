/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a picture is made from, and the views that make a scene of it. */
#ifndef VIZ_PICTURE_H
#define VIZ_PICTURE_H

#include "analyzer/analysis.h"
#include "analyzer/heat.h"
#include "base/err.h"
#include "base/text.h"
#include "layout/map.h"
#include "viz/scene.h"

#include <stdbool.h>

/* Indices into views; VIEW_AUTO stands for one of the others. */
enum view_id { VIEW_AUTO, VIEW_CELLS, VIEW_DISK, VIEW_TIME, VIEW_SHEET, VIEWS };

struct picture {
	const char *trace_path;
	const char *disk_path; /* NULL without a disk */
	const char *title;     /* instead of the names of trace and disk, or NULL */
	const char *device;    /* which one of the trace's, or NULL */
	const struct map *map;
	const struct analysis *analysis; /* finished */
	const struct heat *heat;         /* finished, of the same accesses */
	enum view_id view;
	const char *const *warnings; /* what the reader should know first: above everything else */
	size_t nwarnings;
	bool hilbert; /* VIEW_DISK along a Hilbert curve instead of in rows */
};

/* Lays a picture out.  `note` gets a sentence where the view had to be another one than cells (empty
   otherwise).  0, or -1 with err set: no memory, or a view that was asked for and cannot be. */
int picture_scene(struct scene *scene, const struct picture *picture, struct text *note, struct err *err);

/* --- the views; each 0, or -1 with err set --- */

struct view {
	const char *name; /* as in options */
	int (*scene)(struct scene *scene, const struct picture *picture, struct err *err);
};

extern const struct view views[VIEWS];

/* The view of that name, or VIEW_AUTO where there is none. */
enum view_id view_named(const char *name);

int scene_of_cells(struct scene *scene, const struct picture *picture, struct err *err);
int scene_of_disk(struct scene *scene, const struct picture *picture, struct err *err);
int scene_of_sheet(struct scene *scene, const struct picture *picture, struct err *err);
int scene_of_time(struct scene *scene, const struct picture *picture, struct err *err);

/* What lies on the disk, of a picture that has no trace: its analysis and heat are not looked at. */
int scene_of_layout(struct scene *scene, const struct picture *picture, struct err *err);

/* Whether the cells view has room for a cell each: then it is what VIEW_AUTO stands for. */
bool picture_is_small(const struct picture *picture);

/* How many rows of 64 sectors have accesses, those of folds not counted. */
size_t cells_rows(const struct heat *heat);

/* --- parts that the views share --- */

/* Title, and what was counted; returns where the next line stands. */
double picture_title(struct scene *scene, const struct picture *picture, const char *what, double width);

/* The same, and the key of the classes; returns where the picture begins. */
double picture_header(struct scene *scene, const struct picture *picture, const char *what, double width);

/* The last part of a path: no output says where on this machine a file lies. NULL stays NULL. */
const char *path_base(const char *path);

/* A sentence of the report, in which the picture's files have their base names. */
void picture_sentence(struct text *out, const struct picture *picture, const char *sentence);

#define PICTURE_MARGIN 20.0

#endif
