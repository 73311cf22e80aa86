/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing, at most half full. */
#include "base/keys.h"

#include <stdlib.h>
#include <string.h>

static struct keys_slot *find(const struct keys *keys, uint64_t key)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash ^ hash >> 32) & (keys->nslots - 1);

	while (keys->slots[at].index != 0 && keys->slots[at].key != key)
		at = (at + 1) & (keys->nslots - 1);
	return &keys->slots[at];
}

static int grow(struct keys *keys)
{
	struct keys old = *keys;

	keys->nslots = old.nslots ? 2 * old.nslots : 64;
	keys->slots = calloc(keys->nslots, sizeof(*keys->slots));
	if (keys->slots == NULL) {
		*keys = old;
		return -1;
	}
	for (size_t i = 0; i < old.nslots; i++)
		if (old.slots[i].index != 0)
			*find(keys, old.slots[i].key) = old.slots[i];
	free(old.slots);
	return 0;
}

size_t *keys_get(struct keys *keys, uint64_t key)
{
	struct keys_slot *slot;

	if (2 * (keys->n + 1) > keys->nslots && grow(keys) != 0)
		return NULL;
	slot = find(keys, key);
	if (slot->index == 0) {
		slot->key = key;
		keys->n++;
	}
	return &slot->index;
}

void keys_free(struct keys *keys)
{
	free(keys->slots);
	memset(keys, 0, sizeof(*keys));
}
