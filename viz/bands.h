/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address axis of the time view: what was touched, as a bounded number of bands in order of address.
   What lies between two bands was not touched and takes no room. */
#ifndef VIZ_BANDS_H
#define VIZ_BANDS_H

#include "viz/names.h"
#include "viz/picture.h"

struct band {
	uint32_t name;       /* of the run in it with most accesses */
	unsigned others;     /* runs with other names that were joined to it */
	bool mixed;          /* runs of several devices were joined: no one of them is its device */
	uint64_t start, end; /* from the first touched sector to the last */
	uint64_t touched;    /* sectors moved */
	uint64_t requests;   /* that touch it; where bins are large, that begin in it */
	uint64_t most;       /* of these, in the run that gave it its name */
	unsigned slots;      /* rows of dots that it is drawn with */
	double y, height;
};

struct bands {
	struct name_table names;
	VEC(struct band) list;
};

#define BANDS_MAX 36

int bands_of(struct bands *bands, const struct picture *picture, struct err *err);
void bands_done(struct bands *bands);

#endif
