/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/counter_pack.h"

#include <string.h>

void counters_pack(struct text *out, const struct counters *counters)
{
	uint8_t ops = 0;

	for (int op = 0; op < ACCESS_OPS; op++)
		if (counters->op[op].requests > 0 || counters->op[op].sectors > 0)
			ops |= (uint8_t)(1u << op);
	pack_u8(out, ops);
	for (int op = 0; op < ACCESS_OPS; op++) {
		if ((ops >> op & 1) == 0)
			continue;
		pack_number(out, counters->op[op].requests);
		pack_number(out, counters->op[op].sectors);
		pack_number(out, counters->op[op].unaligned);
	}
}

void counters_unpack(struct unpack *bytes, struct counters *counters)
{
	uint8_t ops = unpack_u8(bytes);

	memset(counters, 0, sizeof(*counters));
	if (ops >> ACCESS_OPS != 0)
		bytes->bad = true;
	for (int op = 0; op < ACCESS_OPS; op++) {
		if ((ops >> op & 1) == 0)
			continue;
		counters->op[op].requests = unpack_number(bytes);
		counters->op[op].sectors = unpack_number(bytes);
		counters->op[op].unaligned = unpack_number(bytes);
	}
}

void pack_optional(struct text *out, const char *string)
{
	pack_u8(out, string != NULL);
	if (string != NULL)
		pack_str(out, string);
}

static int pooled(struct pool *pool, const char *bytes, size_t len, const char **string)
{
	*string = pool_add(pool, bytes, len);
	return *string != NULL ? 0 : -1;
}

int unpack_pooled(struct unpack *bytes, struct pool *pool, const char **string)
{
	size_t len;
	const char *at = unpack_text(bytes, &len);

	return pooled(pool, at, len, string);
}

int unpack_optional(struct unpack *bytes, struct pool *pool, const char **string)
{
	*string = NULL;
	return unpack_u8(bytes) != 0 ? unpack_pooled(bytes, pool, string) : 0;
}

enum kind unpack_kind(struct unpack *bytes)
{
	char name[64];
	enum kind kind;

	unpack_field(bytes, name, sizeof(name));
	kind = kind_named(name);
	if (kind < KIND_COUNT)
		return kind;
	bytes->bad = true;
	return KIND_UNKNOWN;
}
