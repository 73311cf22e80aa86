/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Indices by number: a hash table. */
#ifndef BASE_KEYS_H
#define BASE_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Starts zeroed. */
struct keys {
	struct keys_slot {
		uint64_t key;
		size_t index; /* plus 1; 0 is an empty slot */
	} * slots;
	size_t n, nslots;
};

/* Where a key's index (plus 1) is kept: 0 when the key is new, and then the caller sets it.  NULL without
   memory. */
size_t *keys_get(struct keys *keys, uint64_t key);
void keys_free(struct keys *keys);

#endif
