/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in a column, each as near to its place as the others let it be, with a line that leads there. */
#ifndef VIZ_LABELS_H
#define VIZ_LABELS_H

#include "viz/names.h"
#include "viz/scene.h"

/* The height of a line of the column. */
#define LABEL_LINE 14.0

struct label {
	uint32_t name;
	double x, y; /* the place it speaks of */
	uint64_t size, touched;
	bool in_words; /* else only its number */
};

struct labels {
	const struct name_table *names;
	double x, right, top, bottom; /* the column */
	VEC(struct label) list;       /* in order of y */
};

int labels_add(struct labels *labels, const struct label *label);
void labels_free(struct labels *labels);

/* Decides which are in words and draws them; 0, or -1 without memory. */
int labels_draw(struct labels *labels, struct scene *scene);

/* "15 reads, 4 writes (1 unaligned)"; nothing for no accesses. */
void counts_text(struct text *out, const struct counters *counters);

/* The same beside a name, with words before it, as shortly as there is room for, or not at all: a count that
   is cut is another one. */
void counts_draw(struct scene *scene, double x, double y, double room, const char *before,
		 const struct counters *counters);

#endif
