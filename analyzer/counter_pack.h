/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What results have in common as bytes. */
#ifndef ANALYZER_COUNTER_PACK_H
#define ANALYZER_COUNTER_PACK_H

#include "analyzer/counter.h"
#include "base/pack.h"
#include "base/pool.h"
#include "layout/kind.h"

/* The ops that there are. */
void counters_pack(struct text *out, const struct counters *counters);
void counters_unpack(struct unpack *bytes, struct counters *counters);

/* A text that may be NULL. */
void pack_optional(struct text *out, const char *string);

/* A copy of a text in the pool; 0, or -1 without memory. */
int unpack_pooled(struct unpack *bytes, struct pool *pool, const char **string);
int unpack_optional(struct unpack *bytes, struct pool *pool, const char **string);

/* Kinds go by their names. */
enum kind unpack_kind(struct unpack *bytes);

#endif
