/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of fields as text. */
#include "query/field.h"

#include "base/text.h"

#include <inttypes.h>

#define SECOND 1000000000

/* As few decimals as say it exactly, but six at least: a column of times is read more easily so. */
static void add_seconds(struct text *out, int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns, rest = size % SECOND;

	text_printf(out, "%s%" PRIu64, ns < 0 ? "-" : "", size / SECOND);
	if (rest % 1000 == 0)
		text_printf(out, ".%06" PRIu64, rest / 1000);
	else
		text_printf(out, ".%09" PRIu64, rest);
}

void field_add_number(struct text *out, enum field_id field, int64_t number)
{
	if (fields[field].type == FIELD_FLAG)
		text_str(out, number != 0 ? "true" : "false");
	else if (fields[field].unit == FIELD_SECONDS)
		add_seconds(out, number);
	else
		text_u64(out, (uint64_t)number);
}

bool field_add(struct text *out, enum field_id field, struct piece *piece)
{
	struct field_value value;

	if (!field_get(field, piece, &value))
		return false;
	if (field_is_number(field))
		field_add_number(out, field, value.number);
	else
		text_str(out, value.text);
	return true;
}
