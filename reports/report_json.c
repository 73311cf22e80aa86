/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as the contract's JSON document, through json-c. */
#include "base/escape.h"
#include "layout/ext.h"
#include "reports/report.h"

#include <json-c/json.h>
#include <string.h>

/* json-c passes strings through as they are, so they must be UTF-8 before. */
static json_object *string(const char *bytes)
{
	struct text clean = {0};
	json_object *result;

	escape_utf8(&clean, bytes, strlen(bytes));
	result = json_object_new_string_len(clean.at ? clean.at : "", (int)clean.n);
	text_free(&clean);
	return result;
}

static void add(json_object *object, const char *key, json_object *value)
{
	json_object_object_add(object, key, value);
}

static void add_u64(json_object *object, const char *key, uint64_t value)
{
	add(object, key, json_object_new_uint64(value));
}

static json_object *counter(const struct counter *counter)
{
	json_object *object = json_object_new_object();

	add_u64(object, "requests", counter->requests);
	add_u64(object, "sectors", counter->sectors);
	add_u64(object, "unaligned", counter->unaligned);
	return object;
}

/* Reads and writes always, the rarer ops where there were any. */
static void add_counters(json_object *object, const struct counters *counters)
{
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		if (op <= ACCESS_WRITE || counters->op[op].requests > 0)
			add(object, access_op_name((enum access_op)op), counter(&counters->op[op]));
}

static json_object *trace_object(const struct report *report)
{
	json_object *object = json_object_new_object();

	add(object, "file", string(report->trace->path));
	add(object, "format", string(report->trace->format->name));
	if (report->trace->event != NULL)
		add(object, "event", string(report->trace->event));
	if (report->analysis->options.base != map_disk(report->map))
		add(object, "relative_to", string(report->analysis->options.base->name));
	add_u64(object, "accesses", report->analysis->accesses);
	add_u64(object, "windows", report->analysis->windows);
	add_u64(object, "outside", report->analysis->outside);
	return object;
}

static json_object *disk_object(const struct report *report)
{
	json_object *object = json_object_new_object();

	add(object, "file", string(report->disk_path));
	add_u64(object, "sectors", map_disk(report->map)->sectors);
	return object;
}

static json_object *totals_object(const struct counters *totals)
{
	json_object *object = json_object_new_object();
	json_object *flush = json_object_new_object();

	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		add(object, access_op_name((enum access_op)op), counter(&totals->op[op]));
	add_u64(flush, "requests", totals->op[ACCESS_FLUSH].requests);
	add(object, "flush", flush);
	return object;
}

static json_object *regions_array(const struct usage *usage)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct usage_region *region = &usage->regions.at[i];
		json_object *object = json_object_new_object();

		add(object, "device", string(region->device->name));
		if (region->fs != NULL)
			add(object, "fs", string(region->fs));
		add(object, "kind", string(kind_name(region->kind)));
		add_counters(object, &region->counters);
		json_object_array_add(array, object);
	}
	return array;
}

static void add_path(json_object *object, const struct usage_file *file)
{
	char path[EXT_PATH_MAX];
	struct text hex = {0};

	if (!ext_path(file->space->ext, file->inode, path, sizeof(path)))
		return;
	add(object, "path", string(path));
	if (utf8_valid(path, strlen(path)))
		return;
	for (size_t i = 0; path[i] != '\0'; i++)
		text_printf(&hex, "%02x", (unsigned char)path[i]);
	add(object, "path_hex", string(hex.at ? hex.at : ""));
	text_free(&hex);
}

static json_object *files_array(const struct usage *usage)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; i < usage->files.n; i++) {
		const struct usage_file *file = &usage->files.at[i];
		json_object *object = json_object_new_object();

		add(object, "device", string(space_name(file->space)));
		add_u64(object, "inode", file->inode);
		add_path(object, file);
		add_counters(object, &file->counters);
		json_object_array_add(array, object);
	}
	return array;
}

static json_object *causes_array(const struct alignment_device *device, uint64_t unit_sectors)
{
	json_object *array = json_object_new_array();

	for (int cause = 0; cause < CAUSES; cause++) {
		json_object *object;
		struct text detail = {0};

		if (device->by_cause[cause] == 0)
			continue;
		object = json_object_new_object();
		blame_text(&detail, &device->blames[cause], unit_sectors);
		add(object, "cause", string(cause_name((enum cause)cause)));
		add_u64(object, "requests", device->by_cause[cause]);
		add(object, "detail", string(detail.at ? detail.at : ""));
		json_object_array_add(array, object);
		text_free(&detail);
	}
	return array;
}

static json_object *alignment_object(const struct alignment *alignment)
{
	json_object *object = json_object_new_object();
	json_object *devices = json_object_new_array();

	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct alignment_device *device = &alignment->devices.at[i];
		json_object *row = json_object_new_object();

		add(row, "device", string(device->device->name));
		add_u64(row, "writes", device->writes);
		add_u64(row, "unaligned", device->unaligned);
		add_u64(row, "partial_blocks", device->partial_blocks);
		add(row, "causes", causes_array(device, alignment->unit_sectors));
		json_object_array_add(devices, row);
	}
	add_u64(object, "unit", alignment->unit_sectors * 512);
	add(object, "devices", devices);
	return object;
}

int report_json(struct text *out, const struct report *report, struct err *err)
{
	json_object *document = json_object_new_object();
	json_object *notes = json_object_new_array();
	const char *printed;

	add(document, "trace", trace_object(report));
	if (report->disk_path != NULL)
		add(document, "disk", disk_object(report));
	add(document, "totals", totals_object(&report->analysis->usage.totals));
	add(document, "regions", regions_array(&report->analysis->usage));
	add(document, "files", files_array(&report->analysis->usage));
	add(document, "alignment", alignment_object(&report->analysis->alignment));
	for (size_t i = 0; i < report->notes.n; i++)
		json_object_array_add(notes, string(report->notes.at[i]));
	add(document, "notes", notes);
	printed = json_object_to_json_string_ext(document,
						 JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (printed != NULL) {
		text_str(out, printed);
		text_char(out, '\n');
	}
	json_object_put(document);
	return printed == NULL || out->short_of_memory ? err_nomem(err) : 0;
}
