/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growable arrays: `VEC(struct extent) extents;` starts zeroed; items are v.at[0 .. v.n-1]. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

#define VEC(type)                                                                                            \
	struct {                                                                                             \
		type *at;                                                                                    \
		size_t n, cap;                                                                               \
	}

/* Room for `need` items of `size` bytes in *at; 0, or -1 when memory is short (nothing changes then). */
int vec_reserve(void **at, size_t *cap, size_t need, size_t size);

/* Appends a value; 0, or -1 when memory is short. */
#define VEC_PUSH(v, ...)                                                                                     \
	(vec_reserve((void **)&(v)->at, &(v)->cap, (v)->n + 1, sizeof(*(v)->at)) != 0                        \
	     ? -1                                                                                            \
	     : ((v)->at[(v)->n++] = (__VA_ARGS__), 0))

/* Frees the items and leaves an empty array. */
#define VEC_FREE(v) vec_free((void **)&(v)->at, &(v)->n, &(v)->cap)
void vec_free(void **at, size_t *n, size_t *cap);

#endif
