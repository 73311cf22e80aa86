/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All fields with what they are. */
#include "reports/fields_list.h"

#include "query/field.h"

static void add(struct text *out, const char *text)
{
	text_str(out, text[0] != '\0' ? text : "-");
	text_char(out, '\t');
}

void fields_list(struct text *out)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		add(out, fields[i].name);
		add(out, field_type_name(fields[i].type));
		add(out, field_unit_name(fields[i].unit));
		add(out, fields[i].column);
		add(out, fields[i].key);
		text_str(out, fields[i].help);
		text_char(out, '\n');
	}
}
