/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings are laid one behind the other in large blocks. */
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 65536

static int more_room(struct pool *pool, size_t need)
{
	size_t room = need > BLOCK ? need : BLOCK;
	char *block = malloc(room);

	if (block == NULL || VEC_PUSH(&pool->blocks, block) != 0) {
		free(block);
		return -1;
	}
	pool->used = 0;
	pool->room = room;
	return 0;
}

const char *pool_add(struct pool *pool, const char *bytes, size_t len)
{
	char *copy;

	if (pool->room - pool->used <= len && more_room(pool, len + 1) != 0)
		return NULL;
	copy = pool->blocks.at[pool->blocks.n - 1] + pool->used;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	pool->used += len + 1;
	return copy;
}

const char *pool_string(struct pool *pool, const char *string)
{
	return pool_add(pool, string, strlen(string));
}

void pool_free(struct pool *pool)
{
	for (size_t i = 0; i < pool->blocks.n; i++)
		free(pool->blocks.at[i]);
	VEC_FREE(&pool->blocks);
	pool->used = pool->room = 0;
}
