/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash with open addressing.  Its seed is random, so that nobody can write a trace whose names all
   collide; nothing that is seen from outside depends on it. */
#include "trace/names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t hash(const struct names *names, const char *name, size_t len)
{
	uint64_t h = names->seed;

	for (size_t i = 0; i < len; i++) {
		h = (h ^ (uint8_t)name[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return h ^ h >> 32;
}

/* The slot that holds the name, or the free one where it belongs. */
static size_t slot_of(const struct names *names, const char *name, size_t len)
{
	size_t slot = hash(names, name, len) & (names->nslots - 1);

	for (; names->slots[slot] != 0; slot = (slot + 1) & (names->nslots - 1)) {
		const char *other = names->at[names->slots[slot] - 1];

		if (strncmp(other, name, len) == 0 && other[len] == '\0')
			break;
	}
	return slot;
}

static int grow(struct names *names, struct err *err)
{
	size_t nslots = names->nslots ? 2 * names->nslots : 64;
	uint32_t *slots = calloc(nslots, sizeof(*slots));

	if (slots == NULL)
		return err_nomem(err);
	if (names->nslots == 0 && getrandom(&names->seed, sizeof(names->seed), GRND_NONBLOCK) < 0)
		names->seed = (uintptr_t)slots;
	free(names->slots);
	names->slots = slots;
	names->nslots = nslots;
	for (size_t i = 0; i < names->n; i++)
		slots[slot_of(names, names->at[i], strlen(names->at[i]))] = (uint32_t)i + 1;
	return 0;
}

long names_find(const struct names *names, const char *name, size_t len)
{
	return names->nslots == 0 ? -1 : (long)names->slots[slot_of(names, name, strnlen(name, len))] - 1;
}

#define NAME_COST 64 /* what a name takes besides its bytes */

long names_index(struct names *names, const char *name, size_t len, struct err *err)
{
	size_t slot;
	char *copy;

	len = strnlen(name, len);
	if (2 * (names->n + 1) > names->nslots && grow(names, err) != 0)
		return -1;
	slot = slot_of(names, name, len);
	if (names->slots[slot] != 0)
		return (long)names->slots[slot] - 1;
	if (names->n >= NAMES_MAX || (names->room != 0 && names->bytes + len + NAME_COST > names->room))
		return -2;
	if (names->at == NULL)
		names->at = calloc(NAMES_MAX, sizeof(*names->at));
	copy = names->at ? strndup(name, len) : NULL;
	if (copy == NULL)
		return err_nomem(err);
	names->at[names->n++] = copy;
	names->bytes += len + NAME_COST;
	names->slots[slot] = (uint32_t)names->n;
	return (long)names->n - 1;
}

void names_done(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->at[i]);
	free(names->at);
	free(names->slots);
	memset(names, 0, sizeof(*names));
}
