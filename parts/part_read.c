/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part from its JSON.  Whatever is missing or of another type is an error: parts come from other machines.
 */
#include "parts/part.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* Where the first thing was wrong. */
struct reader {
	struct report *strings; /* whose pool takes the strings */
	const char *wrong;      /* what was expected there, NULL so far */
	bool short_of_memory;
};

static void expect(struct reader *reader, const char *what)
{
	if (reader->wrong == NULL)
		reader->wrong = what;
}

/* The value of a key, or NULL (which every getter takes for a value of the wrong type). */
static json_object *get(json_object *object, const char *key)
{
	json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, key, &value);
	return value;
}

static json_object *item(json_object *array, size_t i)
{
	if (!json_object_is_type(array, json_type_array) || i >= json_object_array_length(array))
		return NULL;
	return json_object_array_get_idx(array, i);
}

static size_t length(struct reader *reader, json_object *array, const char *what)
{
	if (json_object_is_type(array, json_type_array))
		return json_object_array_length(array);
	expect(reader, what);
	return 0;
}

static uint64_t number(struct reader *reader, json_object *value, const char *what)
{
	if (json_object_is_type(value, json_type_int) && json_object_get_int64(value) >= 0)
		return json_object_get_uint64(value);
	expect(reader, what);
	return 0;
}

static bool flag(struct reader *reader, json_object *value, const char *what)
{
	if (!json_object_is_type(value, json_type_boolean))
		expect(reader, what);
	return json_object_get_boolean(value);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of a list of one string of hexadecimal digits. */
static const char *from_hex(struct reader *reader, const char *digits, const char *what)
{
	size_t n = strlen(digits) / 2;
	char *bytes = malloc(n + 1);
	const char *copy = NULL;

	for (size_t i = 0; bytes != NULL && i < n; i++) {
		int high = hex_digit(digits[2 * i]), low = hex_digit(digits[2 * i + 1]);

		if (high < 0 || low < 0 || (high == 0 && low == 0))
			expect(reader, what);
		bytes[i] = (char)(high << 4 | low);
	}
	if (bytes != NULL)
		copy = pool_add(&reader->strings->strings, bytes, n);
	reader->short_of_memory |= copy == NULL;
	free(bytes);
	return copy ? copy : "";
}

static const char *string(struct reader *reader, json_object *value, const char *what)
{
	const char *copy;

	if (json_object_is_type(item(value, 0), json_type_string))
		return from_hex(reader, json_object_get_string(item(value, 0)), what);
	if (!json_object_is_type(value, json_type_string)) {
		expect(reader, what);
		return "";
	}
	copy = pool_string(&reader->strings->strings, json_object_get_string(value));
	reader->short_of_memory |= copy == NULL;
	return copy ? copy : "";
}

static const char *string_or_null(struct reader *reader, json_object *object, const char *key)
{
	json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, key, &value))
		expect(reader, key);
	return value == NULL ? NULL : string(reader, value, key);
}

static void read_counters(struct reader *reader, json_object *array, struct counters *counters)
{
	size_t n = length(reader, array, "counters");

	memset(counters, 0, sizeof(*counters));
	for (size_t i = 0; i < n; i++) {
		json_object *row = item(array, i);
		uint64_t op = number(reader, item(row, 0), "an op");

		if (op >= ACCESS_OPS) {
			expect(reader, "an op");
			return;
		}
		counters->op[op].requests = number(reader, item(row, 1), "requests");
		counters->op[op].sectors = number(reader, item(row, 2), "sectors");
		counters->op[op].unaligned = number(reader, item(row, 3), "unaligned");
	}
}

static enum kind read_kind(struct reader *reader, json_object *value)
{
	enum kind kind = json_object_is_type(value, json_type_string)
			     ? kind_named(json_object_get_string(value))
			     : KIND_COUNT;

	if (kind < KIND_COUNT)
		return kind;
	expect(reader, "a region's kind");
	return KIND_UNKNOWN;
}

static void read_regions(struct reader *reader, json_object *array, struct report *counts)
{
	size_t n = length(reader, array, "regions");

	for (size_t i = 0; i < n && reader->wrong == NULL; i++) {
		json_object *row = item(array, i);
		struct report_region region = {
		    .order = number(reader, item(row, 0), "a region's order"),
		    .device = string(reader, item(row, 1), "a region's device"),
		    .fs = item(row, 2) ? string(reader, item(row, 2), "a file system") : NULL,
		    .kind = read_kind(reader, item(row, 3)),
		};

		read_counters(reader, item(row, 4), &region.counters);
		reader->short_of_memory |= VEC_PUSH(&counts->regions, region) != 0;
	}
}

static void read_files(struct reader *reader, json_object *array, struct report *counts)
{
	size_t n = length(reader, array, "files");

	counts->file_counters = calloc(n + 1, sizeof(struct counters));
	reader->short_of_memory |= counts->file_counters == NULL;
	for (size_t i = 0; i < n && reader->wrong == NULL && !reader->short_of_memory; i++) {
		json_object *row = item(array, i);
		struct report_file file = {
		    .order = (uint32_t)number(reader, item(row, 0), "a file's order"),
		    .device = string(reader, item(row, 1), "a file's device"),
		    .inode = number(reader, item(row, 2), "an inode"),
		    .path = string(reader, item(row, 3), "a path"),
		    .counters = &counts->file_counters[i],
		};

		read_counters(reader, item(row, 4), &counts->file_counters[i]);
		reader->short_of_memory |= VEC_PUSH(&counts->files, file) != 0;
	}
}

static void read_devices(struct reader *reader, json_object *array, struct report *counts)
{
	size_t n = length(reader, array, "devices");

	for (size_t i = 0; i < n && reader->wrong == NULL; i++) {
		json_object *row = item(array, i);
		struct report_device device = {
		    .order = (uint32_t)number(reader, item(row, 0), "a device's order"),
		    .name = string(reader, item(row, 1), "a device's name"),
		    .writes = number(reader, item(row, 2), "writes"),
		    .unaligned = number(reader, item(row, 3), "unaligned writes"),
		    .partial_blocks = number(reader, item(row, 4), "partial blocks"),
		};

		for (size_t c = 0; c < CAUSES; c++) {
			json_object *cause = item(item(row, 5), c);

			device.causes[c].requests = number(reader, item(cause, 0), "a cause's requests");
			device.causes[c].first = number(reader, item(cause, 1), "a cause's first request");
			if (device.causes[c].requests > 0)
				device.causes[c].detail = string(reader, item(cause, 2), "a cause's detail");
		}
		reader->short_of_memory |= VEC_PUSH(&counts->devices, device) != 0;
	}
}

static void read_counts(struct reader *reader, json_object *object, struct report *counts)
{
	reader->strings = counts;
	counts->trace.accesses = number(reader, get(object, "accesses"), "accesses");
	counts->trace.beyond = number(reader, get(object, "beyond"), "beyond");
	counts->trace.past = number(reader, get(object, "past"), "past");
	counts->trace.elsewhere = number(reader, get(object, "elsewhere"), "elsewhere");
	read_counters(reader, get(object, "totals"), &counts->totals);
	read_regions(reader, get(object, "regions"), counts);
	read_files(reader, get(object, "files"), counts);
	read_devices(reader, get(object, "devices"), counts);
}

static void read_atoms(struct reader *reader, json_object *array, struct part_atoms *atoms, const char *what)
{
	size_t n = length(reader, array, what);

	for (size_t i = 0; i < n && reader->wrong == NULL; i++) {
		static const struct part_atom none;
		json_object *object = item(array, i);
		struct part_atom *atom;
		uint64_t op = number(reader, get(object, "op"), "an op");

		if (VEC_PUSH(&atoms->list, none) != 0) {
			reader->short_of_memory = true;
			return;
		}
		if (op >= ACCESS_OPS)
			expect(reader, "an op");
		atom = &atoms->list.at[atoms->list.n - 1];
		atom->access = access_blank();
		atom->access.op = (uint8_t)op;
		atom->access.start = number(reader, get(object, "start"), "start");
		atom->access.count = number(reader, get(object, "sectors"), "sectors");
		read_counts(reader, get(object, "counts"), &atom->counts);
	}
}

enum list { LIST_WARNINGS, LIST_TRACE, LIST_DISK };

static void read_notes(struct reader *reader, json_object *array, struct report *about, enum list list)
{
	size_t n = length(reader, array, "notes");

	for (size_t i = 0; i < n && reader->wrong == NULL; i++) {
		const char *note = string(reader, item(array, i), "a note");
		int status = list == LIST_TRACE  ? VEC_PUSH(&about->trace_notes, note)
			     : list == LIST_DISK ? VEC_PUSH(&about->disk_notes, note)
						 : VEC_PUSH(&about->fit_warnings, note);

		reader->short_of_memory |= status != 0;
	}
}

/* 16 hexadecimal digits. */
static uint64_t read_digest(struct reader *reader, json_object *value)
{
	const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
	uint64_t digest = 0;

	if (strlen(text) != 16)
		expect(reader, "digest");
	for (; *text != '\0'; text++) {
		if (hex_digit(*text) < 0)
			expect(reader, "digest");
		digest = digest << 4 | ((unsigned)hex_digit(*text) & 15);
	}
	return digest;
}

static void read_trace(struct reader *reader, json_object *object, struct report_trace *trace)
{
	trace->file = string(reader, get(object, "file"), "trace.file");
	trace->format = string(reader, get(object, "format"), "trace.format");
	trace->event = string_or_null(reader, object, "event");
	trace->relative_to = string_or_null(reader, object, "relative_to");
	trace->identity = string_or_null(reader, object, "identity");
	trace->sectors = number(reader, get(object, "sectors"), "trace.sectors");
	trace->all = flag(reader, get(object, "all"), "trace.all");
	trace->marked = flag(reader, get(object, "marked"), "trace.marked");
	trace->windows = number(reader, get(object, "windows"), "trace.windows");
	trace->stray_ons = number(reader, get(object, "stray_ons"), "trace.stray_ons");
	trace->stray_offs = number(reader, get(object, "stray_offs"), "trace.stray_offs");
	trace->outside = number(reader, get(object, "outside"), "trace.outside");
}

static void read_about(struct reader *reader, json_object *object, struct report *about)
{
	json_object *disk = get(object, "disk");

	reader->strings = about;
	read_trace(reader, get(object, "trace"), &about->trace);
	about->disk.file = string_or_null(reader, disk, "file");
	about->disk.sectors = number(reader, get(disk, "sectors"), "disk.sectors");
	about->disk.base_sectors = number(reader, get(disk, "base_sectors"), "disk.base_sectors");
	about->unit_sectors = number(reader, get(object, "unit_sectors"), "unit_sectors");
	about->derived = string_or_null(reader, get(object, "trace"), "derived");
	about->disk.identity = string_or_null(reader, disk, "identity");
	read_notes(reader, get(object, "warnings"), about, LIST_WARNINGS);
	read_notes(reader, get(object, "trace_notes"), about, LIST_TRACE);
	read_notes(reader, get(object, "disk_notes"), about, LIST_DISK);
}

static int read_part(struct part *part, json_object *object, struct err *err)
{
	struct reader reader = {.strings = &part->body};

	if (number(&reader, get(object, "blkmap_part"), "blkmap_part") != PART_VERSION &&
	    reader.wrong == NULL)
		return err_set(err, "is a part of version %" PRIu64 "; %d is known",
			       json_object_get_uint64(get(object, "blkmap_part")), PART_VERSION);
	part->alone = flag(&reader, get(object, "alone"), "alone");
	part->number = (unsigned)number(&reader, item(get(object, "piece"), 0), "piece");
	part->of = (unsigned)number(&reader, item(get(object, "piece"), 1), "piece");
	part->digest = read_digest(&reader, get(object, "digest"));
	part->bytes = number(&reader, get(object, "bytes"), "bytes");
	part->on = flag(&reader, get(object, "on"), "on");
	read_about(&reader, object, &part->body);
	read_atoms(&reader, get(object, "lead"), &part->lead, "lead");
	read_counts(&reader, get(object, "head"), &part->head);
	read_atoms(&reader, get(object, "mark"), &part->mark, "mark");
	read_counts(&reader, get(object, "body"), &part->body);
	read_atoms(&reader, get(object, "tail"), &part->tail, "tail");
	if (reader.short_of_memory)
		return err_nomem(err);
	if (reader.wrong != NULL)
		return err_set(err,
			       "is not a part as blkmap analyze --partial writes it: %s is wrong or missing",
			       reader.wrong);
	return 0;
}

int part_read(struct part *part, const char *bytes, size_t len, struct err *err)
{
	struct json_tokener *tokener = json_tokener_new();
	json_object *object;
	int status;

	memset(part, 0, sizeof(*part));
	if (tokener == NULL)
		return err_nomem(err);
	if (len > INT32_MAX) {
		json_tokener_free(tokener);
		return err_set(err, "is larger than 2 GiB");
	}
	object = json_tokener_parse_ex(tokener, bytes, (int)len);
	if (object == NULL) {
		status = err_set(err, "byte %zu: %s, expected a part as blkmap analyze --partial writes it",
				 json_tokener_get_parse_end(tokener),
				 json_tokener_get_error(tokener) == json_tokener_continue
				     ? "cut off"
				     : json_tokener_error_desc(json_tokener_get_error(tokener)));
	} else {
		status = read_part(part, object, err);
	}
	json_object_put(object);
	json_tokener_free(tokener);
	if (status != 0)
		part_done(part);
	return status;
}
