/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In what order parts are merged, however they are given: by the numbers of their pieces; as they are given
   where each piece was a file of its own. And what is there twice. */
#ifndef PARTS_ORDER_H
#define PARTS_ORDER_H

#include "base/pool.h"
#include "parts/part.h"

#include <stdbool.h>

/* Where a part lies: from a byte of the file-th file on. */
struct order_card {
	size_t file, at, len;
	const char *name;  /* not owned */
	const char *group; /* across machines: what is of one trace; else "" */
	unsigned number, last, of;
	size_t given; /* the given-th part */
};

/* A file that a piece was, and which part has it. */
struct order_source {
	uint64_t digest, size;
	const char *machine, *name;
	size_t given;
};

struct order {
	VEC(struct order_card) cards;
	VEC(struct order_source) sources;
	struct pool strings;
	bool across; /* parts may be of many traces: those of one come together */
};

void order_init(struct order *order);
void order_done(struct order *order);

/* A part of a file; 0, or -1 without memory. */
int order_add(struct order *order, const struct part *part, size_t file, size_t at, size_t len);

/* Puts the cards in order; 0, or -1 when something would be counted twice: *name is the part that says so. */
int order_sort(struct order *order, const char **name, struct err *err);

/* Whether all pieces are there: 0 or -1. */
int order_is_whole(const struct order *order, struct err *err);

#endif
