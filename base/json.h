/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members of JSON objects, written by hand where a document may have millions. A key is all that stands
   before the value: ",\"inode\":". */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Inlined, so that the length of the key is known. */
static inline __attribute__((always_inline)) void json_u64(struct text *out, const char *key, uint64_t value)
{
	text_str(out, key);
	text_u64(out, value);
}

void json_string(struct text *out, const char *key, const char *value);

/* "path" as a member that follows others; a name that cannot be said in JSON has its exact bytes beside the
   readable form, as "path_hex". */
void json_path(struct text *out, const char *path);

/* Nanoseconds as microseconds, or as seconds, exactly. */
void json_microseconds(struct text *out, const char *key, int64_t ns);
void json_seconds(struct text *out, const char *key, int64_t ns);

#endif
