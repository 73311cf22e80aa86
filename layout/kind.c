/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of kinds, and asking it. */
#include "layout/kind.h"

#include <string.h>

const uint8_t kind_traits[256] = {
#define KIND(identifier, name, layer, role, family, traits) [KIND_##identifier] = traits,
#include "layout/kind_rows.h"
#undef KIND
};

static const struct {
	const char *name;
	enum kind_layer layer;
	enum kind_role role;
	enum family family;
} kinds[256] = {
#define KIND(identifier, name, layer, role, family, traits) [KIND_##identifier] = {name, layer, role, family},
#include "layout/kind_rows.h"
#undef KIND
};

const char *kind_name(enum kind kind)
{
	return kinds[(uint8_t)kind].name;
}

enum kind kind_named(const char *name)
{
	enum kind kind = KIND_UNKNOWN;

	while (kind < KIND_COUNT && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

enum kind_layer kind_layer(enum kind kind)
{
	return kinds[(uint8_t)kind].layer;
}

enum kind_role kind_role(enum kind kind)
{
	return kinds[(uint8_t)kind].role;
}

enum family kind_family(enum kind kind)
{
	return kinds[(uint8_t)kind].family;
}
