/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of sectors: which have been touched, each once, in whatever order. Sets of parts unite to that of the
   whole. It takes 512 bytes for each 2 MiB of which anything is in it, so it grows with what is touched, not
   with how often. */
#ifndef ANALYZER_SECTOR_SET_H
#define ANALYZER_SECTOR_SET_H

#include "base/keys.h"
#include "base/pack.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

#define SECTOR_PAGE_BITS 12
#define SECTOR_PAGE_WORDS ((1u << SECTOR_PAGE_BITS) / 64)

struct sector_page {
	uint64_t number; /* sector >> SECTOR_PAGE_BITS */
	uint64_t word[SECTOR_PAGE_WORDS];
};

/* Starts zeroed. */
struct sector_set {
	uint64_t count; /* sectors that are in it */
	struct keys index;
	VEC(struct sector_page *) pages;
	struct sector_page *latest; /* or NULL */
};

void sector_set_free(struct sector_set *set);

/* Adds some; 0, or -1 without memory. */
int sector_set_add(struct sector_set *set, uint64_t start, uint64_t sectors);
int sector_set_merge(struct sector_set *into, const struct sector_set *from);

/* How many are in both. */
uint64_t sector_set_common(struct sector_set *a, const struct sector_set *b);

/* As bytes: pages (number), then for each in no order its number and, by runs, sectors that are not in it and
   sectors that are, until the page is full (numbers). */
void sector_set_pack(struct text *out, const struct sector_set *set);

/* Adds what was packed; 0, or -1 without memory. What makes no sense leaves bytes->bad. */
int sector_set_unpack(struct sector_set *set, struct unpack *bytes);

#endif
