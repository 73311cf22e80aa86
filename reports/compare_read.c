/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A side of a comparison from the document of analyze --json (docs/contract.md). It may come from anybody: what
   is not as the contract says is an error. */
#include "reports/compare.h"

#include <json-c/json.h>

#include <string.h>

#define DEPTH_MAX 16

bool compare_is_report(const char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len && strchr(" \t\r\n", bytes[at]) != NULL && bytes[at] != '\0')
		at++;
	return at + 1 < len && bytes[at] == '{' && memmem(bytes + at, len - at, "\"trace\"", 7) != NULL;
}

static uint64_t number(const struct json_object *of, const char *key)
{
	struct json_object *value;
	int64_t n;

	if (!json_object_object_get_ex(of, key, &value))
		return 0;
	n = json_object_get_int64(value);
	return n > 0 ? (uint64_t)n : 0;
}

static const char *string(const struct json_object *of, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(of, key, &value) && json_object_is_type(value, json_type_string)
		   ? json_object_get_string(value)
		   : "";
}

static void read_ops(struct compared *of, const struct json_object *from)
{
	for (int op = 0; op < ACCESS_OPS; op++) {
		struct json_object *counter;

		if (!json_object_object_get_ex(from, access_op_name((enum access_op)op), &counter))
			continue;
		of[op].requests += number(counter, "requests");
		of[op].sectors += number(counter, "sectors");
		of[op].unaligned += number(counter, "unaligned");
	}
}

/* The items of a list. */
static int read_list(struct comparison *comparison, unsigned side, const struct json_object *document,
		     const char *name, struct err *err)
{
	bool files = strcmp(name, "files") == 0;
	struct json_object *list;

	if (!json_object_object_get_ex(document, name, &list))
		return 0;
	if (!json_object_is_type(list, json_type_array))
		return err_set(err, "is no report: '%s' is no list", name);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		struct compared_row *row =
		    compare_row(comparison, string(item, "device"), files ? "" : string(item, "kind"),
				files ? string(item, "path") : "");

		if (row == NULL)
			return err_nomem(err);
		read_ops(row->of[side], item);
	}
	return 0;
}

static void read_alignment(struct comparison *comparison, unsigned side, const struct json_object *document)
{
	struct json_object *alignment, *devices;

	if (!json_object_object_get_ex(document, "alignment", &alignment) ||
	    !json_object_object_get_ex(alignment, "devices", &devices) ||
	    !json_object_is_type(devices, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(devices); i++)
		comparison->partial_blocks[side] +=
		    number(json_object_array_get_idx(devices, i), "partial_blocks");
}

static int read_document(struct comparison *comparison, unsigned side, const struct json_object *document,
			 struct err *err)
{
	struct json_object *trace, *disk, *totals;
	struct compared_row *row = compare_row(comparison, "", "", "");

	if (!json_object_object_get_ex(document, "trace", &trace) ||
	    !json_object_object_get_ex(document, "totals", &totals))
		return err_set(err, "is no report: expected the document of analyze --json, with 'trace' and "
				    "'totals'");
	if (row == NULL)
		return err_nomem(err);
	read_ops(row->of[side], totals);
	comparison->trace[side] = pool_string(&comparison->names.strings, string(trace, "file"));
	if (json_object_object_get_ex(document, "disk", &disk))
		comparison->disk[side] = pool_string(&comparison->names.strings, string(disk, "file"));
	read_alignment(comparison, side, document);
	return read_list(comparison, side, document, "regions", err) == 0
		   ? read_list(comparison, side, document, "files", err)
		   : -1;
}

int compare_read(struct comparison *comparison, unsigned side, const char *json, size_t len, struct err *err)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *document = NULL;
	int status;

	if (tokener == NULL)
		return err_nomem(err);
	if (len < INT32_MAX)
		document = json_tokener_parse_ex(tokener, json, (int)len);
	if (document == NULL)
		status = err_set(err, "is no JSON from byte %zu on", json_tokener_get_parse_end(tokener));
	else
		status = read_document(comparison, side, document, err);
	json_object_put(document);
	json_tokener_free(tokener);
	return status;
}
