/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a trace belongs to a disk, and which device of it the trace's sectors count from.

   Proofs, the strongest first: remap events (trace/remaps.h); what a recorder wrote of the disk
   (base/identity.h); a size that the trace states.  A device's number is none.  What contradicts is an error;
   what only looks odd is a warning. */
#ifndef ANALYZER_FIT_H
#define ANALYZER_FIT_H

#include "base/err.h"
#include "base/vec.h"
#include "layout/map.h"
#include "trace/trace.h"

#include <stdbool.h>

enum fit_proof { FIT_NONE, FIT_SIZE, FIT_RECORDED, FIT_REMAP };

/* "none", "size", "recorded", "remap" */
const char *fit_proof_name(enum fit_proof proof);

struct fit {
	const struct space *base; /* what the trace's sectors count from */
	enum fit_proof proof;
	char *derived;        /* how base was found, where nobody named it and it is not the disk; or NULL */
	VEC(char *) warnings; /* what the reader should know first */
};

struct fit_options {
	const struct space *told; /* what the user says that base is, or NULL */
	const char *disk;         /* what the disk is called in messages */
	bool force;               /* contradictions are warnings */
};

/* 0, or -1 with what contradicts; fit_done in both cases. */
int fit_find(struct fit *fit, const struct map *map, const struct trace *trace,
	     const struct fit_options *options, struct err *err);

/* For a map of no disk: nothing is proved, nothing contradicts. */
void fit_none(struct fit *fit, const struct map *map);

int fit_warn(struct fit *fit, struct err *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void fit_done(struct fit *fit);

#endif
