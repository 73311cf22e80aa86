/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for what a journal's block holds. */
#include "layout/journal.h"

const char *log_type_name(enum log_type type)
{
	static const char *const names[] = {"superblock",  "descriptor", "data", "revoke", "commit",
					    "fast-commit", "unused",     "map",  "record", "items"};

	return names[type];
}
