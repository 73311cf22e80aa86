/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files that hold a trace against a disk share. */
#ifndef ANALYZER_FIT_PRIVATE_H
#define ANALYZER_FIT_PRIVATE_H

#include "analyzer/fit.h"

/* One question and its answer. */
struct fitting {
	struct fit *fit;
	const struct map *map;
	const struct trace *trace;
	const struct fit_options *options;
};

/* The traced device's name, "" where the trace has none. */
const char *fitting_device(const struct fitting *fitting);

/* A contradiction: -1, or with force 0 and a warning. */
int fitting_contradicts(struct fitting *fitting, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The one candidate becomes the base, with the line that says why; of several all are named: -1. */
int fitting_choose(struct fitting *fitting, const struct space *const *candidates, size_t n, const char *why,
		   struct err *err);

/* 1 when remap events have decided, 0 when there is nothing in them, -1 on a contradiction. */
int fit_remaps(struct fitting *fitting, struct err *err);

/* What the trace states of its size, and its recorder of the disk: 0 or -1. */
int fit_sizes(struct fitting *fitting, struct err *err);

/* Where nothing else has decided: what a partition's name says. */
int fit_named(struct fitting *fitting, struct err *err);

#endif
