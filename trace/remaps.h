/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a trace's remap events ("A ... <- (8,1) 14440") say of where sectors count from: sector 14440 of 8,1
   is the sector that the event has, of the device below.

   The kernel remaps a partition's requests before it tells of them, so events that name a partition have the
   sectors of its disk; those of a device-mapper or md device have its own.  Which it is, the trace shows by
   the accesses that stand beside the remap events.  (Linux: block/blk-core.c blk_partition_remap,
   drivers/md/dm.c and md.c, include/trace/events/block.h.) */
#ifndef TRACE_REMAPS_H
#define TRACE_REMAPS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REMAP_SOURCES 64
#define REMAP_SAMPLES 32
#define REMAP_NAME 32

/* A device whose requests went on to another one. */
struct remap_source {
	char name[REMAP_NAME];
	unsigned n;
	struct {
		uint64_t from, to; /* its sector, and that of the device below */
	} at[REMAP_SAMPLES];
	uint64_t own;           /* accesses that name it and have its own sectors */
	uint64_t lower;         /* accesses that name it and have the sectors of the device below */
	uint64_t onto;          /* remaps whose sector another source went on from */
	uint64_t landed;        /* accesses of a device that is no source, at the sector below */
	char below[REMAP_NAME]; /* the last of these devices, or the one that the event names */
};

struct remaps;

/* NULL without memory. */
struct remaps *remaps_new(void);
void remaps_free(struct remaps *remaps);

/* For readers, in the order of the trace: a remap event of the device `name`, and an access. */
void remaps_add(struct remaps *remaps, const char *name, const char *from, uint64_t sector,
		uint64_t from_sector);
void remaps_access(struct remaps *remaps, const char *name, uint64_t sector);

/* Whether enough accesses have been seen: the next ones say nothing new, and cost time. */
bool remaps_have_enough(const struct remaps *remaps);

/* Adds what another reader has found. */
void remaps_merge(struct remaps *remaps, const struct remaps *other);

size_t remaps_count(const struct remaps *remaps); /* 0 for NULL */
const struct remap_source *remaps_source(const struct remaps *remaps, size_t i);
const struct remap_source *remaps_find(const struct remaps *remaps, const char *name);

#endif
