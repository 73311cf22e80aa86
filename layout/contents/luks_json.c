/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LUKS2's text: "config" says how large the area of key slots is, "segments" where data lie.  While a device
   is encrypted anew there are several segments; together they are the payload.  Numbers of 64 bits are
   strings. */
#include "layout/contents/luks_json.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static bool get_number(struct json_object *object, const char *key, uint64_t *number)
{
	struct json_object *value;
	const char *text;
	char *end;

	if (!json_object_object_get_ex(object, key, &value) || !json_object_is_type(value, json_type_string))
		return false;
	text = json_object_get_string(value);
	*number = strtoull(text, &end, 10);
	return end != text && *end == '\0';
}

/* A segment that is kept for a way back has this flag. */
static bool is_backup(struct json_object *segment)
{
	struct json_object *flags;

	if (!json_object_object_get_ex(segment, "flags", &flags) ||
	    !json_object_is_type(flags, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(flags); i++) {
		const char *flag = json_object_get_string(json_object_array_get_idx(flags, i));

		if (flag != NULL && strncmp(flag, "backup", 6) == 0)
			return true;
	}
	return false;
}

static bool get_payload(struct json_object *segments, struct luks_areas *areas)
{
	uint64_t first = UINT64_MAX, end = 0, offset, size;
	bool dynamic = false;

	json_object_object_foreach(segments, key, segment)
	{
		(void)key;
		if (!get_number(segment, "offset", &offset) || is_backup(segment))
			continue;
		if (offset < first)
			first = offset;
		if (!get_number(segment, "size", &size) || size > UINT64_MAX - offset)
			dynamic = true;
		else if (offset + size > end)
			end = offset + size;
	}
	areas->payload = first;
	areas->payload_size = dynamic || end < first ? 0 : end - first;
	return first != UINT64_MAX;
}

bool luks_json_areas(const char *text, struct luks_areas *areas)
{
	struct json_object *root = json_tokener_parse(text), *segments, *config;
	bool known = false;

	memset(areas, 0, sizeof(*areas));
	if (root != NULL && json_object_object_get_ex(root, "config", &config))
		get_number(config, "keyslots_size", &areas->keyslots);
	if (root != NULL && json_object_object_get_ex(root, "segments", &segments) &&
	    json_object_is_type(segments, json_type_object))
		known = get_payload(segments, areas);
	json_object_put(root);
	return known;
}
