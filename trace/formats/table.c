/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing with a random seed; keys are never removed. */
#include "trace/formats/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static size_t slot_of(const struct table *table, uint64_t key)
{
	uint64_t h = (key ^ table->seed) * UINT64_C(0x9e3779b97f4a7c15);
	size_t slot;

	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	slot = (h ^ h >> 32) & (table->nslots - 1);
	while (table->slots[slot].used && table->slots[slot].key != key)
		slot = (slot + 1) & (table->nslots - 1);
	return slot;
}

static int grow(struct table *table, struct err *err)
{
	struct table old = *table;

	table->nslots = old.nslots ? 2 * old.nslots : 64;
	table->slots = calloc(table->nslots, sizeof(*table->slots));
	if (table->slots == NULL) {
		*table = old;
		return err_nomem(err);
	}
	if (old.nslots == 0 && getrandom(&table->seed, sizeof(table->seed), GRND_NONBLOCK) < 0)
		table->seed = (uintptr_t)table->slots;
	for (size_t i = 0; i < old.nslots; i++)
		if (old.slots[i].used)
			table->slots[slot_of(table, old.slots[i].key)] = old.slots[i];
	free(old.slots);
	return 0;
}

int table_put(struct table *table, uint64_t key, uint64_t value, struct err *err)
{
	size_t slot;

	if (2 * (table->n + 1) > table->nslots && grow(table, err) != 0)
		return -1;
	slot = slot_of(table, key);
	if (!table->slots[slot].used && table->n >= TABLE_MAX)
		return 0;
	table->n += !table->slots[slot].used;
	table->slots[slot] = (struct table_slot){.key = key, .value = value, .used = true};
	return 0;
}

bool table_get(const struct table *table, uint64_t key, uint64_t *value)
{
	size_t slot;

	if (table->nslots == 0)
		return false;
	slot = slot_of(table, key);
	if (table->slots[slot].used)
		*value = table->slots[slot].value;
	return table->slots[slot].used;
}

void table_done(struct table *table)
{
	free(table->slots);
	memset(table, 0, sizeof(*table));
}
