/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names by number, and numbers by name: the devices and the commands of a trace. */
#ifndef TRACE_NAMES_H
#define TRACE_NAMES_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define NAMES_MAX 65536

/* Starts zeroed. */
struct names {
	char **at; /* the names by their index; owned.  Room for NAMES_MAX: it stays where it is, so that a
		      thread may read names that it has met while another one adds to them */
	size_t n;
	uint32_t *slots; /* index + 1 by hash; a power of two, 0 = free */
	size_t nslots;
	uint64_t seed;
	uint64_t bytes, room; /* that all names take, and may take; 0 for no limit */
};

/* The index of a name, added when it is new; -1 without memory, -2 when there are NAMES_MAX others,
   or no room. */
long names_index(struct names *names, const char *name, size_t len, struct err *err);

/* The index of a name, or -1. */
long names_find(const struct names *names, const char *name, size_t len);

void names_done(struct names *names);

#endif
