/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many strings that live and go together. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/vec.h"

/* Starts zeroed. */
struct pool {
	VEC(char *) blocks;
	size_t used, room; /* of the last block */
};

/* A copy with a NUL behind it, whose address stays the same; NULL without memory. */
const char *pool_add(struct pool *pool, const char *bytes, size_t len);
const char *pool_string(struct pool *pool, const char *string);
void pool_free(struct pool *pool);

#endif
