/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How writes were aligned, as plain data. */
#ifndef ANALYZER_ALIGNMENT_RESULTS_H
#define ANALYZER_ALIGNMENT_RESULTS_H

#include "analyzer/alignment.h"
#include "analyzer/statistic.h"
#include "base/keys.h"
#include "base/pool.h"
#include "base/text.h"

struct cause_result {
	uint64_t requests; /* 0 when there were none of this cause */
	uint64_t first;    /* the number of the access that `detail` is of */
	const char *detail;
};

struct device_result {
	const char *name;
	uint32_t order; /* devices of one map differ in it */
	uint64_t writes, unaligned, partial_blocks;
	struct cause_result causes[CAUSES];
};

struct alignment_results {
	VEC(struct device_result) devices;
	struct keys index;
	struct pool strings;
};

/* Why writes are off the unit, in one sentence. */
void blame_text(struct text *out, const struct blame *blame, uint64_t unit_sectors);

#endif
