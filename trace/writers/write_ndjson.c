/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One JSON object a line, with the keys that `dump --json` gives an access (see the contract), but for
   those that need a disk or a unit of alignment; a named mark is {"mark":"NAME"}. */
#include "base/json.h"
#include "trace/recorded.h"
#include "trace/writers/writers.h"

#include <inttypes.h>

/* The other flags, as an array of words. */
static void add_flags(struct text *out, const struct access *access)
{
	struct access others = *access;
	struct text words = {0};

	others.flags &= (uint16_t)~ACCESS_FUA;
	if (access->flags & ACCESS_FUA)
		text_str(out, ",\"fua\":true");
	if (others.flags == 0)
		return;
	writer_flags(&words, &others, ',');
	text_str(out, ",\"flags\":[\"");
	for (size_t i = 0; i < words.n; i++)
		text_str(out, words.at[i] == ',' ? "\",\"" : (char[]){words.at[i], '\0'});
	text_str(out, "\"]");
	out->short_of_memory = out->short_of_memory || words.short_of_memory;
	text_free(&words);
}

/* With the first access, what its recorder knew of the disk, and what it could not see. */
static void add_recorded(struct text *out, const struct trace_facts *facts)
{
	struct text words = {0};

	if (facts->identity.n > 0) {
		identity_text(&words, &facts->identity);
		text_printf(out, ",\"disk\":{\"sectors\":%" PRIu64, facts->sectors);
		json_string(out, ",\"identity\":", words.at ? words.at : "");
		text_char(out, '}');
		text_clear(&words);
	}
	if (facts->blind != 0) {
		recorded_blind_words(&words, facts->blind);
		json_string(out, ",\"blind\":", words.at ? words.at : "");
	}
	text_free(&words);
}

static int ndjson_access(struct writer *writer, const struct access *access, struct err *err)
{
	struct text *out = &writer->out;

	(void)err;
	text_printf(out, "{\"index\":%" PRIu64 ",\"op\":\"%s\",\"start\":%" PRIu64 ",\"sectors\":%" PRIu64,
		    writer->index, access_op_name((enum access_op)access->op), access->start, access->count);
	if (access->time_ns != ACCESS_NO_TIME) {
		text_str(out, ",\"time\":");
		writer_seconds(out, access->time_ns);
	}
	if (access->latency_ns != ACCESS_NO_LATENCY)
		json_microseconds(out, ",\"latency_us\":", access->latency_ns);
	if (writer->facts.device != NULL)
		json_string(out, ",\"device_name\":", writer->facts.device);
	if (access->pid != ACCESS_NO_PID)
		text_printf(out, ",\"pid\":%" PRIu32, access->pid);
	if (access->comm != 0)
		json_string(out, ",\"comm\":", writer_comm(writer, access));
	add_flags(out, access);
	if (writer->index == 0)
		add_recorded(out, &writer->facts);
	text_str(out, "}\n");
	return 0;
}

static int ndjson_mark(struct writer *writer, const char *name, struct err *err)
{
	(void)err;
	json_string(&writer->out, "{\"mark\":", name);
	text_str(&writer->out, "}\n");
	return 0;
}

const struct writer_format writer_ndjson = {
    .name = "ndjson",
    .extension = ".ndjson",
    .help = "one JSON object a line, as dump --json has them without the regions",
    .access = ndjson_access,
    .mark = ndjson_mark,
};
