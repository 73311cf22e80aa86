/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Growable arrays: doubling, with the multiplication checked. */
#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>

int vec_reserve(void **at, size_t *cap, size_t need, size_t size)
{
	size_t want = *cap ? *cap : 8;
	void *grown;

	if (need <= *cap)
		return 0;
	while (want < need) {
		if (want > SIZE_MAX / 2)
			return -1;
		want *= 2;
	}
	if (want > SIZE_MAX / size)
		return -1;
	grown = realloc(*at, want * size);
	if (grown == NULL)
		return -1;
	*at = grown;
	*cap = want;
	return 0;
}

void vec_free(void **at, size_t *n, size_t *cap)
{
	free(*at);
	*at = NULL;
	*n = 0;
	*cap = 0;
}
