/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include "base/escape.h"

#include <inttypes.h>
#include <string.h>

void json_string(struct text *out, const char *key, const char *value)
{
	text_str(out, key);
	escape_json(out, value, strlen(value));
}

void json_path(struct text *out, const char *path)
{
	size_t len = strlen(path);

	json_string(out, ",\"path\":", path);
	if (utf8_valid(path, len))
		return;
	text_str(out, ",\"path_hex\":\"");
	for (size_t i = 0; i < len; i++)
		text_printf(out, "%02x", (unsigned char)path[i]);
	text_char(out, '"');
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void json_microseconds(struct text *out, const char *key, int64_t ns)
{
	uint64_t all = magnitude(ns);

	text_printf(out, "%s%s%" PRIu64, key, ns < 0 ? "-" : "", all / 1000);
	if (all % 1000 != 0)
		text_printf(out, ".%03" PRIu64, all % 1000);
}

void json_seconds(struct text *out, const char *key, int64_t ns)
{
	uint64_t all = magnitude(ns);

	text_printf(out, "%s%s%" PRIu64 ".%09" PRIu64, key, ns < 0 ? "-" : "", all / 1000000000,
		    all % 1000000000);
}
