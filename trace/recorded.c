/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of recorders. */
#include "trace/recorded.h"

#include <stdlib.h>
#include <string.h>

static bool take_blind(struct recorded *recorded, const char *at)
{
	while (*at != '\0') {
		size_t len = strcspn(at, ",");
		int op = ACCESS_OPS - 1;

		while (op >= 0 && (strlen(access_op_name((enum access_op)op)) != len ||
				   strncmp(at, access_op_name((enum access_op)op), len) != 0))
			op--;
		if (op < 0)
			return false;
		recorded->blind |= 1u << op;
		at += len + (at[len] == ',');
	}
	return true;
}

bool recorded_take(struct recorded *recorded, const char *word)
{
	char *end;

	if (strncmp(word, "identity=", 9) == 0)
		return identity_parse(&recorded->identity, word + 9);
	if (strncmp(word, "blind=", 6) == 0)
		return take_blind(recorded, word + 6);
	if (strncmp(word, "sectors=", 8) != 0 || word[8] < '0' || word[8] > '9')
		return false;
	recorded->identity.sectors = strtoull(word + 8, &end, 10);
	return *end == '\0' && recorded->identity.sectors <= ACCESS_SECTORS_MAX;
}

void recorded_blind_words(struct text *out, unsigned blind)
{
	const char *comma = "";

	for (int op = 0; op < ACCESS_OPS; op++) {
		if ((blind & 1u << op) == 0)
			continue;
		text_printf(out, "%s%s", comma, access_op_name((enum access_op)op));
		comma = ",";
	}
}

void recorded_blind_text(struct text *out, unsigned blind)
{
	static const char *const many[ACCESS_OPS] = {"reads", "writes", "discards", "writes of zeroes",
						     "flushes"};
	const char *before = "";

	for (int op = 0; op < ACCESS_OPS; op++) {
		if ((blind & 1u << op) == 0)
			continue;
		text_printf(out, "%s%s", before, many[op]);
		blind &= ~(1u << op);
		before = (blind & (blind - 1)) == 0 ? " and " : ", ";
	}
}

void trace_recorded(struct trace *trace, const struct recorded *recorded)
{
	if (recorded->identity.sectors != 0)
		trace->disk_sectors = recorded->identity.sectors;
	identity_join(&trace->identity, &recorded->identity);
	trace->blind |= recorded->blind;
}
