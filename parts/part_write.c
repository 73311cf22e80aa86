/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part as JSON: rows of numbers for what there is much of. */
#include "base/escape.h"
#include "parts/part.h"

#include <inttypes.h>
#include <string.h>

/* Strings that JSON cannot say are lists of one string, their bytes in hexadecimal. */
static void add_bytes(struct text *out, const char *bytes)
{
	size_t len;

	if (bytes == NULL) {
		text_str(out, "null");
		return;
	}
	len = strlen(bytes);
	if (utf8_valid(bytes, len)) {
		escape_json(out, bytes, len);
		return;
	}
	text_str(out, "[\"");
	for (size_t i = 0; i < len; i++)
		text_printf(out, "%02x", (unsigned char)bytes[i]);
	text_str(out, "\"]");
}

static void add_number(struct text *out, const char *before, uint64_t value)
{
	text_str(out, before);
	text_u64(out, value);
}

static void add_flag(struct text *out, const char *before, bool value)
{
	text_str(out, before);
	text_str(out, value ? "true" : "false");
}

/* Only the ops that there are: [op, requests, sectors, unaligned] each. */
static void add_counters(struct text *out, const struct counters *counters)
{
	const char *comma = "";

	text_char(out, '[');
	for (int op = 0; op < ACCESS_OPS; op++) {
		const struct counter *counter = &counters->op[op];

		if (counter->requests == 0 && counter->sectors == 0)
			continue;
		text_str(out, comma);
		comma = ",";
		add_number(out, "[", (uint64_t)op);
		add_number(out, ",", counter->requests);
		add_number(out, ",", counter->sectors);
		add_number(out, ",", counter->unaligned);
		text_char(out, ']');
	}
	text_char(out, ']');
}

static void add_regions(struct text *out, const struct report *counts)
{
	text_str(out, ",\"regions\":[");
	for (size_t i = 0; i < counts->regions.n; i++) {
		const struct report_region *region = &counts->regions.at[i];

		add_number(out, i ? ",\n[" : "\n[", region->order);
		text_char(out, ',');
		add_bytes(out, region->device);
		text_char(out, ',');
		add_bytes(out, region->fs);
		text_char(out, ',');
		add_bytes(out, kind_name(region->kind));
		text_char(out, ',');
		add_counters(out, &region->counters);
		text_char(out, ']');
	}
	text_char(out, ']');
}

static void add_files(struct text *out, const struct report *counts)
{
	struct report_room room;

	text_str(out, ",\"files\":[");
	for (size_t i = 0; i < report_files(counts); i++) {
		struct report_file file;

		report_file(counts, i, &file, &room);
		add_number(out, i ? ",\n[" : "\n[", file.order);
		text_char(out, ',');
		add_bytes(out, file.device);
		add_number(out, ",", file.inode);
		text_char(out, ',');
		add_bytes(out, file.path);
		text_char(out, ',');
		add_counters(out, file.counters);
		text_char(out, ']');
	}
	text_char(out, ']');
}

static void add_devices(struct text *out, const struct report *counts)
{
	text_str(out, ",\"devices\":[");
	for (size_t i = 0; i < counts->devices.n; i++) {
		const struct report_device *device = &counts->devices.at[i];

		add_number(out, i ? ",\n[" : "\n[", device->order);
		text_char(out, ',');
		add_bytes(out, device->name);
		add_number(out, ",", device->writes);
		add_number(out, ",", device->unaligned);
		add_number(out, ",", device->partial_blocks);
		text_str(out, ",[");
		for (int cause = 0; cause < CAUSES; cause++) {
			add_number(out, cause ? ",[" : "[", device->causes[cause].requests);
			add_number(out, ",", device->causes[cause].first);
			text_char(out, ',');
			add_bytes(out, device->causes[cause].detail);
			text_char(out, ']');
		}
		text_str(out, "]]");
	}
	text_char(out, ']');
}

static void add_counts(struct text *out, const char *key, const struct report *counts)
{
	text_str(out, key);
	add_number(out, "{\"accesses\":", counts->trace.accesses);
	add_number(out, ",\"beyond\":", counts->trace.beyond);
	add_number(out, ",\"past\":", counts->trace.past);
	add_number(out, ",\"elsewhere\":", counts->trace.elsewhere);
	text_str(out, ",\"totals\":");
	add_counters(out, &counts->totals);
	add_regions(out, counts);
	add_files(out, counts);
	add_devices(out, counts);
	text_char(out, '}');
}

static void add_atoms(struct text *out, const char *key, const struct part_atoms *atoms)
{
	text_str(out, key);
	for (size_t i = 0; i < atoms->list.n; i++) {
		const struct part_atom *atom = &atoms->list.at[i];

		add_number(out, i ? ",\n{\"op\":" : "\n{\"op\":", atom->access.op);
		add_number(out, ",\"start\":", atom->access.start);
		add_number(out, ",\"sectors\":", atom->access.count);
		add_counts(out, ",\"counts\":", &atom->counts);
		text_char(out, '}');
	}
	text_char(out, ']');
}

static void add_notes(struct text *out, const char *key, const char *const *notes, size_t n)
{
	text_str(out, key);
	for (size_t i = 0; i < n; i++) {
		text_str(out, i ? "," : "");
		add_bytes(out, notes[i]);
	}
	text_char(out, ']');
}

static void add_about(struct text *out, const struct report *about)
{
	const struct report_trace *trace = &about->trace;

	text_str(out, ",\n\"trace\":{\"file\":");
	add_bytes(out, trace->file);
	text_str(out, ",\"format\":");
	add_bytes(out, trace->format);
	text_str(out, ",\"event\":");
	add_bytes(out, trace->event);
	text_str(out, ",\"relative_to\":");
	add_bytes(out, trace->relative_to);
	text_str(out, ",\"identity\":");
	add_bytes(out, trace->identity);
	text_str(out, ",\"derived\":");
	add_bytes(out, about->derived);
	add_number(out, ",\"sectors\":", trace->sectors);
	add_flag(out, ",\"all\":", trace->all);
	add_flag(out, ",\"marked\":", trace->marked);
	add_number(out, ",\"windows\":", trace->windows);
	add_number(out, ",\"stray_ons\":", trace->stray_ons);
	add_number(out, ",\"stray_offs\":", trace->stray_offs);
	add_number(out, ",\"outside\":", trace->outside);
	text_str(out, "},\n\"disk\":{\"file\":");
	add_bytes(out, about->disk.file);
	add_number(out, ",\"sectors\":", about->disk.sectors);
	add_number(out, ",\"base_sectors\":", about->disk.base_sectors);
	text_str(out, ",\"identity\":");
	add_bytes(out, about->disk.identity);
	add_number(out, "},\n\"unit_sectors\":", about->unit_sectors);
	add_notes(out, ",\n\"warnings\":[", about->fit_warnings.at, about->fit_warnings.n);
	add_notes(out, ",\n\"trace_notes\":[", about->trace_notes.at, about->trace_notes.n);
	add_notes(out, ",\n\"disk_notes\":[", about->disk_notes.at, about->disk_notes.n);
}

int part_write(struct text *out, const struct part *part, struct err *err)
{
	add_number(out, "{\"blkmap_part\":", PART_VERSION);
	add_flag(out, ",\"alone\":", part->alone);
	add_number(out, ",\"piece\":[", part->number);
	add_number(out, ",", part->of);
	text_printf(out, "],\"digest\":\"%016" PRIx64 "\"", part->digest);
	add_number(out, ",\"bytes\":", part->bytes);
	add_flag(out, ",\"on\":", part->on);
	add_about(out, &part->body);
	add_atoms(out, ",\n\"lead\":[", &part->lead);
	add_counts(out, ",\n\"head\":", &part->head);
	add_atoms(out, ",\n\"mark\":[", &part->mark);
	add_counts(out, ",\n\"body\":", &part->body);
	add_atoms(out, ",\n\"tail\":[", &part->tail);
	text_str(out, "}\n");
	return out->short_of_memory ? err_nomem(err) : 0;
}
